package plus.svc.billing;

import plus.svc.billing.api.AuditStatus;
import plus.svc.billing.api.Health;
import plus.svc.billing.audit.ContinuousAudit;

/** What the continuous audit adds to health and status. */
final class AuditedHealth {

  private AuditedHealth() {}

  /** Degraded while something is found; open to everybody, so it counts and names nothing. */
  static Health of(Health jobs, ContinuousAudit.Standing audit) {
    if (audit.findings() == 0) {
      return jobs;
    }
    String found =
        "the audit found "
            + audit.findings()
            + (audit.findings() == 1 ? " deviation" : " deviations");
    return new Health(
        Health.DEGRADED, jobs.message().isEmpty() ? found : jobs.message() + ", " + found);
  }

  static AuditStatus status(ContinuousAudit.Standing audit) {
    return new AuditStatus(
        audit.verifiedUntil(),
        audit.checkedAt(),
        audit.findings(),
        audit.firstFinding(),
        audit.atRiskMinutes());
  }
}
