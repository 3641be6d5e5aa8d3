package plus.svc.billing.wallet.outbox;

import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Something that other systems are to be told of an account.
 *
 * @param at when it came about
 * @param data a few facts by name; amounts as decimal text. No personal data: it leaves the house.
 */
public record Notice(UUID account, NoticeKind kind, Instant at, Map<String, String> data) {

  private static final int MOST_FACTS = 16;
  private static final int LONGEST_FACT = 200;
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,39}");

  public Notice {
    if (data.size() > MOST_FACTS) {
      throw new IllegalArgumentException(
          "a notice has " + data.size() + " facts: at most " + MOST_FACTS);
    }
    data.forEach(Notice::check);
    data = Map.copyOf(data);
  }

  private static void check(String name, String value) {
    if (!NAME.matcher(name).matches() || value.length() > LONGEST_FACT || value.contains("\0")) {
      throw new IllegalArgumentException(
          "fact '" + name + "' of a notice: a name in small letters, a value of at most 200");
    }
  }

  /** The facts in the order of their names. */
  Map<String, String> sorted() {
    return new TreeMap<>(data);
  }
}
