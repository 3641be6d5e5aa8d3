package plus.svc.billing.wallet;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.platform.RoundTrip;

/**
 * Reads what accounts have for uses of services. Who asks while a statement is under way is
 * answered by the next one, together with all others who did: so checks cost the database less the
 * more there are, and none waits for more than two statements.
 */
final class MeansReader implements AutoCloseable {

  private static final int READERS = 2;
  private static final int MOST = 500;
  private static final int MOST_WAITING = 20_000;
  private static final long MOST_SECONDS = 5;

  private final Jdbi jdbi;
  private final WalletPolicy policy;
  private final Supplier<ServicePrices> prices;
  private final Clock clock;
  private final LinkedBlockingQueue<Asked> asked = new LinkedBlockingQueue<>(MOST_WAITING);
  private final ExecutorService readers;

  MeansReader(Jdbi jdbi, WalletPolicy policy, Supplier<ServicePrices> prices, Clock clock) {
    this.jdbi = jdbi;
    this.policy = policy;
    this.prices = prices;
    this.clock = clock;
    AtomicInteger number = new AtomicInteger();
    this.readers =
        Executors.newFixedThreadPool(
            READERS,
            work -> {
              Thread thread = new Thread(work, "wallet-reader-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    for (int i = 0; i < READERS; i++) {
      readers.execute(this::answer);
    }
  }

  private record Key(UUID account, String service) {}

  private record Asked(Key key, CompletableFuture<Means> means) {}

  /**
   * What an account has for uses of a service now.
   *
   * @throws Wallet.Busy if too many ask
   */
  Means means(UUID account, String service) {
    Asked mine = new Asked(new Key(account, service), new CompletableFuture<>());
    if (readers.isShutdown() || !asked.offer(mine)) {
      throw new Wallet.Busy();
    }
    try {
      return mine.means().get(MOST_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Wallet.Busy();
    } catch (TimeoutException e) {
      throw new Wallet.Busy();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new CompletionException(e.getCause());
    }
  }

  private void answer() {
    List<Asked> group = new ArrayList<>();
    try {
      while (true) {
        group.add(asked.take());
        asked.drainTo(group, MOST - 1);
        answer(group);
        group.clear();
      }
    } catch (InterruptedException e) {
      group.forEach(one -> one.means().completeExceptionally(new Wallet.Busy()));
    }
  }

  private void answer(List<Asked> group) {
    try {
      Map<Key, Means> found = read(group.stream().map(Asked::key).distinct().toList());
      for (Asked one : group) {
        Means means = found.get(one.key());
        one.means().complete(means != null ? means : Means.none(Refusal.ACCOUNT_NOT_FOUND));
      }
    } catch (RuntimeException | Error e) {
      group.forEach(one -> one.means().completeExceptionally(e));
    }
  }

  /** What was found of an account; the unit is null for the wallet's. */
  private record Row(
      Key key, boolean isThere, @Nullable String unit, BigDecimal spendable, long taken) {}

  private Map<Key, Means> read(List<Key> keys) {
    Instant now = clock.instant();
    ServicePrices terms = prices.get();
    Map<Key, Means> found = new LinkedHashMap<>();
    List<Key> priced = new ArrayList<>();
    for (Key key : keys) {
      if (terms.at(key.service(), now).isPresent()) {
        priced.add(key);
      } else {
        found.put(key, Means.none(Refusal.UNKNOWN_SERVICE));
      }
    }
    if (priced.isEmpty()) {
      return found;
    }
    for (Row row : rows(priced, now)) {
      Optional<ServicePrices.Version> version = terms.at(row.key().service(), now);
      if (row.isThere() && version.isPresent()) {
        boolean isOurs = row.unit() == null || row.unit().equals(policy.unit());
        found.put(
            row.key(),
            new Means(
                isOurs ? null : Refusal.UNIT_DIFFERS,
                version.get().price(),
                Math.max(0, version.get().freeUnits() - row.taken()),
                row.spendable()));
      }
    }
    return found;
  }

  private List<Row> rows(List<Key> keys, Instant now) {
    List<Row> rows = new ArrayList<>();
    jdbi.useHandle(
        handle -> {
          RoundTrip trip = RoundTrip.on(handle);
          RequestLog.planOnce(trip);
          trip.query(
              "MeansReader",
              "rows",
              150,
              """
              SELECT w.account, w.service,
                     i.account_uuid IS NOT NULL OR a.account_id IS NOT NULL, a.unit,
                     coalesce(coalesce(q.exact_balance, q.current_balance) - q.held, 0)
                     + coalesce(a.overdraft + CASE WHEN a.account_id = a.owner_uuid THEN 0
                                                   ELSE a.balance - a.held END, 0)
                     + coalesce((SELECT sum(f.amount_delta) FROM billing.foreign_entries f
                                  WHERE f.account_uuid = w.account
                                    AND (NOT f.shown OR q.account_uuid IS NULL
                                         OR q.opened_at IS NOT NULL)), 0)
                     + coalesce(h.amount, 0),
                     coalesce(p.used + p.held, 0) - coalesce(h.free_units, 0)
                FROM unnest(?, ?) AS w (account, service)
                LEFT JOIN billing.identities i ON i.account_uuid = w.account
                LEFT JOIN public.account_quota_states q ON q.account_uuid = w.account
                LEFT JOIN billing.accounts a ON a.account_id = w.account
                LEFT JOIN billing.past_quotas p
                       ON p.account_uuid = w.account AND p.meter = w.service AND p.period_start = ?
                LEFT JOIN LATERAL (
                       SELECT sum(h.amount) AS amount,
                              sum(h.free_units) FILTER (WHERE h.meter = w.service
                                                          AND h.period_start = ?) AS free_units
                         FROM billing.holds h
                        WHERE h.account_id = w.account AND h.state = 'active'
                          AND h.expires_at <= ?) AS h
                       ON coalesce(q.open_holds, 0) + coalesce(a.open_holds, 0) > 0
              """,
              row ->
                  new Row(
                      new Key(RoundTrip.uuid(row, 1), row.getString(2)),
                      row.getBoolean(3),
                      row.getString(4),
                      row.getBigDecimal(5),
                      row.getLong(6)),
              rows::add,
              keys.stream().map(Key::account).toArray(UUID[]::new),
              keys.stream().map(Key::service).toArray(String[]::new),
              policy.monthStart(now),
              policy.monthStart(now),
              now);
          trip.send();
        });
    return rows;
  }

  @Override
  public void close() {
    readers.shutdownNow();
    List<Asked> late = new ArrayList<>();
    asked.drainTo(late);
    late.forEach(one -> one.means().completeExceptionally(new Wallet.Busy()));
  }
}
