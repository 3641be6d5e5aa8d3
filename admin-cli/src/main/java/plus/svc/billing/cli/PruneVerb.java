package plus.svc.billing.cli;

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
    return TaskReply.print(reply, out());
  }
}
