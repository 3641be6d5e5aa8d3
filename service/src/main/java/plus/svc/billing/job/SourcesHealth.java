package plus.svc.billing.job;

import java.util.ArrayList;
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
    long alarms = sources.stream().filter(source -> !source.credentialAlarm().isEmpty()).count();
    List<String> parts = new ArrayList<>();
    if (failing > 0) {
      parts.add(failing + " of " + sources.size() + " sources fail");
    }
    if (alarms > 0) {
      parts.add(alarms + " keep an old credential");
    }
    if (parts.isEmpty()) {
      return new Health(Health.OK, "");
    }
    String message = String.join(", ", parts);
    return new Health(failing == sources.size() ? Health.DEGRADED : Health.OK, message);
  }
}
