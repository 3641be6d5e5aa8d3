package plus.svc.billing.pipeline;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.ledger.PriceCache;
import plus.svc.billing.pipeline.rating.PeakHours;
import plus.svc.billing.pipeline.rating.RatingPolicy;
import plus.svc.billing.pipeline.snapshot.RejectedSample;
import plus.svc.billing.pipeline.snapshot.Sample;
import plus.svc.billing.pipeline.snapshot.SeriesKey;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.pipeline.source.FirstSnapshot;
import plus.svc.billing.pipeline.source.SourceId;
import plus.svc.billing.quantity.NodeKey;
import plus.svc.billing.testing.TestDatabase;

/**
 * A small world for pipeline tests: accounts, a pipeline on a real database, readers of its own.
 */
final class World {

  static final NodeKey NODE = new NodeKey("prod", "jp-node");
  static final Instant DAY = Instant.parse("2026-04-08T00:00:00Z");

  final Jdbi jdbi;

  /** One for all deliveries, as an instance has it. */
  final PriceCache prices = new PriceCache();

  NodePolicy policy = new NodePolicy(FirstSnapshot.FROM_ZERO, Instant.EPOCH, 1_250_000_000_000L);
  RatingPolicy rating =
      new RatingPolicy(
          new BigDecimal("0.5"),
          0,
          BigDecimal.ZERO,
          "test-v1",
          Map.of(),
          PeakHours.NONE,
          ZoneOffset.UTC);
  Instant now = DAY.plusSeconds(86_400);
  String source = "test";
  String region = "";
  boolean zeroBuckets;

  World(TestDatabase database) {
    this(database.jdbi());
  }

  World(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  UUID user() {
    UUID id = UUID.randomUUID();
    user(id, id);
    return id;
  }

  void user(UUID id, UUID proxy) {
    jdbi.useHandle(
        h -> h.execute("INSERT INTO public.users (uuid, proxy_uuid) VALUES (?, ?)", id, proxy));
  }

  static Instant at(String time) {
    return Instant.parse("2026-04-08T" + (time.length() == 5 ? time + ":00" : time) + "Z");
  }

  /** A snapshot under construction. */
  static final class Shot {
    NodeKey node = NODE;
    final Instant at;
    @Nullable Instant startedAt;
    final Map<SeriesKey, Sample> samples = new TreeMap<>();
    final List<RejectedSample> rejected = new ArrayList<>();

    Shot(Instant at) {
      this.at = at;
    }

    Shot of(UUID user, String inbound, long up, long down) {
      SeriesKey key = new SeriesKey(user.toString(), inbound);
      samples.put(key, new Sample(key, up, down));
      return this;
    }

    Shot of(UUID user, long up, long down) {
      return of(user, "", up, down);
    }

    Shot on(NodeKey key) {
      this.node = key;
      return this;
    }

    Shot started(Instant epoch) {
      this.startedAt = epoch;
      return this;
    }

    Snapshot snapshot() {
      return new Snapshot(node, at, startedAt, List.copyOf(samples.values()), rejected);
    }
  }

  static Shot shot(String time) {
    return new Shot(at(time));
  }

  Pipeline pipeline() {
    return pipeline(Clock.fixed(now, ZoneOffset.UTC));
  }

  Pipeline pipeline(Clock clock) {
    return new Pipeline(
        jdbi,
        new PipelineSettings(rating, region, "test-rev", zeroBuckets),
        clock,
        PipelineWatch.NONE,
        prices);
  }

  Receipt deliver(Shot... shots) {
    return deliver(List.of(shots).stream().map(Shot::snapshot).toList());
  }

  Receipt deliver(List<Snapshot> snapshots) {
    return pipeline().accept(delivery(snapshots));
  }

  Delivery delivery(List<Snapshot> snapshots) {
    return new Delivery(new SourceId(source), policy, 0, snapshots, new Progress(null, null, now));
  }

  /** Returns once some session of the database waits for a lock. */
  void awaitAWaitForALock() {
    long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    // A session of its own: within one transaction the list of sessions never changes.
    try (Handle watcher = jdbi.open()) {
      while (watcher
          .select(
              "SELECT FROM pg_stat_activity"
                  + " WHERE datname = current_database() AND wait_event_type = 'Lock'")
          .mapToMap()
          .list()
          .isEmpty()) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException("nobody waits for a lock");
        }
        Thread.onSpinWait();
      }
    }
  }

  /** Bytes by minute ("10:00"), read as accounts.svc.plus would. */
  Map<String, Long> buckets(UUID user) {
    return jdbi.withHandle(
        h ->
            h.createQuery(
                    """
                    SELECT to_char(bucket_start AT TIME ZONE 'UTC', 'HH24:MI') AS minute,
                           sum(total_bytes)::bigint AS bytes
                      FROM public.traffic_minute_buckets
                     WHERE account_uuid = :user
                     GROUP BY bucket_start
                    HAVING sum(total_bytes) <> 0
                     ORDER BY bucket_start
                    """)
                .bind("user", user)
                .reduceRows(
                    new TreeMap<String, Long>(),
                    (map, row) -> {
                      map.put(
                          row.getColumn("minute", String.class),
                          row.getColumn("bytes", Long.class));
                      return map;
                    }));
  }

  long usage(UUID user) {
    return buckets(user).values().stream().mapToLong(Long::longValue).sum();
  }

  /** What accounts.svc.plus writes for a plan. */
  void profile(UUID user, long quota, double price, String ruleVersion) {
    jdbi.useHandle(
        h ->
            h.execute(
                """
                INSERT INTO public.account_billing_profiles
                       (account_uuid, included_quota_bytes, base_price_per_byte,
                        pricing_rule_version)
                VALUES (?, ?, ?, ?)
                    ON CONFLICT (account_uuid) DO UPDATE
                   SET included_quota_bytes = excluded.included_quota_bytes,
                       base_price_per_byte = excluded.base_price_per_byte,
                       pricing_rule_version = excluded.pricing_rule_version
                """,
                user,
                quota,
                price,
                ruleVersion));
  }

  /** A payment as accounts.svc.plus books it: a plain ledger row, and its row of the balance. */
  void topUp(UUID user, String amount) {
    BigDecimal money = new BigDecimal(amount);
    jdbi.useTransaction(
        h -> {
          h.execute(
              """
              INSERT INTO public.billing_ledger
                     (id, account_uuid, bucket_start, bucket_end, entry_type, amount_delta,
                      pricing_rule_version)
              VALUES (gen_random_uuid(), ?, now(), now(), 'topup', ?, 'stripe:pi')
              """,
              user,
              money);
          h.execute(
              "UPDATE public.account_quota_states SET current_balance = current_balance + ?"
                  + " WHERE account_uuid = ?",
              money,
              user);
        });
  }

  /** One value of the account's row in {@code account_quota_states}, as text. */
  String shown(String column, UUID user) {
    return text(
        "SELECT " + column + "::text FROM public.account_quota_states WHERE account_uuid = ?",
        user);
  }

  /** One text, {@code ""} for NULL. */
  String text(String sql, Object... args) {
    return jdbi.withHandle(
        h -> h.select(sql, args).mapTo(String.class).findFirst().map(String::strip).orElse(""));
  }

  BigDecimal balance(UUID user) {
    return number(
        "SELECT coalesce(sum(current_balance), 0) FROM public.account_quota_states"
            + " WHERE account_uuid = ?",
        user);
  }

  BigDecimal ledger(UUID user) {
    return number(
        "SELECT coalesce(sum(amount_delta), 0) FROM public.billing_ledger WHERE account_uuid = ?",
        user);
  }

  long remaining(UUID user) {
    return number(
            "SELECT coalesce(sum(remaining_included_quota), 0) FROM public.account_quota_states"
                + " WHERE account_uuid = ?",
            user)
        .longValueExact();
  }

  long count(String table, String where, Object... args) {
    return number("SELECT count(*) FROM " + table + " WHERE " + where, args).longValueExact();
  }

  BigDecimal number(String sql, Object... args) {
    return jdbi.withHandle(h -> h.select(sql, args).mapTo(BigDecimal.class).one());
  }
}
