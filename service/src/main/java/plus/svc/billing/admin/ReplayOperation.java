package plus.svc.billing.admin;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.pipeline.metering.Decision;
import plus.svc.billing.repair.Quarantine;
import plus.svc.billing.repair.Replay;
import plus.svc.billing.repair.ReplayRequest;

/**
 * {@code replay}: derives a stretch of time anew and tells, or mends, what differs from what is
 * written; with {@code quarantine} it lists the samples set aside, or decides on them.
 */
public final class ReplayOperation implements Operation {

  private static final List<String> EVIDENCE = List.of("archive", "exporter");
  private static final List<String> DECISIONS = List.of("accept", "restart", "baseline");

  private final Replay replay;
  private final Quarantine quarantine;

  public ReplayOperation(Replay replay, Quarantine quarantine) {
    this.replay = replay;
    this.quarantine = quarantine;
  }

  @Override
  public String name() {
    return "replay";
  }

  @Override
  public Set<String> inputs() {
    return Set.of(
        "source", "node", "since", "until", "from", "quarantine", "account", "cause", "decide");
  }

  @Override
  public boolean canApply() {
    return true;
  }

  @Override
  public void run(Inputs inputs, Report report) {
    Instant until = inputs.instant("until").orElse(inputs.now());
    @Nullable String node = inputs.text("node").orElse(null);
    if (node != null && !replay.knowsNode(node)) {
      throw new BadInput("node", Inputs.shown(node), "a node that was seen, as env:node");
    }
    if (inputs.flag("quarantine")) {
      quarantine(inputs, node, until, report);
      return;
    }
    for (String name : List.of("account", "cause", "decide")) {
      if (inputs.text(name).isPresent()) {
        throw new BadInput(name, inputs.required(name), "it goes with quarantine only");
      }
    }
    inputs.required("since");
    Instant since = since(inputs, until);
    replay.run(
        new ReplayRequest(
            source(inputs),
            node,
            since,
            until,
            inputs.oneOf("from", EVIDENCE).orElse("archive").equals("exporter"),
            true,
            inputs.applies()),
        report);
  }

  private @Nullable String source(Inputs inputs) {
    @Nullable String source = inputs.text("source").orElse(null);
    if (source != null && replay.source(source) == null) {
      throw new BadInput("source", Inputs.shown(source), "the id of an enabled source");
    }
    return source;
  }

  private static Instant since(Inputs inputs, Instant until) {
    Instant since = inputs.instant("since").orElse(Instant.EPOCH);
    if (since.isAfter(until)) {
      throw new BadInput("since", inputs.required("since"), "a time before until");
    }
    if (until.isAfter(inputs.now())) {
      throw new BadInput("until", inputs.required("until"), "a time that is past");
    }
    return since;
  }

  private void quarantine(Inputs inputs, @Nullable String node, Instant until, Report report) {
    for (String name : List.of("source", "from")) {
      if (inputs.text(name).isPresent()) {
        throw new BadInput(name, inputs.required(name), "it doesn't go with quarantine");
      }
    }
    Quarantine.Filter filter =
        new Quarantine.Filter(
            node,
            inputs.uuid("account").orElse(null),
            inputs.text("cause").map(cause -> cause.toUpperCase(Locale.ROOT)).orElse(null),
            since(inputs, until),
            until);
    Optional<String> decision = inputs.oneOf("decide", DECISIONS);
    if (decision.isEmpty()) {
      if (inputs.applies()) {
        throw new BadInput("decide", "", "say what is decided: accept, restart or baseline");
      }
      quarantine.list(filter, report);
      return;
    }
    quarantine.decide(
        filter,
        Decision.valueOf(decision.get().toUpperCase(Locale.ROOT)),
        inputs.caller(),
        inputs.reason(),
        inputs.applies(),
        report);
  }
}
