package plus.svc.billing.pipeline.ledger;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.rating.PriceTerms;
import plus.svc.billing.pipeline.rating.RatingPolicy;

/**
 * Notices changes of {@code account_billing_profiles} and of the configured prices, and records
 * each as a new price version. It comes into force with the second minute after it was noticed, so
 * that no transaction under way rates that minute without it; the past keeps its price.
 */
public final class PriceObserver {

  private static final int PAGE = 2_000;
  private static final Duration NOTICE = Duration.ofMinutes(2);
  private static final UUID BEFORE_ALL = new UUID(0L, 0L);

  private final Jdbi jdbi;
  private final RatingPolicy policy;

  public PriceObserver(Jdbi jdbi, RatingPolicy policy) {
    this.jdbi = jdbi;
    this.policy = policy;
  }

  /**
   * Looks at every account that was ever rated, a page a transaction.
   *
   * @return how many versions were recorded
   */
  public int observe(Instant now) {
    Instant from = now.truncatedTo(ChronoUnit.MINUTES).plus(NOTICE);
    int recorded = 0;
    UUID after = BEFORE_ALL;
    while (true) {
      UUID start = after;
      List<UUID> page =
          jdbi.withHandle(handle -> handle.attach(AccountDao.class).page(start, PAGE));
      if (page.isEmpty()) {
        return recorded;
      }
      recorded += jdbi.inTransaction(handle -> observe(handle, page, from, now));
      after = page.get(page.size() - 1);
    }
  }

  private int observe(Handle handle, List<UUID> accounts, Instant from, Instant now) {
    AccountDao dao = handle.attach(AccountDao.class);
    UUID[] ids = accounts.toArray(UUID[]::new);
    Map<UUID, PriceTerms> latest = new HashMap<>();
    // What comes later was noticed while a clock was ahead, and says nothing about now.
    dao.prices(ids).stream()
        .filter(row -> !row.terms().effectiveFrom().isAfter(from))
        .forEach(row -> latest.put(row.account(), row.terms()));
    List<UUID> changed = new ArrayList<>();
    List<PriceTerms> terms = new ArrayList<>();
    for (AccountDao.ProfileRow row : sorted(dao.profiles(ids))) {
      PriceTerms current = policy.terms(row.profile(), from);
      @Nullable PriceTerms known = latest.get(row.account());
      if (known != null && !known.sameTermsAs(current)) {
        changed.add(row.account());
        terms.add(current);
      }
    }
    if (!changed.isEmpty()) {
      handle.attach(PriceDao.class).insertAll(changed, terms, now);
    }
    return changed.size();
  }

  /** Each new version touches its account's row: in the order in which all who post lock them. */
  private static List<AccountDao.ProfileRow> sorted(List<AccountDao.ProfileRow> rows) {
    return rows.stream().sorted(Comparator.comparing(AccountDao.ProfileRow::account)).toList();
  }
}
