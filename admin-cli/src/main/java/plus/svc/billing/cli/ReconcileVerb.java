package plus.svc.billing.cli;

import picocli.CommandLine.Command;

/** {@code reconcile}: reads the look-back again and posts what is missing. */
@Command(
    name = "reconcile",
    description = {
      "Reads the configured look-back again and posts only what is missing; joins a run that is"
          + " under way.",
      "Needs a token with the right jobs. Exit code 1 if the job was partial or failed."
    },
    footer = {
      "  billing-admin reconcile --token-file /etc/billing/operator.token",
      "  billing-admin reconcile --token-file operator.token || echo 'look at status'"
    })
final class ReconcileVerb extends Verb {

  ReconcileVerb(Connection connection) {
    super(connection);
  }

  @Override
  public Integer call() {
    return JobCall.run("reconcile", connection().service(), out());
  }
}
