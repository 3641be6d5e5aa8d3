package plus.svc.billing.cli;

import picocli.CommandLine.Command;

/** {@code collect}: takes what is new from every source. */
@Command(
    name = "collect",
    description = {
      "Takes what is new from every enabled source, now; joins a run that is under way.",
      "Needs a token with the right jobs. Exit code 1 if the job was partial or failed."
    },
    footer = {
      "  billing-admin collect --token-file /etc/billing/operator.token",
      "  BILLING_URL=https://billing.example.org billing-admin collect --token-file operator.token"
    })
final class CollectVerb extends Verb {

  CollectVerb(Connection connection) {
    super(connection);
  }

  @Override
  public Integer call() {
    return JobCall.run("collect-and-rate", connection().service(), out());
  }
}
