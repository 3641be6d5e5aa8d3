package plus.svc.billing.job;

import com.codahale.metrics.health.HealthCheck;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import plus.svc.billing.pipeline.source.SourceId;

/** Ill while a source goes on with an old credential because the new one cannot be used. */
public final class CredentialsHealthCheck extends HealthCheck {

  private final Supplier<Map<SourceId, String>> alarms;

  /**
   * Makes a check.
   *
   * @param alarms the reason by source; holds no secret
   */
  public CredentialsHealthCheck(Supplier<Map<SourceId, String>> alarms) {
    this.alarms = alarms;
  }

  @Override
  protected Result check() {
    Map<SourceId, String> now = alarms.get();
    return now.isEmpty()
        ? Result.healthy()
        : Result.unhealthy(
            "%s",
            now.entrySet().stream()
                .map(alarm -> alarm.getKey() + ": " + alarm.getValue())
                .sorted()
                .collect(Collectors.joining("; ")));
  }
}
