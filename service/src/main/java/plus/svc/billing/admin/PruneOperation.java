package plus.svc.billing.admin;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.api.report.Verdict;
import plus.svc.billing.pipeline.Retention;

/** {@code prune}: says what the archive holds beyond its retention; applied, drops it. */
public final class PruneOperation implements Operation {

  private final Retention retention;
  private final InstantSource clock;

  public PruneOperation(Retention retention, InstantSource clock) {
    this.retention = retention;
    this.clock = clock;
  }

  @Override
  public String name() {
    return "prune";
  }

  @Override
  public Set<String> inputs() {
    return Set.of();
  }

  @Override
  public boolean canApply() {
    return true;
  }

  @Override
  public void run(Inputs inputs, Report report) {
    boolean apply = inputs.applies();
    Retention.Outcome outcome =
        apply ? retention.prune(clock.instant()) : retention.plan(clock.instant());
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("applied", apply);
    summary.put("collected_before", outcome.horizon());
    summary.put("snapshots", outcome.snapshots());
    if (apply) {
      summary.put("partitions", outcome.partitions());
    }
    report.end(summary, apply || outcome.snapshots() == 0 ? Verdict.CLEAN : Verdict.FOUND);
  }
}
