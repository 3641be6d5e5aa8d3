package plus.svc.billing.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --since} and {@code --until}, which the service reads. */
final class TimeRange {

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description =
          "From then on: 2026-01-31T12:00:00Z, 2026-01-31 (UTC), -24h, -7d, today, yesterday or"
              + " now.")
  private @Nullable String since;

  @Option(names = "--until", paramLabel = "TIME", description = "Before then, in the same forms.")
  private @Nullable String until;

  /** Adds what is given. */
  Question addTo(Question question) {
    return question.with("since", since).with("until", until);
  }
}
