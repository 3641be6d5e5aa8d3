package plus.svc.billing.wallet;

import com.cronutils.model.time.ExecutionTime;
import java.time.Clock;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.Optional;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jspecify.annotations.Nullable;

/**
 * Prepares the quota rows of the month to come, for whoever used a service in this one. Nobody
 * needs them: a row appears when it is first asked for, with the same content. It runs when its
 * schedule says, on one instance, once for a time; what was missed is caught up.
 */
public final class MonthAhead {

  private static final long LOCK = 0x6d6f6e7468616864L;

  private final Jdbi jdbi;
  private final WalletPolicy policy;
  private final ExecutionTime schedule;
  private final Supplier<ServicePrices> prices;
  private final Clock clock;

  /**
   * @param schedule in the policy's zone
   */
  public MonthAhead(
      Jdbi jdbi,
      WalletPolicy policy,
      ExecutionTime schedule,
      Supplier<ServicePrices> prices,
      Clock clock) {
    this.jdbi = jdbi;
    this.policy = policy;
    this.schedule = schedule;
    this.prices = prices;
    this.clock = clock;
  }

  /**
   * Runs if a run is due.
   *
   * @return how many rows were made, empty if none was due or another instance is at it
   */
  public Optional<Integer> turn() {
    return jdbi.inTransaction(
        handle -> {
          Dao dao = handle.attach(Dao.class);
          if (!dao.lead(LOCK)) {
            return Optional.empty();
          }
          Instant now = clock.instant();
          @Nullable Instant last = dao.last();
          if (last != null && !isDue(last, now)) {
            return Optional.empty();
          }
          int made = prepare(handle, now);
          dao.ran(now);
          return Optional.of(made);
        });
  }

  private boolean isDue(Instant last, Instant now) {
    return schedule
        .nextExecution(ZonedDateTime.ofInstant(last, policy.zone()))
        .map(next -> !next.toInstant().isAfter(now))
        .orElse(false);
  }

  /** Makes the rows of the month after that of an instant; those that are there stay. */
  int prepare(Handle handle, Instant now) {
    Instant next = policy.monthEnd(now);
    int made = 0;
    ServicePrices terms = prices.get();
    for (String service : terms.services()) {
      long free = terms.at(service, next).map(ServicePrices.Version::freeUnits).orElse(0L);
      made +=
          handle
              .attach(Dao.class)
              .prepare(service, policy.monthStart(now), next, policy.monthEnd(next), free, now);
    }
    return made;
  }

  /** Statements of the run. */
  interface Dao {

    @SqlQuery("SELECT pg_try_advisory_xact_lock(:lock)")
    boolean lead(@Bind("lock") long lock);

    @SqlQuery("SELECT max(ran_at) FROM billing.month_ahead")
    @Nullable Instant last();

    @SqlUpdate(
        """
        INSERT INTO billing.month_ahead (ran_at) VALUES (:now)
            ON CONFLICT (one) DO UPDATE SET ran_at = excluded.ran_at
        """)
    void ran(@Bind("now") Instant now);

    @SqlUpdate(
        """
        INSERT INTO billing.past_quotas
               (account_uuid, meter, period_start, period_end, granted, last_granted_at)
        SELECT q.account_uuid, q.meter, :next, :end, :free, :now
          FROM billing.past_quotas q
         WHERE q.meter = :service AND q.period_start = :month
            ON CONFLICT (account_uuid, meter, period_start) DO NOTHING
        """)
    int prepare(
        @Bind("service") String service,
        @Bind("month") Instant month,
        @Bind("next") Instant next,
        @Bind("end") Instant end,
        @Bind("free") long free,
        @Bind("now") Instant now);
  }
}
