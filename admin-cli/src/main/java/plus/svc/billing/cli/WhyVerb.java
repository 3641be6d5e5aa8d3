package plus.svc.billing.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code why}: why an account was charged something. */
@Command(
    name = "why",
    description = {
      "Tells why an account was charged: bucket, ledger rows, price, free quota, counters and"
          + " snapshots of a minute, or of a ledger row; or what a service asked for and what became"
          + " of it.",
      "Needs a token with the right admin:read. Exit code 1 if something does not add up."
    },
    footer = {
      "  billing-admin why --account 3f1f8a52-0d9a-4d5e-9f0e-2f6f1c6b9a10 --at 2026-01-31T12:00:00Z",
      "  billing-admin why --entry 01942f3a-7b00-8c11-9d2e-5a6b7c8d9e0f --format html --output why.html"
    })
final class WhyVerb extends ReportVerb {

  @Option(names = "--account", paramLabel = "UUID", description = "The account.")
  private @Nullable String account;

  @Option(names = "--at", paramLabel = "TIME", description = "A time within the minute.")
  private @Nullable String at;

  @Option(names = "--entry", paramLabel = "UUID", description = "A ledger row, instead of both.")
  private @Nullable String entry;

  @Option(
      names = "--operation",
      paramLabel = "UUID",
      description =
          "An operation that a service asked for, instead: its request, and the rows it posted.")
  private @Nullable String operation;

  WhyVerb(Connection connection) {
    super(connection);
  }

  @Override
  Question question() {
    return new Question("why")
        .with("account", account)
        .with("at", at)
        .with("entry", entry)
        .with("operation", operation);
  }
}
