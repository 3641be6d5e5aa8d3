package plus.svc.billing.admin;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.repair.Checkpoints;

/** {@code checkpoints}: how far sources were read, and where each series stands. */
public final class CheckpointsOperation implements Operation {

  private static final int USUAL = 200;

  private final Checkpoints checkpoints;

  public CheckpointsOperation(Checkpoints checkpoints) {
    this.checkpoints = checkpoints;
  }

  @Override
  public String name() {
    return "checkpoints";
  }

  @Override
  public Set<String> inputs() {
    return Set.of("source", "node", "account", "idle_since", "after", "limit");
  }

  @Override
  public void run(Inputs inputs, Report report) {
    @Nullable String source = inputs.text("source").orElse(null);
    if (source != null && !checkpoints.knows(source)) {
      throw new BadInput("source", Inputs.shown(source), "the id of a source");
    }
    String after = inputs.text("after").orElse("");
    if (!after.isEmpty() && !after.matches(".+#\\d{1,9}")) {
      throw new BadInput("after", Inputs.shown(after), "the value of next of the list before");
    }
    int limit = inputs.count("limit").orElse(USUAL);
    if (limit > Checkpoints.Filter.MOST) {
      throw new BadInput("limit", Integer.toString(limit), "at most " + Checkpoints.Filter.MOST);
    }
    @Nullable Instant idle = inputs.instant("idle_since").orElse(null);
    checkpoints.list(
        new Checkpoints.Filter(
            source,
            inputs.text("node").orElse(null),
            inputs.uuid("account").orElse(null),
            idle == null ? null : Duration.between(idle, inputs.now()),
            after,
            limit),
        report);
  }
}
