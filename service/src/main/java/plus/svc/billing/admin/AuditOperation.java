package plus.svc.billing.admin;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.audit.Audit;
import plus.svc.billing.audit.AuditRequest;
import plus.svc.billing.quantity.Minutes;

/** {@code audit}: proves that billing is complete and right, or names what is not. */
public final class AuditOperation implements Operation {

  private static final Duration DEFAULT_STRETCH = Duration.ofDays(1);
  private static final Duration LONGEST_STRETCH = Duration.ofDays(400);
  private static final int MOST_FINDINGS = 10_000;

  private final Audit audit;

  public AuditOperation(Audit audit) {
    this.audit = audit;
  }

  @Override
  public String name() {
    return "audit";
  }

  @Override
  public Set<String> inputs() {
    return Set.of("source", "node", "since", "until", "from", "minutes", "most");
  }

  @Override
  public void run(Inputs inputs, Report report) {
    Instant until = inputs.instant("until").orElse(lastReadable(inputs.now()));
    if (until.isAfter(inputs.now())) {
      until = lastReadable(inputs.now());
    }
    until = Minutes.start(Minutes.floor(until));
    Instant since = inputs.instant("since").orElse(until.minus(DEFAULT_STRETCH));
    since = Minutes.start(Minutes.floor(since));
    if (!since.isBefore(until)) {
      throw new BadInput("since", since.toString(), "a time before until, which is " + until);
    }
    if (since.isBefore(until.minus(LONGEST_STRETCH))) {
      throw new BadInput(
          "since", since.toString(), "at most " + LONGEST_STRETCH.toDays() + " days");
    }
    String from = inputs.oneOf("from", List.of("exporter", "archive")).orElse("exporter");
    audit.run(
        new AuditRequest(
            Set.copyOf(inputs.all("source")),
            Set.copyOf(inputs.all("node")),
            since,
            until,
            inputs.now(),
            from.equals("exporter") ? AuditRequest.From.EXPORTER : AuditRequest.From.ARCHIVE,
            inputs.flag("minutes"),
            inputs.count("most").orElse(MOST_FINDINGS)),
        report);
  }

  /** The newest minute grows until it ends, and is fetched after that. */
  private static Instant lastReadable(Instant now) {
    return now.truncatedTo(ChronoUnit.MINUTES).minus(1, ChronoUnit.MINUTES);
  }
}
