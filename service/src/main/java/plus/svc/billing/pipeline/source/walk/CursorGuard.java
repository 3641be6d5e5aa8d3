package plus.svc.billing.pipeline.source.walk;

import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.source.SourceFailure;
import plus.svc.billing.pipeline.source.SourceFailure.Kind;

/**
 * Makes sure that cursors lead forward. They are opaque and never changed; but where two read as
 * instants, the later one must be later.
 */
final class CursorGuard {

  private static final int LONGEST = 512;

  private @Nullable String last;

  /**
   * Takes the cursor of a page that says more follows.
   *
   * @return the cursor
   * @throws SourceFailure {@code cursor} if it leads nowhere or back
   */
  String advance(@Nullable String cursor) throws SourceFailure {
    if (cursor == null || cursor.isBlank()) {
      throw failure("more is to follow but no cursor says from where");
    }
    if (cursor.length() > LONGEST || cursor.chars().anyMatch(CursorGuard::isUnfit)) {
      throw failure("the cursor is no printable text of at most " + LONGEST + " characters");
    }
    if (last != null && !leadsForward(last, cursor)) {
      throw failure("the cursor repeats or runs backwards");
    }
    last = cursor;
    return cursor;
  }

  @Nullable String last() {
    return last;
  }

  private static boolean isUnfit(int c) {
    return Character.isISOControl(c) || Character.isSurrogate((char) c);
  }

  private static boolean leadsForward(String before, String after) {
    Instant from = instant(before);
    Instant to = instant(after);
    return (from == null || to == null) ? !before.equals(after) : to.isAfter(from);
  }

  private static @Nullable Instant instant(String cursor) {
    try {
      return Instant.parse(cursor);
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static SourceFailure failure(String reason) {
    return new SourceFailure(Kind.CURSOR, reason);
  }
}
