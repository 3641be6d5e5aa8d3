package plus.svc.billing.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.platform.setting.SettingReader;
import plus.svc.billing.wallet.outbox.OutboxPolicy;
import plus.svc.billing.wallet.outbox.RetryPolicy;

/** {@code wallet.outbox}: how notices are sent again, and how long they are kept. */
public record OutboxSection(
    @Nullable String pollInterval,
    @Nullable String firstPause,
    @Nullable String longestPause,
    @Nullable String maxAttempts,
    @Nullable String maxAge,
    @Nullable String keep,
    @Nullable String keepDead) {

  /** Nothing given: every default. */
  public static final OutboxSection EMPTY =
      new OutboxSection(null, null, null, null, null, null, null);

  /** Checks the texts; problems go to the reader. */
  public OutboxPolicy read(SettingReader reader) {
    Duration first = reader.interval("wallet.outbox.firstPause", firstPause, "2s");
    Duration longest = reader.interval("wallet.outbox.longestPause", longestPause, "15m");
    if (first.compareTo(longest) > 0) {
      reader.problem(
          "wallet.outbox.firstPause is " + first + ": must be at most longestPause, " + longest);
      first = longest;
    }
    return new OutboxPolicy(
        new RetryPolicy(
            first,
            longest,
            reader.count("wallet.outbox.maxAttempts", maxAttempts, "100", 1, 1_000_000),
            reader.interval("wallet.outbox.maxAge", maxAge, "24h")),
        reader.interval("wallet.outbox.pollInterval", pollInterval, "1s"),
        reader.interval("wallet.outbox.keep", keep, "720h"),
        reader.interval("wallet.outbox.keepDead", keepDead, "2160h"));
  }
}
