package plus.svc.billing.pipeline.ledger;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.rating.PriceBook;

/**
 * The prices of accounts as they were read last, for the writers of one instance. An entry holds as
 * long as the account's row, which the writer has locked, counts as many price changes as then: the
 * database counts every change of a price version, whoever makes it. Of bounded size.
 */
public final class PriceCache {

  private static final int MOST_ACCOUNTS = 50_000;
  private static final int MOST_BOOKS = 1_000;

  /** Accounts whose prices changed more often are read each time: they would take the memory. */
  private static final int MOST_VERSIONS = 8;

  private final Map<UUID, Known> accounts =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Known> eldest) {
          return size() > MOST_ACCOUNTS;
        }
      };

  /** Most accounts have the prices of others. */
  private final Map<PriceBook, PriceBook> books = new HashMap<>();

  private record Known(int changes, PriceBook book) {}

  /**
   * The prices of an account; null if they are not known as of so many changes.
   *
   * @param changes what the account's row counts, read under its lock
   */
  synchronized @Nullable PriceBook find(UUID account, int changes) {
    @Nullable Known known = accounts.get(account);
    return known != null && known.changes() == changes ? known.book() : null;
  }

  /**
   * Keeps what was read of an account.
   *
   * @param changes what the account's row counted under the lock that the prices were read under
   */
  synchronized void keep(UUID account, int changes, PriceBook book) {
    if (book.versions().size() > MOST_VERSIONS) {
      accounts.remove(account);
      return;
    }
    if (books.size() >= MOST_BOOKS) {
      books.clear();
    }
    accounts.put(account, new Known(changes, books.computeIfAbsent(book, same -> same)));
  }
}
