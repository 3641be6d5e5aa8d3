package plus.svc.billing;

import com.codahale.metrics.health.HealthCheckRegistry;
import java.time.Clock;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import plus.svc.billing.admin.BalanceOperation;
import plus.svc.billing.admin.ChangesOperation;
import plus.svc.billing.admin.DatabaseChangeJournal;
import plus.svc.billing.admin.DoctorOperation;
import plus.svc.billing.admin.Operation;
import plus.svc.billing.admin.TraceOperation;
import plus.svc.billing.admin.WhyOperation;
import plus.svc.billing.config.Settings;
import plus.svc.billing.explain.Balance;
import plus.svc.billing.explain.Trace;
import plus.svc.billing.explain.Why;
import plus.svc.billing.job.Jobs;
import plus.svc.billing.ops.Doctor;

/** What operators can ask of any service, whatever it collects. */
final class Operators {

  private Operators() {}

  static List<Operation> reading(
      Jdbi jdbi,
      Settings settings,
      Clock clock,
      DatabaseChangeJournal journal,
      Jobs jobs,
      HealthCheckRegistry health) {
    Doctor doctor =
        new Doctor(
            jdbi,
            clock,
            () -> settings.database().start().requireMigrated(BillingApplication.MIGRATIONS),
            () -> jobs.status().sourceStatuses(),
            health::runHealthChecks);
    return List.of(
        new ChangesOperation(journal),
        new WhyOperation(new Why(jdbi, settings.pipeline().rating().peakHours())),
        new TraceOperation(new Trace(jdbi)),
        new BalanceOperation(new Balance(jdbi)),
        new DoctorOperation(doctor));
  }
}
