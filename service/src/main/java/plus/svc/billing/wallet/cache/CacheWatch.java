package plus.svc.billing.wallet.cache;

import java.util.Locale;

/** Is told how reads of the cache end. */
public interface CacheWatch {

  /** Nobody watches. */
  CacheWatch NONE = read -> {};

  /** How a read ended. */
  enum Read {
    /** With a value. */
    HIT,
    /** There was none. */
    MISS,
    /** There was one that is no value of ours, or is too old or from the future. */
    IGNORED,
    /** The cache did not answer, or not in time. */
    FAILED,
    /** It was not asked, since it did not answer just before. */
    SKIPPED;

    /** As it stands in labels. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A read ended. */
  void read(Read read);
}
