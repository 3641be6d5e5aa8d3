package plus.svc.billing.job;

import com.codahale.metrics.health.HealthCheck;
import plus.svc.billing.api.Health;

/** {@link Jobs#health()} for the admin port's list of health checks. */
public final class JobsHealthCheck extends HealthCheck {

  private final Jobs jobs;

  public JobsHealthCheck(Jobs jobs) {
    this.jobs = jobs;
  }

  @Override
  protected Result check() {
    Health health = jobs.health();
    return health.status().equals(Health.OK)
        ? Result.healthy("%s", health.message())
        : Result.unhealthy("%s", health.message());
  }
}
