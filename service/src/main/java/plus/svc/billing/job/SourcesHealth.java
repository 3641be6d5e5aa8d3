package plus.svc.billing.job;

import java.util.List;
import plus.svc.billing.api.Health;
import plus.svc.billing.api.SourceStatus;

/** Health as the sources show it. Open to everybody, so it counts and names nothing. */
final class SourcesHealth {

  private SourcesHealth() {}

  /**
   * Degraded until something was tried, and while nothing works; a part that fails is only told.
   */
  static Health of(List<SourceStatus> sources) {
    if (sources.isEmpty()) {
      return new Health(Health.DEGRADED, "no source is enabled");
    }
    if (sources.stream().allMatch(source -> source.lastAttemptedAt() == null)) {
      return new Health(Health.DEGRADED, "");
    }
    long failing = sources.stream().filter(source -> !source.lastError().isEmpty()).count();
    if (failing == 0) {
      return new Health(Health.OK, "");
    }
    String message = failing + " of " + sources.size() + " sources fail";
    return new Health(failing == sources.size() ? Health.DEGRADED : Health.OK, message);
  }
}
