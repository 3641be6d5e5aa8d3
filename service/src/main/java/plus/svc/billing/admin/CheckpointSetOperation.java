package plus.svc.billing.admin;

import java.time.Instant;
import java.util.Set;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.repair.Checkpoints;

/** {@code checkpoints-set}: sets how far a source was read, back or forth. */
public final class CheckpointSetOperation implements Operation {

  private final Checkpoints checkpoints;

  public CheckpointSetOperation(Checkpoints checkpoints) {
    this.checkpoints = checkpoints;
  }

  @Override
  public String name() {
    return "checkpoints-set";
  }

  @Override
  public Set<String> inputs() {
    return Set.of("source", "to");
  }

  @Override
  public boolean canApply() {
    return true;
  }

  @Override
  public void run(Inputs inputs, Report report) {
    String source = inputs.required("source");
    if (!checkpoints.knows(source)) {
      throw new BadInput("source", Inputs.shown(source), "the id of a source");
    }
    inputs.required("to");
    Instant to = inputs.instant("to").orElse(inputs.now());
    checkpoints.set(source, to, inputs.applies(), report);
  }
}
