package plus.svc.billing.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code notifications}: where webhooks stand; sends dead letters again. */
@Command(
    name = "notifications",
    description = {
      "Lists what webhooks have yet to get, and dead letters. notifications replay says how many dead"
          + " letters there are, and with --apply sends them again.",
      "Needs a token with the right admin:read, to apply admin:write. Exit code 1 if there are dead"
          + " letters."
    },
    footer = {
      "  billing-admin notifications --token-file admin.token",
      "  billing-admin notifications --state waiting --target crm",
      "  billing-admin notifications replay --target crm --apply --reason 'crm is back'"
    })
final class NotificationsVerb extends ReportVerb {

  /** As a word on the command line. */
  enum Action {
    list,
    replay
  }

  @Parameters(
      index = "0",
      arity = "0..1",
      defaultValue = "list",
      paramLabel = "ACTION",
      description = "list or replay. Default: list.")
  private Action action = Action.list;

  @Option(
      names = "--state",
      paramLabel = "STATE",
      description = "With list: dead (default), waiting or delivered.")
  private @Nullable String state;

  @Option(names = "--target", paramLabel = "NAME", description = "Of this webhook only.")
  private @Nullable String target;

  @Option(names = "--account", paramLabel = "UUID", description = "Of this account only.")
  private @Nullable String account;

  @Option(names = "--notice", paramLabel = "ID", description = "This notice only.")
  private @Nullable String notice;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "With list: at most so many. Default: 200.")
  private @Nullable String limit;

  @Mixin private Applying applying = new Applying();

  NotificationsVerb(Connection connection) {
    super(connection);
  }

  @Override
  Question question() {
    if (action == Action.list) {
      if (applying.applies()) {
        throw new CannotRun("--apply goes with notifications replay");
      }
      return filtered(new Question("notifications")).with("state", state).with("limit", limit);
    }
    if (state != null || limit != null) {
      throw new CannotRun("--state and --limit go with a list");
    }
    if (target == null && account == null && notice == null) {
      throw new CannotRun("notifications replay needs --target, --account or --notice");
    }
    return applying.addTo(filtered(new Question("notifications-replay")));
  }

  private Question filtered(Question question) {
    return question.with("target", target).with("account", account).with("notice", notice);
  }
}
