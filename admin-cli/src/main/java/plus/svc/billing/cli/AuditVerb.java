package plus.svc.billing.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code audit}: whether billing is complete and right. */
@Command(
    name = "audit",
    description = {
      "Proves that billing is complete and right, or names what is not: buckets against what exporters"
          + " tell afresh and against the archive, the ledger, balances, quota. Changes nothing.",
      "Needs a token with the right admin:read. Exit code 0 clean, 1 something was found, 2 it could"
          + " not be found out."
    },
    footer = {
      "  billing-admin audit --since -24h --token-file admin.token",
      "  billing-admin audit --source jp-xhttp --since 2026-04-08 --until 2026-04-09 --from archive",
      "  billing-admin audit --since -30d --format html --output audit.html"
    })
final class AuditVerb extends ReportVerb {

  @Mixin private TimeRange range = new TimeRange();

  @Option(
      names = "--source",
      paramLabel = "ID",
      description = "This source only; may be given again.")
  private List<String> sources = List.of();

  @Option(
      names = "--node",
      paramLabel = "ENV:NODE",
      description = "This node only, pushed ones too; may be given again.")
  private List<String> nodes = List.of();

  @Option(
      names = "--from",
      paramLabel = "EVIDENCE",
      description =
          "exporter: sources are asked afresh, the archive where they have forgotten (default);"
              + " archive: nobody is asked.")
  private @Nullable String from;

  @Option(names = "--minutes", description = "Tells every minute of every node.")
  private boolean minutes;

  @Option(names = "--most", paramLabel = "N", description = "Lists so many findings; all count.")
  private @Nullable String most;

  AuditVerb(Connection connection) {
    super(connection);
  }

  @Override
  Question question() {
    return range
        .addTo(new Question("audit"))
        .withAll("source", sources)
        .withAll("node", nodes)
        .with("from", from)
        .flag("minutes", minutes)
        .with("most", most);
  }
}
