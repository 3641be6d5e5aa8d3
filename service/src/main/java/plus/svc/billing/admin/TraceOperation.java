package plus.svc.billing.admin;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.explain.Trace;

/** {@code trace}: what became of a snapshot, named as {@code NODE@TIME} or in parts. */
public final class TraceOperation implements Operation {

  private static final String FORM = "NODE@TIME, such as prod:jp-1@2026-01-31T12:00:00Z";

  private final Trace trace;

  public TraceOperation(Trace trace) {
    this.trace = trace;
  }

  @Override
  public String name() {
    return "trace";
  }

  @Override
  public Set<String> inputs() {
    return Set.of("snapshot", "node", "env", "at");
  }

  @Override
  public void run(Inputs inputs, Report report) {
    String env = inputs.text("env").orElse("");
    Optional<String> snapshot = inputs.text("snapshot");
    if (snapshot.isPresent()) {
      String text = snapshot.get();
      int at = text.lastIndexOf('@');
      if (at <= 0 || inputs.text("node").isPresent() || inputs.text("at").isPresent()) {
        throw new BadInput("snapshot", Inputs.shown(text), "give " + FORM + ", or node and at");
      }
      Instant instant = Times.read("snapshot", text.substring(at + 1), inputs.now());
      trace.snapshot(text.substring(0, at), env, instant, report);
    } else {
      String node =
          inputs
              .text("node")
              .orElseThrow(() -> new BadInput("snapshot", "", "give " + FORM + ", or node and at"));
      Instant at = inputs.instant("at").orElseThrow(() -> new BadInput("at", "", "it is required"));
      trace.snapshot(node, env, at, report);
    }
  }
}
