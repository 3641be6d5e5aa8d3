package plus.svc.billing.cli;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import plus.svc.billing.api.report.EventReader;
import plus.svc.billing.api.report.Verdict;

/** {@code checkpoints}: how far sources and series were read; sets a source back or forth. */
@Command(
    name = "checkpoints",
    description = {
      "Lists how far each source was read and where each series stands. checkpoints set says what"
          + " setting a source back or forth means, and with --apply does it.",
      "Needs a token with the right admin:read, to apply admin:write. Exit code 1 if a change is"
          + " refused or only told."
    },
    footer = {
      "  billing-admin checkpoints --token-file admin.token",
      "  billing-admin checkpoints --node prod:jp --idle 24h",
      "  billing-admin checkpoints --source jp --follow",
      "  billing-admin checkpoints set --source jp --to -2h --apply --reason 'ticket 4711'"
    })
final class CheckpointsVerb extends ReportVerb {

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** As a word on the command line. */
  enum Action {
    list,
    set
  }

  @Parameters(
      index = "0",
      arity = "0..1",
      defaultValue = "list",
      paramLabel = "ACTION",
      description = "list or set. Default: list.")
  private Action action = Action.list;

  @Option(names = "--source", paramLabel = "ID", description = "This source and its nodes only.")
  private @Nullable String source;

  @Option(names = "--node", paramLabel = "ENV:NODE", description = "This node only.")
  private @Nullable String node;

  @Option(names = "--account", paramLabel = "UUID", description = "Series of this account only.")
  private @Nullable String account;

  @Option(
      names = {"--idle", "--older-than"},
      paramLabel = "TIME",
      description = "Only series last present so long ago: 24h, 7d, or a time.")
  private @Nullable String idle;

  @Option(names = "--limit", paramLabel = "N", description = "Most series. Default: 200.")
  private @Nullable String limit;

  @Option(names = "--after", paramLabel = "NEXT", description = "Go on where a list ended.")
  private @Nullable String after;

  @Option(names = "--to", paramLabel = "TIME", description = "With set: read until then.")
  private @Nullable String to;

  @Option(names = "--follow", description = "List again and again, and show what moved.")
  private boolean follow;

  @Option(
      names = "--every",
      paramLabel = "SECONDS",
      defaultValue = "5",
      description = "With --follow: how often. Default: ${DEFAULT-VALUE}.")
  private int everySeconds = 5;

  @Option(names = "--rounds", paramLabel = "N", description = "With --follow: end after so many.")
  private int rounds = Integer.MAX_VALUE;

  @Mixin private Applying applying = new Applying();

  CheckpointsVerb(Connection connection) {
    super(connection);
  }

  @Override
  public Integer call() {
    if (!follow) {
      return super.call();
    }
    if (action == Action.set || everySeconds < 1) {
      throw new CannotRun("--follow goes with a list, and --every with 1 second at least");
    }
    return follow();
  }

  /** One bounded request after the other, until somebody ends it. */
  private int follow() {
    Moved moved = new Moved(out());
    for (int round = 1; ; round++) {
      try (InputStream events = connection().admin().report(question(), PATIENCE)) {
        boolean whole = EventReader.read(events, moved).isPresent();
        if (!whole) {
          throw new CannotRun("the answer broke off before its verdict; try again");
        }
      } catch (IOException e) {
        throw new CannotRun("the answer broke off before its verdict; try again");
      }
      moved.endRound();
      if (round >= rounds) {
        return Verdict.CLEAN.exitCode();
      }
      try {
        Thread.sleep(Duration.ofSeconds(everySeconds).toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Verdict.CLEAN.exitCode();
      }
    }
  }

  @Override
  Question question() {
    if (action == Action.set) {
      if (source == null || to == null) {
        throw new CannotRun("checkpoints set needs --source ID and --to TIME");
      }
      return applying.addTo(new Question("checkpoints-set").with("source", source).with("to", to));
    }
    if (to != null || applying.applies()) {
      throw new CannotRun("--to and --apply go with checkpoints set");
    }
    return new Question("checkpoints")
        .with("source", source)
        .with("node", node)
        .with("account", account)
        .with("idle_since", idle == null ? null : ago(idle))
        .with("limit", limit)
        .with("after", after);
  }

  /** A bare duration is a time that long ago. */
  private static String ago(String text) {
    return text.toLowerCase(Locale.ROOT).matches("[0-9][0-9.]*[a-z].*") ? "-" + text : text;
  }
}
