package plus.svc.billing.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code changes}: who changed what. */
@Command(
    name = "changes",
    description = {
      "Lists what operators changed: who, why, what was asked and what came of it.",
      "Needs a token with the right admin:read. Exit code 1 if a change has not ended."
    },
    footer = {
      "  billing-admin changes --since -7d --token-file admin.token",
      "  billing-admin changes --operation replay --format csv --output changes.csv"
    })
final class ChangesVerb extends ReportVerb {

  @Mixin private TimeRange range = new TimeRange();

  @Option(names = "--caller", paramLabel = "NAME", description = "Of this token's name only.")
  private @Nullable String caller;

  @Option(names = "--operation", paramLabel = "NAME", description = "Of this operation only.")
  private @Nullable String operation;

  ChangesVerb(Connection connection) {
    super(connection);
  }

  @Override
  Question question() {
    return range.addTo(new Question("changes")).with("caller", caller).with("operation", operation);
  }
}
