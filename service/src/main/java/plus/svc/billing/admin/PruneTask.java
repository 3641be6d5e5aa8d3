package plus.svc.billing.admin;

import io.dropwizard.servlets.tasks.Task;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import plus.svc.billing.pipeline.Retention;

/**
 * {@code POST /tasks/prune}: says what the archive holds beyond its retention; with {@code
 * ?apply=true} drops it. The last line is for machines.
 */
public final class PruneTask extends Task {

  private final Retention retention;
  private final InstantSource clock;

  public PruneTask(Retention retention, InstantSource clock) {
    super("prune", "text/plain;charset=utf-8");
    this.retention = retention;
    this.clock = clock;
  }

  @Override
  public void execute(Map<String, List<String>> parameters, PrintWriter output) {
    boolean apply = parameters.getOrDefault("apply", List.of()).contains("true");
    Retention.Outcome outcome =
        apply ? retention.prune(clock.instant()) : retention.plan(clock.instant());
    output.printf(
        Locale.ROOT,
        "%s %d snapshots collected before %s%n",
        apply ? "dropped" : "would drop",
        outcome.snapshots(),
        outcome.horizon());
    if (!apply) {
      output.println("nothing was changed; add ?apply=true to do it");
    }
    output.printf(
        Locale.ROOT,
        "{\"status\":\"ok\",\"applied\":%s,\"snapshots\":%d,\"partitions\":%d}%n",
        apply,
        outcome.snapshots(),
        outcome.partitions());
  }
}
