package plus.svc.billing.cli;

import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import plus.svc.billing.api.JobResult;

/** {@code status}: the last run and where every source stands. */
@Command(
    name = "status",
    description = {
      "Shows the last job and where every source stands.",
      "Needs a token with the right status. Exit code 1 if the last job was partial or failed, or a"
          + " source fails."
    },
    footer = {
      "  billing-admin status --token-file /etc/billing/operator.token",
      "  billing-admin status --url https://billing.example.org --token-file operator.token",
      "  billing-admin status --json --token-file operator.token | jq .source_statuses"
    })
final class StatusVerb extends Verb {

  private static final Duration PATIENCE = Duration.ofSeconds(15);

  @Option(names = "--json", description = "Print the service's document as it is.")
  private boolean json;

  StatusVerb(Connection connection) {
    super(connection);
  }

  @Override
  public Integer call() {
    Reply reply = connection().service().get("/v1/status", "status", PATIENCE);
    JobResult result = JobReport.read(reply);
    if (json) {
      out().println(reply.body().stripTrailing());
    } else {
      JobReport.print(result, out());
    }
    return JobReport.verdictWithSources(result);
  }
}
