package plus.svc.billing.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code replay}: derives a stretch of time anew and mends what differs from what is written. */
@Command(
    name = "replay",
    description = {
      "Derives usage and money of a stretch of time anew and says what differs from what is written"
          + " and what it would post; with --apply does it. The ledger only grows: a difference is a"
          + " row that names what it corrects. What a broken-off replay has not done, the next one"
          + " does.",
      "With --quarantine: lists the samples that were set aside, or decides on those that match.",
      "Needs a token with the right admin:read, to apply admin:write. Exit code 1 if something"
          + " differs, or can't be mended."
    },
    footer = {
      "  billing-admin replay --since -24h --token-file admin.token",
      "  billing-admin replay --source jp --since 2026-01-31 --until 2026-02-01 --from exporter",
      "  billing-admin replay --node prod:jp --since -7d --apply --reason 'ticket 4711'",
      "  billing-admin replay --quarantine --cause jump --since -24h",
      "  billing-admin replay --quarantine --node prod:jp --decide accept --apply --reason 'seen'"
    })
final class ReplayVerb extends ReportVerb {

  @Mixin private TimeRange range = new TimeRange();

  @Option(names = "--source", paramLabel = "ID", description = "The nodes of this source only.")
  private @Nullable String source;

  @Option(names = "--node", paramLabel = "ENV:NODE", description = "This node only.")
  private @Nullable String node;

  @Option(
      names = "--from",
      paramLabel = "EVIDENCE",
      description =
          "archive: what was archived. exporter: ask the exporters again first, so that what is"
              + " missing is fetched. Default: archive.")
  private @Nullable String from;

  @Option(
      names = "--quarantine",
      description = "The samples set aside, instead of a stretch of time.")
  private boolean quarantine;

  @Option(
      names = "--account",
      paramLabel = "UUID",
      description = "With --quarantine: samples of this account only.")
  private @Nullable String account;

  @Option(
      names = "--cause",
      paramLabel = "CAUSE",
      description = "With --quarantine: set aside for this only, such as jump.")
  private @Nullable String cause;

  @Option(
      names = "--decide",
      paramLabel = "DECISION",
      description =
          "With --quarantine: accept (the difference counts), restart (it counts whole) or baseline"
              + " (it counts nothing), for all that match.")
  private @Nullable String decision;

  @Mixin private Applying applying = new Applying();

  ReplayVerb(Connection connection) {
    super(connection);
  }

  @Override
  Question question() {
    Question question =
        range
            .addTo(new Question("replay"))
            .with("source", source)
            .with("node", node)
            .with("from", from)
            .flag("quarantine", quarantine)
            .with("account", account)
            .with("cause", cause)
            .with("decide", decision);
    return applying.addTo(question);
  }
}
