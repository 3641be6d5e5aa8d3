package plus.svc.billing.emulator.window;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Integers as Go's two ways of reading them do. */
final class GoNumbers {
  private static final Pattern PREFIX = Pattern.compile("\\s*([+-]?[0-9]+)");
  private static final Pattern WHOLE = Pattern.compile("[+-]?[0-9]+");

  private GoNumbers() {}

  /** {@code fmt.Sscanf(text, "%d")}: what stands at the start counts, the rest is ignored. */
  static Optional<Long> scan(String text) {
    Matcher prefix = PREFIX.matcher(text);
    return prefix.lookingAt() ? parse(prefix.group(1)) : Optional.empty();
  }

  /** {@code strconv.Atoi}: the whole text or nothing. */
  static Optional<Long> atoi(String text) {
    return WHOLE.matcher(text).matches() ? parse(text) : Optional.empty();
  }

  private static Optional<Long> parse(String digits) {
    try {
      return Optional.of(Long.parseLong(digits));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
