package plus.svc.billing.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static plus.svc.billing.pipeline.World.shot;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import plus.svc.billing.pipeline.source.SourceId;
import plus.svc.billing.quantity.NodeKey;
import plus.svc.billing.testing.Database;
import plus.svc.billing.testing.PostgresHarness;
import plus.svc.billing.testing.TestDatabase;

/** The way of the data from snapshots to the tables that accounts reads. */
class PipelineIT {

  @RegisterExtension static final Database SERVER = Database.migrated();

  private World world = new World(SERVER.get());

  @BeforeEach
  void freshWorld() {
    TestDatabase database = PostgresHarness.shared().freshDatabase();
    world = new World(database);
  }

  @Test
  void usageWalksTheWholeWay() {
    UUID a = world.user();
    Receipt receipt = world.deliver(shot("10:00").of(a, 100, 0), shot("10:01").of(a, 150, 50));
    assertThat(receipt.buckets()).isEqualTo(2);
    assertThat(world.buckets(a)).isEqualTo(Map.of("10:00", 100L, "10:01", 100L));
    assertThat(world.balance(a)).isEqualByComparingTo("-100");
    assertThat(world.ledger(a)).isEqualByComparingTo("-100");
  }

  @Test
  void aRepeatChangesNothing() {
    UUID a = world.user();
    world.deliver(shot("10:00").of(a, 100, 0), shot("10:01").of(a, 150, 50));
    Receipt again = world.deliver(shot("10:00").of(a, 100, 0), shot("10:01").of(a, 150, 50));
    assertThat(again.repeated()).isEqualTo(2);
    assertThat(again.ledgerRows()).isZero();
    assertThat(world.usage(a)).isEqualTo(200);
    assertThat(world.count("public.billing_ledger", "true")).isEqualTo(2);
  }

  @Test
  void aLateSnapshotMovesBytesToTheirMinuteAndCostsNothing() {
    UUID a = world.user();
    world.deliver(shot("10:00").of(a, 100, 0), shot("10:02").of(a, 300, 0));
    Receipt late = world.deliver(shot("10:01").of(a, 200, 0));
    world.deliver(shot("10:03").of(a, 400, 0));
    assertThat(late.late()).isEqualTo(1);
    assertThat(late.lateSamples()).isEqualTo(1);
    assertThat(late.bytes()).isZero();
    assertThat(world.buckets(a))
        .isEqualTo(Map.of("10:00", 100L, "10:01", 100L, "10:02", 100L, "10:03", 100L));
    assertThat(world.balance(a)).isEqualByComparingTo("-200");
    assertThat(world.ledger(a)).isEqualByComparingTo("-200");
    assertThat(
            world.count(
                "public.billing_ledger",
                "entry_type = 'traffic_adjustment' AND corrects IS NOT NULL"))
        .isEqualTo(1);
  }

  @Test
  void aRestartFoundLateShowsInTheCheckpointThoughItCostsNothing() {
    UUID a = world.user();
    World.Shot[] shots = {
      shot("10:00").of(a, 5, 0).started(World.at("09:00")),
      shot("10:01").of(a, 1, 0).started(World.at("10:00:30")),
      shot("10:02").of(a, 1, 0).started(World.at("10:01:30"))
    };
    world.deliver(shots[0], shots[2]);
    world.deliver(shots[1]);
    NodeKey other = new NodeKey("prod", "us-node");
    for (World.Shot shot : shots) {
      world.deliver(shot.on(other));
    }
    long told =
        world.jdbi.withHandle(
            handle ->
                handle
                    .createQuery(
                        "SELECT count(DISTINCT reset_epoch) FROM public.traffic_stat_checkpoints")
                    .mapTo(long.class)
                    .one());
    assertThat(told).isEqualTo(1);
  }

  @Test
  void theFreeQuotaGoesToTheEarliestUsageWhateverComesFirst() {
    UUID a = world.user();
    world.rating = withQuota(world, 150);
    NodeKey other = new NodeKey("prod", "us-node");
    world.deliver(shot("10:05").of(a, 100, 0), shot("10:06").of(a, 200, 0));
    assertThat(world.balance(a)).isEqualByComparingTo("-25");
    world.deliver(shot("10:00").on(other).of(a, 120, 0));
    assertThat(world.ledger(a)).isEqualByComparingTo("-85");
    assertThat(world.balance(a)).isEqualByComparingTo("-85");
    assertThat(world.remaining(a)).isZero();
    assertThat(
            world.number(
                "SELECT included_bytes FROM public.traffic_minute_buckets WHERE account_uuid = ?"
                    + " AND node_id = 'prod:us-node'",
                a))
        .isEqualByComparingTo(BigDecimal.valueOf(120));
  }

  @Test
  void severalPagesShareATransactionAndNoneFailsForAnothersSake() {
    UUID a = world.user();
    world.jdbi.useHandle(
        h ->
            h.execute(
                "INSERT INTO billing.source_leases (source_id, holder, fence, expires_at)"
                    + " VALUES ('lost', 'another instance', 8, now())"));
    List<Pipeline.Outcome> outcomes =
        world
            .pipeline()
            .acceptAll(
                List.of(
                    page("one", 0, shot("10:00").on(new NodeKey("n", "1")).of(a, 10, 0)),
                    page("lost", 7, shot("10:00").on(new NodeKey("n", "2")).of(a, 20, 0)),
                    page("one", 0, shot("10:01").on(new NodeKey("n", "1")).of(a, 40, 0)),
                    page("two", 0, shot("10:01").on(new NodeKey("n", "3")).of(a, 80, 0))),
                50_000);
    assertThat(outcomes.get(1).failure()).isInstanceOf(FenceLost.class);
    assertThat(outcomes.get(0).orThrow().bytes()).isEqualTo(10);
    assertThat(outcomes.get(2).orThrow().bytes()).isEqualTo(30);
    assertThat(outcomes.get(3).orThrow().bytes()).isEqualTo(80);
    assertThat(world.usage(a)).isEqualTo(120);
    assertThat(world.balance(a)).isEqualByComparingTo("-60");
    assertThat(world.ledger(a)).isEqualByComparingTo("-60");
    assertThat(world.count("billing.nodes", "node = '2'")).isZero();
  }

  private Delivery page(String source, long fence, World.Shot shot) {
    return new Delivery(
        new SourceId(source),
        world.policy,
        fence,
        List.of(shot.snapshot()),
        new Progress(null, null, world.now));
  }

  @Test
  void fromALedgerRowOneGetsToItsSnapshotsAndSourceAndBack() {
    UUID a = world.user();
    world.source = "jp-exporter";
    world.deliver(shot("10:00").of(a, "x", 100, 0), shot("10:02").of(a, "x", 300, 0));
    world.source = "late-exporter";
    world.deliver(shot("10:01:30").of(a, "x", 250, 0));
    List<String> ways =
        world.jdbi.withHandle(
            h ->
                h.select(
                        """
                            SELECT to_char(l.bucket_start AT TIME ZONE 'UTC', 'HH24:MI') || ' '
                                   || l.entry_type || ' ' || trim_scale(l.amount_delta) || ' of '
                                   || b.total_bytes || ' by ' || s.source_id || ' at '
                                   || s.uplink[array_position(s.ordinals, i.ordinal)]
                                   || coalesce(' corrects ' || trim_scale(f.amount_delta), '')
                              FROM public.billing_ledger l
                              JOIN public.traffic_minute_buckets b
                                USING (account_uuid, bucket_start, node_id, line_code)
                              JOIN billing.nodes n ON n.composed = l.node_id
                              JOIN billing.series i
                                ON i.node_key = n.node_key AND i.account_uuid = l.account_uuid
                               AND i.inbound_tag = l.line_code
                              JOIN billing.snapshots s
                                ON s.node_key = n.node_key AND i.ordinal = ANY (s.ordinals)
                               AND s.collected_at >= l.bucket_start
                               AND s.collected_at < l.bucket_end
                              LEFT JOIN public.billing_ledger f ON f.id = l.corrects
                             ORDER BY 1
                            """)
                    .mapTo(String.class)
                    .list());
    assertThat(ways)
        .containsExactly(
            "10:00 traffic_charge -50 of 100 by jp-exporter at 100",
            "10:01 traffic_charge -75 of 150 by late-exporter at 250",
            "10:02 traffic_adjustment 75 of 50 by jp-exporter at 300 corrects -100",
            "10:02 traffic_charge -100 of 50 by jp-exporter at 300");
  }

  @Test
  void theRowsOfAnAccountCarryTheOrderInWhichTheyWerePosted() throws Exception {
    UUID a = world.user();
    world.deliver(shot("10:00").of(a, 10, 0));
    AtomicReference<Instant> time = new AtomicReference<>(world.now.plusSeconds(10));
    Pipeline pipeline = world.pipeline(reading(time));
    ExecutorService beside = Executors.newSingleThreadExecutor();
    try {
      Future<?> waiting =
          world.jdbi.inTransaction(
              other -> {
                other.execute(
                    "SELECT FROM billing.account_states WHERE account_uuid = ? FOR UPDATE", a);
                Future<?> running =
                    beside.submit(
                        () ->
                            pipeline.accept(
                                world.delivery(List.of(shot("10:01").of(a, 20, 0).snapshot()))));
                world.awaitAWaitForALock();
                time.set(world.now.plusSeconds(20));
                return running;
              });
      waiting.get(60, TimeUnit.SECONDS);
    } finally {
      beside.shutdownNow();
    }
    assertThat(
            world.count(
                "public.billing_ledger",
                "account_uuid = ? AND created_at >= ?",
                a,
                java.sql.Timestamp.from(world.now.plusSeconds(20))))
        .as("stamped once the lock was held, not while it was waited for")
        .isEqualTo(1);
  }

  private static Clock reading(AtomicReference<Instant> time) {
    return new Clock() {
      @Override
      public Instant instant() {
        return Objects.requireNonNull(time.get());
      }

      @Override
      public ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }
    };
  }

  static plus.svc.billing.pipeline.rating.RatingPolicy withQuota(World world, long quota) {
    var old = world.rating;
    return new plus.svc.billing.pipeline.rating.RatingPolicy(
        old.pricePerByte(),
        quota,
        old.initialBalance(),
        old.ruleVersion(),
        old.plans(),
        old.peakHours(),
        old.periodZone());
  }
}
