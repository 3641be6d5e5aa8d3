package plus.svc.billing.wallet.cache;

import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;

/**
 * What reads of an account answered a moment ago. For answers to whoever only wants to look; who
 * decides on money reads the database.
 */
public interface ReadCache {

  /** Keeps nothing. */
  ReadCache NONE =
      new ReadCache() {
        @Override
        public Optional<Cached> get(UUID account, String kind) {
          return Optional.empty();
        }

        @Override
        public void put(UUID account, String kind, Cached value) {}

        @Override
        public void forget(UUID account, Collection<String> kinds) {}
      };

  /**
   * A value as it once was.
   *
   * @param text at most {@link #LONGEST} characters
   * @param at when it was true: when the database was asked, not when it answered
   */
  record Cached(String text, Instant at) {

    /** More characters than this are not kept. */
    public static final int LONGEST = 1_000;

    public Cached {
      if (text.length() > LONGEST) {
        throw new IllegalArgumentException(
            "a value of " + text.length() + " characters: at most " + LONGEST);
      }
    }
  }

  /**
   * What is known, if it is young enough; empty at once where the cache does not answer.
   *
   * @param kind of a value, such as {@code balance} or {@code check:passport:2026-04}
   */
  Optional<Cached> get(UUID account, String kind);

  /** Keeps a value for others; may not. */
  void put(UUID account, String kind, Cached value);

  /** Drops values that are over, soon; may not, then they end by their age. Waits for nothing. */
  void forget(UUID account, Collection<String> kinds);
}
