package plus.svc.billing.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code prune}: drops what the archive holds beyond its retention. */
@Command(
    name = "prune",
    description = {
      "Says what the archive holds beyond its retention; with --apply drops it.",
      "Talks to the admin port; needs a token with the right admin:write. Exit code 1 if the task"
          + " says that it did not go well."
    },
    footer = {
      "  billing-admin prune --token-file /etc/billing/admin.token",
      "  billing-admin prune --apply --token-file /etc/billing/admin.token"
    })
final class PruneVerb extends Verb {

  private static final Duration PATIENCE = Duration.ofMinutes(30);

  @Option(names = "--apply", description = "Do it. Without this nothing is changed.")
  private boolean apply;

  PruneVerb(Connection connection) {
    super(connection);
  }

  @Override
  public Integer call() {
    String path = apply ? "/tasks/prune?apply=true" : "/tasks/prune";
    Reply reply = connection().admin().post(path, "admin:write", PATIENCE);
    if (reply.status() != 200) {
      throw new CannotRun(
          reply.from() + " answers " + reply.status() + "; the reason is in the service's log");
    }
    out().println(Text.lines(reply.body()));
    out().flush();
    // A task that fails halfway has answered 200 already: only its last line tells.
    JsonNode verdict = reply.lastLine();
    if (!verdict.hasNonNull("status")) {
      throw new CannotRun("the task ended before its verdict; the reason is in the service's log");
    }
    return verdict.get("status").asText().equals("ok") ? ExitCode.FINE : ExitCode.FOUND_SOMETHING;
  }
}
