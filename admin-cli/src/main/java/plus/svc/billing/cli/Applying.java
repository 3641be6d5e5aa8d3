package plus.svc.billing.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --apply} and {@code --reason}, of verbs that change something. */
final class Applying {

  @Option(
      names = "--apply",
      description =
          "Do it; needs --reason and the right admin:write. Without this nothing changes.")
  private boolean apply;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "Why it is done; recorded with who did it and what came of it.")
  private @Nullable String reason;

  /** Adds what is given. */
  Question addTo(Question question) {
    if (apply && (reason == null || reason.isBlank())) {
      throw new CannotRun("--apply needs --reason TEXT: why it is done is recorded");
    }
    return question.applying(apply, reason);
  }

  boolean applies() {
    return apply;
  }
}
