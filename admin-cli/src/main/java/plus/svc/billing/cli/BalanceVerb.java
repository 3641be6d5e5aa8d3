package plus.svc.billing.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code balance}: what an account had. */
@Command(
    name = "balance",
    description = {
      "Tells what an account had at any instant, a user's main one or a further one: its ledger by"
          + " kind, and the free quota of the period; of now, its row as well.",
      "Needs a token with the right admin:read. Exit code 1 if the row and the ledger differ."
    },
    footer = {
      "  billing-admin balance --account 3f1f8a52-0d9a-4d5e-9f0e-2f6f1c6b9a10",
      "  billing-admin balance --account 3f1f8a52-0d9a-4d5e-9f0e-2f6f1c6b9a10 --at yesterday"
    })
final class BalanceVerb extends ReportVerb {

  @Option(names = "--account", paramLabel = "UUID", required = true, description = "The account.")
  private String account = "";

  @Option(names = "--at", paramLabel = "TIME", description = "When. Default: now.")
  private @Nullable String at;

  BalanceVerb(Connection connection) {
    super(connection);
  }

  @Override
  Question question() {
    return new Question("balance").with("account", account).with("at", at);
  }
}
