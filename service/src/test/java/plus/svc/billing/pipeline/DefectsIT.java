package plus.svc.billing.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static plus.svc.billing.pipeline.World.at;
import static plus.svc.billing.pipeline.World.shot;

import java.math.BigDecimal;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import plus.svc.billing.pipeline.ledger.PriceObserver;
import plus.svc.billing.pipeline.rating.PeakHours;
import plus.svc.billing.pipeline.rating.RatingPolicy;
import plus.svc.billing.pipeline.readmodel.ArrearsSweep;
import plus.svc.billing.pipeline.snapshot.RejectReason;
import plus.svc.billing.pipeline.snapshot.RejectedSample;
import plus.svc.billing.pipeline.snapshot.Sample;
import plus.svc.billing.pipeline.snapshot.SeriesKey;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.pipeline.source.FirstSnapshot;
import plus.svc.billing.platform.BillingJdbiPlugin;
import plus.svc.billing.quantity.NodeKey;
import plus.svc.billing.testing.Database;

/**
 * Each defect of the earlier writer (D) and each rule set against them (T), as the contract page
 * numbers them, where metering, rating and the ledger decide. U is usage in bytes, B the balance
 * shown, L the sum of the ledger; the price is 0.5 a byte and there is no quota unless said.
 *
 * <p>Elsewhere: D07, D08 and D35 for every statement in {@link FailedStatementIT}; D38 also in
 * {@link QuotaPeriodsIT}; T5 and T10 on generated worlds in {@link LawsIT}; identifiers and numbers
 * as sent (D15, D16, D17, D18) in the decoder's tests. Those of the collector's loop (D27 to D34,
 * T11) belong to the tests of {@code pipeline.source} and {@code collector}.
 */
class DefectsIT {

  @RegisterExtension static final Database SERVER = Database.migrated();

  private static final NodeKey US = new NodeKey("prod", "us-node");

  private World world = new World(SERVER.get());
  private NodeKey node = World.NODE;
  private UUID a = new UUID(0, 0);

  /** The tests share a database: each has accounts and a node of its own. */
  @BeforeEach
  void freshWorld() {
    world = new World(SERVER.get());
    a = world.user();
    node = new NodeKey("prod", "node-" + a);
  }

  private World.Shot on(String time) {
    return shot(time).on(node);
  }

  private void assertMoney(UUID account, String money) {
    assertThat(world.balance(account)).as("B").isEqualByComparingTo(money);
    assertThat(world.ledger(account)).as("L").isEqualByComparingTo(money);
  }

  private long ledgerRows(UUID account) {
    return world.count("public.billing_ledger", "account_uuid = ?", account);
  }

  private long epoch(UUID account) {
    return world
        .number(
            "SELECT sum(reset_epoch) FROM public.traffic_stat_checkpoints WHERE account_uuid = ?",
            account)
        .longValueExact();
  }

  private List<String> balancesAfter(UUID account) {
    return world.jdbi.withHandle(
        h ->
            h.select(
                    "SELECT trim_scale(balance_after)::text FROM public.billing_ledger"
                        + " WHERE account_uuid = ? ORDER BY bucket_start, created_at",
                    account)
                .mapTo(String.class)
                .list());
  }

  private RatingPolicy rating(
      String price, String initial, Map<String, RatingPolicy.Plan> plans, PeakHours peak) {
    return new RatingPolicy(
        new BigDecimal(price), 0, new BigDecimal(initial), "test-v1", plans, peak, ZoneOffset.UTC);
  }

  @Test
  void d01AnOverlapIsNoReset() {
    world.deliver(on("10:00").of(a, 100, 0), on("10:01").of(a, 200, 0), on("10:02").of(a, 300, 0));
    world.deliver(
        on("10:00").of(a, 100, 0),
        on("10:01").of(a, 200, 0),
        on("10:02").of(a, 300, 0),
        on("10:03").of(a, 400, 0));
    assertThat(epoch(a)).isZero();
    assertThat(balancesAfter(a)).containsExactly("-50", "-100", "-150", "-200");
    assertMoney(a, "-200");
  }

  @Test
  void d02AnOverlapErasesNoUsage() {
    World.Shot[] idle = {
      on("10:00").of(a, 100, 0), on("10:01").of(a, 100, 0), on("10:02").of(a, 100, 0)
    };
    world.deliver(idle);
    world.deliver(idle);
    world.deliver(idle[0]);
    assertThat(world.buckets(a)).isEqualTo(Map.of("10:00", 100L));
    assertMoney(a, "-50");
  }

  @Test
  void d03ATrueRestartLosesNoBytes() {
    world.deliver(
        on("10:00").of(a, 1_000, 2_000), on("10:01").of(a, 300, 700), on("10:02").of(a, 350, 800));
    assertThat(world.usage(a)).isEqualTo(3_000 + 1_000 + 150);
  }

  @Test
  void d04ARestartHiddenByGrowthShowsOnlyByTheEpoch() {
    UUID b = world.user();
    NodeKey telling = new NodeKey("prod", "telling-" + a);
    world.deliver(on("10:00").of(a, 100, 100), on("10:05").of(a, 500, 900));
    world.deliver(
        shot("10:00").on(telling).started(at("09:00")).of(b, 100, 100),
        shot("10:05").on(telling).started(at("10:03")).of(b, 500, 900));
    assertThat(world.usage(a)).isEqualTo(200 + 1_200);
    assertThat(world.usage(b)).isEqualTo(200 + 1_400);
  }

  @Test
  void d05AResetInOneDirectionCountsBothFromZero() {
    world.deliver(on("10:00").of(a, 100, 5_000), on("10:01").of(a, 300, 200));
    assertThat(world.buckets(a)).isEqualTo(Map.of("10:00", 5_100L, "10:01", 500L));
  }

  @Test
  void d06AVanishedInboundIsNoRestart() {
    world.deliver(
        on("10:00").of(a, "x", 100, 0).of(a, "t", 50, 0),
        on("10:01").of(a, "x", 120, 0),
        on("10:02").of(a, "x", 130, 0).of(a, "t", 60, 0));
    assertThat(world.buckets(a)).isEqualTo(Map.of("10:00", 150L, "10:01", 20L, "10:02", 20L));
    assertThat(epoch(a)).isZero();
  }

  /** Has every insert or update of a table fail until the returned action runs. */
  private Runnable broken(String table) {
    world.jdbi.useHandle(
        h ->
            h.execute(
                String.format(
                    Locale.ROOT,
                    """
                CREATE FUNCTION pg_temp_fail() RETURNS trigger LANGUAGE plpgsql AS
                $f$ BEGIN RAISE EXCEPTION 'broken on purpose'; END $f$;
                CREATE TRIGGER fail_on_purpose BEFORE INSERT OR UPDATE ON %s
                  FOR EACH ROW EXECUTE FUNCTION pg_temp_fail()
                """,
                    table)));
    return () -> world.jdbi.useHandle(h -> h.execute("DROP FUNCTION pg_temp_fail() CASCADE"));
  }

  @Test
  void d07AFailureBetweenLedgerAndQuotaLeavesNeither() {
    Runnable mend = broken("public.account_quota_states");
    assertThatThrownBy(() -> world.deliver(on("10:00").of(a, 150, 0)))
        .hasStackTraceContaining("broken on purpose");
    assertThat(ledgerRows(a)).isZero();
    mend.run();
    world.deliver(on("10:00").of(a, 150, 0));
    assertMoney(a, "-75");
  }

  @Test
  void d08AFailureBeforeTheCheckpointRewritesNoHistory() {
    world.rating = PipelineIT.withQuota(world, 100);
    world.deliver(on("10:00").of(a, 150, 0));
    Runnable mend = broken("public.traffic_stat_checkpoints");
    assertThatThrownBy(() -> world.deliver(on("10:01").of(a, 300, 0)))
        .hasStackTraceContaining("broken on purpose");
    mend.run();
    world.deliver(on("10:01").of(a, 300, 0));
    assertThat(balancesAfter(a)).containsExactly("-25", "-100");
    assertMoney(a, "-100");
  }

  @Test
  void d09AReplayIsNotRatedAgainWithTodaysQuotaOrPrice() {
    world.rating = PipelineIT.withQuota(world, 150);
    World.Shot[] shots = {
      on("10:00").of(a, 100, 0), on("10:01").of(a, 200, 0), on("10:02").of(a, 300, 0)
    };
    world.deliver(shots);
    assertMoney(a, "-75");
    world.profile(a, 7, 3.0, "plan:DEAR");
    new PriceObserver(world.jdbi, world.rating).observe(world.now);
    world.deliver(shots);
    assertMoney(a, "-75");
    assertThat(ledgerRows(a)).isEqualTo(3);
  }

  @Test
  void d10TwoSnapshotsOfOneMinuteAddUp() {
    world.deliver(on("10:00:10").of(a, 100, 0));
    world.deliver(on("10:00:40").of(a, 160, 3));
    assertThat(world.buckets(a)).isEqualTo(Map.of("10:00", 163L));
    assertThat(
            world.text(
                "SELECT uplink_bytes || '+' || downlink_bytes FROM public.traffic_minute_buckets"
                    + " WHERE account_uuid = ?",
                a))
        .isEqualTo("160+3");
    assertMoney(a, "-81.5");
  }

  @Test
  void d11TheFirstSightOfANodeIsABaseline() {
    world.policy = new NodePolicy(FirstSnapshot.BASELINE, Instant.EPOCH, 1_000_000);
    world.deliver(on("10:00").of(a, 5_000_000_000L, 0));
    assertThat(world.usage(a)).isZero();
    NodeKey renamed = new NodeKey("prod", "renamed-" + a);
    world.deliver(shot("10:01").on(renamed).of(a, 5_000_000_010L, 0));
    assertThat(world.usage(a)).isZero();
    world.deliver(shot("10:02").on(renamed).of(a, 5_000_000_015L, 0));
    assertThat(world.usage(a)).isEqualTo(5);
  }

  @Test
  void d12TwoSourcesOfOneNodeKeepTheirInboundsApart() {
    world.deliver(on("10:00").of(a, "xhttp", 1_000, 0));
    world.source = "tcp";
    world.deliver(on("10:00").of(a, "tcp", 10, 0));
    world.source = "test";
    world.deliver(on("10:01").of(a, "xhttp", 1_100, 0));
    world.source = "tcp";
    world.deliver(on("10:01").of(a, "tcp", 20, 0));
    assertThat(world.usage(a)).isEqualTo(1_120);
    assertThat(epoch(a)).isZero();
  }

  @Test
  void d13ALateSnapshotIsNotChargedAgain() {
    world.deliver(on("10:00").of(a, 100, 0), on("10:02").of(a, 300, 0));
    world.deliver(on("10:01").of(a, 200, 0));
    world.deliver(on("10:03").of(a, 400, 0));
    assertThat(world.usage(a)).isEqualTo(400);
    assertThat(epoch(a)).isZero();
    assertMoney(a, "-200");
  }

  @Test
  void d14AnotherDefaultRegionChargesNothingTwice() {
    World.Shot[] shots = {on("10:00").of(a, 100, 0), on("10:01").of(a, 300, 0)};
    world.deliver(shots);
    world.region = "jp";
    world.deliver(shots);
    world.deliver(on("10:00:30").of(a, 200, 0), on("10:02").of(a, 400, 0));
    assertMoney(a, "-200");
    assertThat(world.count("public.traffic_minute_buckets", "account_uuid = ? AND region <> ''", a))
        .isZero();
  }

  @Test
  void d15AnUnknownAccountBlocksNobodyAndIsBilledOnceItIsKnown() {
    UUID b = UUID.randomUUID();
    world.deliver(on("10:00").of(b, 100, 0).of(a, 100, 0));
    world.deliver(on("10:01").of(b, 140, 0).of(a, 200, 0));
    assertMoney(a, "-100");
    assertThat(
            world.number(
                "SELECT sum(uplink_bytes) FROM billing.unattributed_usage u"
                    + " JOIN billing.series s USING (node_key, ordinal) WHERE s.identifier = ?",
                b))
        .isEqualByComparingTo("140");
    world.user(b, b);
    world.deliver(on("10:02").of(b, 150, 0).of(a, 200, 0));
    assertThat(world.buckets(b)).isEqualTo(Map.of("10:00", 100L, "10:01", 40L, "10:02", 10L));
    assertMoney(b, "-75");
  }

  @Test
  void d16TwoIdentifiersOfOneAccountAddUp() {
    UUID b = UUID.randomUUID();
    UUID proxy = UUID.randomUUID();
    world.user(b, proxy);
    world.deliver(on("10:00").of(b, 100, 0).of(proxy, 7, 0));
    world.deliver(on("10:01").of(b, 110, 0).of(proxy, 7, 0));
    assertThat(world.buckets(b)).isEqualTo(Map.of("10:00", 107L, "10:01", 10L));
    assertMoney(b, "-58.5");
  }

  @Test
  void d16AnAccountsOwnUuidOutranksAnothersProxyUuid() {
    UUID b = UUID.randomUUID();
    world.user(b, UUID.randomUUID());
    world.user(UUID.randomUUID(), b);
    UUID shared = UUID.randomUUID();
    world.user(UUID.randomUUID(), shared);
    world.user(UUID.randomUUID(), shared);
    world.deliver(on("10:00").of(b, 10, 0).of(shared, 7, 0));
    assertThat(world.usage(b)).isEqualTo(10);
    assertThat(world.count("billing.series", "identifier = ? AND account_uuid IS NULL", shared))
        .as("a proxy UUID of two accounts names neither")
        .isEqualTo(1);
  }

  @Test
  void d17ANegativeTotalIsSetAsideAndItsNeighboursBilled() {
    World.Shot shot = on("10:00").of(a, 10, 0);
    shot.rejected.add(
        new RejectedSample(a.toString(), "x", "-5", "10", RejectReason.NEGATIVE_TOTAL));
    Receipt receipt = world.deliver(shot);
    assertThat(receipt.setAsides().byReason()).isEqualTo(Map.of("NEGATIVE_TOTAL", 1));
    assertThat(world.usage(a)).isEqualTo(10);
    assertThat(
            world.count(
                "billing.set_asides",
                "identifier = ? AND reason = 'NEGATIVE_TOTAL' AND uplink = '-5'",
                a.toString()))
        .isEqualTo(1);
    SeriesKey key = new SeriesKey(a.toString(), "");
    assertThatThrownBy(() -> new Sample(key, -5, 10)).hasMessageContaining("below zero");
  }

  @Test
  void d18AnOverflowIsNeverWritten() {
    SeriesKey key = new SeriesKey(a.toString(), "");
    assertThatThrownBy(() -> new Sample(key, Long.MAX_VALUE, 1))
        .isInstanceOf(ArithmeticException.class);
    world.deliver(on("10:00").of(a, Long.MAX_VALUE - 1, 1));
    assertThat(world.usage(a)).isEqualTo(Long.MAX_VALUE);
    assertThat(world.ledger(a))
        .isEqualByComparingTo(BigDecimal.valueOf(Long.MAX_VALUE).multiply(new BigDecimal("-0.5")));
  }

  @Test
  void d18ABucketThatWouldOverflowIsRefusedWhole() {
    UUID b = UUID.randomUUID();
    UUID proxy = UUID.randomUUID();
    world.user(b, proxy);
    world.policy = new NodePolicy(FirstSnapshot.FROM_ZERO, Instant.EPOCH, Long.MAX_VALUE);
    world.deliver(on("10:00").of(b, Long.MAX_VALUE - 1, 1));
    assertThatThrownBy(
            () -> world.deliver(on("10:00:30").of(b, Long.MAX_VALUE - 1, 1).of(proxy, 5, 0)))
        .isInstanceOf(ArithmeticException.class);
    assertThat(world.usage(b)).isEqualTo(Long.MAX_VALUE);
    assertThat(world.balance(b)).isEqualByComparingTo(world.ledger(b));
  }

  @Test
  void d19MoneyIsExact() {
    world.rating = rating("0.1", "0.3", Map.of(), PeakHours.NONE);
    world.deliver(on("10:00").of(a, 1, 0), on("10:01").of(a, 2, 0), on("10:02").of(a, 3, 0));
    assertMoney(a, "0");
    assertThat(world.shown("arrears", a)).isEqualTo("false");
    UUID b = world.user();
    world.profile(b, 0, 0.1, "v");
    world.jdbi.useHandle(
        h ->
            h.execute(
                "UPDATE public.account_billing_profiles SET region_multiplier = 1.1"
                    + " WHERE account_uuid = ?",
                b));
    world.deliver(on("10:03").of(b, 1, 0));
    assertThat(
            world.text(
                "SELECT trim_scale(sum(amount_delta))::text FROM public.billing_ledger"
                    + " WHERE account_uuid = ? AND entry_type = 'traffic_charge'",
                b))
        .isEqualTo("-0.11");
  }

  @Test
  void d19AProfilesPriceIsExactWhateverTheSessionShows() {
    try (OneConnection session = new OneConnection(SERVER.get().dataSource())) {
      World shown = new World(Jdbi.create(session).installPlugin(new BillingJdbiPlugin()));
      shown.jdbi.useHandle(h -> h.execute("SET extra_float_digits = -10"));
      shown.profile(a, 0, 0.1 + 0.2, "v");
      shown.deliver(on("10:00").of(a, 1, 0));
      shown.profile(a, 0, 1.1 * 1.1, "v");
      new PriceObserver(shown.jdbi, shown.rating).observe(at("10:04"));
      shown.deliver(on("10:06").of(a, 2, 0));
    }
    assertMoney(a, "-1.51000000000000024"); // 0.30000000000000004 + 1.2100000000000002
  }

  @Test
  void d20IdleMinutesWriteNoRows() {
    world.deliver(on("10:00").of(a, 100, 0));
    world.deliver(on("10:01").of(a, 100, 0), on("10:02").of(a, 100, 0), on("10:03").of(a, 100, 0));
    assertThat(ledgerRows(a)).isEqualTo(1);
    assertThat(world.count("public.traffic_minute_buckets", "account_uuid = ?", a)).isEqualTo(1);
  }

  @Test
  void d21PeakAndOffPeakCount() {
    PeakHours evening =
        new PeakHours(
            ZoneOffset.ofHours(9),
            EnumSet.allOf(DayOfWeek.class),
            LocalTime.of(19, 0),
            LocalTime.of(19, 1));
    world.rating = rating("0.5", "0", Map.of(), evening);
    world.profile(a, 0, 0.5, "v");
    world.jdbi.useHandle(
        h ->
            h.execute(
                "UPDATE public.account_billing_profiles SET peak_multiplier = 5,"
                    + " offpeak_multiplier = 0.1 WHERE account_uuid = ?",
                a));
    world.deliver(on("10:00").of(a, 10, 0), on("10:01").of(a, 20, 0));
    assertMoney(a, "-25.5");
  }

  @Test
  void d22FreeAndUnlimitedArePlansOfTheirOwnAndZeroStillMeansTheDefault() {
    UUID unlimited = world.user();
    UUID free = world.user();
    world.rating =
        rating(
            "0.5",
            "0",
            Map.of(
                "plan:UNLIMITED-BETA", new RatingPolicy.Plan(true, null, null),
                "plan:FREE", new RatingPolicy.Plan(false, BigDecimal.ZERO, 0L)),
            PeakHours.NONE);
    world.profile(a, 0, 0, "plan:PLUS");
    world.profile(unlimited, 0, 0, "plan:UNLIMITED-BETA");
    world.profile(free, 0, 0, "plan:FREE");
    world.deliver(on("10:00").of(a, 100, 0).of(unlimited, 100, 0).of(free, 100, 0));
    assertMoney(a, "-50");
    assertMoney(unlimited, "0");
    assertMoney(free, "0");
    assertThat(world.usage(unlimited)).isEqualTo(100);
  }

  @Test
  void d23TwoReplicasChargeOneAccountExactlyOnce() throws Exception {
    NodeKey other = new NodeKey("prod", "other-" + a);
    ExecutorService replicas = Executors.newFixedThreadPool(2);
    try {
      List<Future<?>> work = new ArrayList<>();
      for (int minute = 0; minute < 20; minute++) {
        String time = String.format(Locale.ROOT, "10:%02d", minute);
        World.Shot mine = on(time).of(a, 5L * (minute + 1), 0);
        World.Shot theirs = shot(time).on(other).of(a, 2L * (minute + 1), 0);
        work.add(replicas.submit(() -> world.deliver(mine)));
        work.add(replicas.submit(() -> world.deliver(theirs)));
        work.add(replicas.submit(() -> world.deliver(mine)));
      }
      for (Future<?> one : work) {
        one.get(60, TimeUnit.SECONDS);
      }
    } finally {
      replicas.shutdownNow();
    }
    assertThat(world.usage(a)).isEqualTo(100 + 40);
    assertMoney(a, "-70");
    assertThat(
            world.count(
                """
                (SELECT balance_after FROM public.billing_ledger WHERE account_uuid = ?
                 EXCEPT ALL
                 SELECT balance_after - amount_delta FROM public.billing_ledger
                  WHERE account_uuid = ?) AS ends
                """,
                "true",
                a,
                a))
        .as("each row begins where another one ended, but for the last")
        .isEqualTo(1);
  }

  @Test
  void d23WhatAnotherWriterDidToTheSharedBalanceIsNotOverwritten() {
    world.deliver(on("10:00").of(a, 10, 0));
    world.jdbi.useHandle(
        h ->
            h.execute(
                "UPDATE public.account_quota_states SET current_balance = current_balance + 7"
                    + " WHERE account_uuid = ?",
                a));
    world.deliver(on("10:01").of(a, 20, 0));
    assertThat(world.balance(a)).as("drift stays to be seen").isEqualByComparingTo("-3");
    assertThat(world.ledger(a)).isEqualByComparingTo("-10");
  }

  @Test
  void d24TheSweepOverwritesNoCharge() {
    world.deliver(on("10:00").of(a, 100, 0));
    ArrearsSweep sweep = new ArrearsSweep(world.jdbi, Duration.ofDays(14));
    world.jdbi.useTransaction(
        charge -> {
          charge.execute(
              "UPDATE public.account_quota_states SET effective_at = effective_at"
                  + " WHERE account_uuid = ?",
              UUID.randomUUID());
          sweep.sweep(at("10:00").plus(Duration.ofDays(15)));
        });
    world.deliver(on("10:01").of(a, 140, 0));
    assertThat(world.shown("suspend_state", a)).isEqualTo("suspended");
    assertMoney(a, "-70");
  }

  @Test
  void d24ASweepThatWaitedForAPaymentSuspendsNobodyWhoPaid() throws Exception {
    world.deliver(on("10:00").of(a, 100, 0));
    ArrearsSweep sweep = new ArrearsSweep(world.jdbi, Duration.ofDays(14));
    ExecutorService beside = Executors.newSingleThreadExecutor();
    try {
      Future<ArrearsSweep.Outcome> swept =
          world.jdbi.inTransaction(
              payment -> {
                payment.execute(
                    "SELECT FROM billing.account_states WHERE account_uuid = ? FOR UPDATE", a);
                payment.execute(
                    "UPDATE public.account_quota_states SET arrears = false, arrears_since = NULL,"
                        + " current_balance = current_balance + 1000 WHERE account_uuid = ?",
                    a);
                Future<ArrearsSweep.Outcome> running =
                    beside.submit(() -> sweep.sweep(at("10:00").plus(Duration.ofDays(15))));
                world.awaitAWaitForALock();
                return running;
              });
      swept.get(60, TimeUnit.SECONDS);
    } finally {
      beside.shutdownNow();
    }
    assertThat(world.shown("suspend_state", a)).isEqualTo("active");
    assertThat(world.balance(a)).isEqualByComparingTo("950");
    assertThat(
            world.text(
                "SELECT suspend_reason FROM billing.account_states WHERE account_uuid = ?", a))
        .isEmpty();
  }

  @Test
  void d25AFailedPaymentWithoutAnyUsageIsSuspendedTooAndLiftedOnceItIsPaid() {
    world.jdbi.useHandle(
        h ->
            h.execute(
                "INSERT INTO public.account_quota_states"
                    + " (account_uuid, current_balance, arrears, arrears_since, suspend_state)"
                    + " VALUES (?, 3, true, '2026-04-08T09:00:00Z', '')",
                a));
    world.pipeline().settleForeignEntries();
    ArrearsSweep sweep = new ArrearsSweep(world.jdbi, Duration.ofDays(14));
    sweep.sweep(at("09:00").plus(Duration.ofDays(13)));
    assertThat(world.shown("suspend_state", a)).isEmpty();
    sweep.sweep(at("09:00").plus(Duration.ofDays(15)));
    assertThat(world.shown("suspend_state", a)).isEqualTo("suspended");
    assertThat(
            world.text(
                "SELECT suspend_reason FROM billing.account_states WHERE account_uuid = ?", a))
        .isEqualTo("payment");
    world.deliver(on("10:00").of(a, 2, 0));
    sweep.sweep(at("09:00").plus(Duration.ofDays(15)));
    assertThat(world.shown("suspend_state", a)).as("usage is no payment").isEqualTo("suspended");
    world.jdbi.useHandle(
        h ->
            h.execute(
                "UPDATE public.account_quota_states SET arrears = false, arrears_since = NULL"
                    + " WHERE account_uuid = ?",
                a));
    sweep.sweep(at("09:00").plus(Duration.ofDays(16)));
    assertThat(world.shown("suspend_state", a)).isEqualTo("active");
    assertMoney(a, "2");
  }

  @Test
  void d25ArrearsThatAccountsOpenedAreNotEndedByUsage() {
    world.rating = PipelineIT.withQuota(world, 1_000);
    world.deliver(on("10:00").of(a, 10, 0));
    world.jdbi.useHandle(
        h ->
            h.execute(
                "UPDATE public.account_quota_states SET arrears = true,"
                    + " arrears_since = '2026-04-08T09:00:00Z', throttle_state = 'throttled'"
                    + " WHERE account_uuid = ?",
                a));
    world.deliver(on("10:01").of(a, 20, 0));
    assertThat(world.shown("arrears", a)).isEqualTo("true");
    assertThat(world.shown("throttle_state", a)).isEqualTo("throttled");
    assertThat(world.shown("(arrears_since AT TIME ZONE 'UTC')", a))
        .isEqualTo("2026-04-08 09:00:00");
  }

  @Test
  void t13WhomAccountsResetsToNormalIsThrottledAgainByTheNextChargeBelowZero() {
    world.deliver(on("10:00").of(a, 100, 0));
    assertThat(world.shown("throttle_state", a)).isEqualTo("throttled");
    String since = world.shown("arrears_since", a);
    world.jdbi.useHandle(
        h ->
            h.execute(
                "UPDATE public.account_quota_states SET throttle_state = 'normal'"
                    + " WHERE account_uuid = ?",
                a));
    world.deliver(on("10:01").of(a, 150, 0));
    assertThat(world.shown("throttle_state", a)).isEqualTo("throttled");
    assertThat(world.shown("arrears", a)).isEqualTo("true");
    assertThat(world.shown("arrears_since", a)).isEqualTo(since);
    assertMoney(a, "-75");
  }

  @Test
  void d26ASuspensionIsLiftedOnceTheBalanceIsPaid() {
    world.deliver(on("10:00").of(a, 100, 0));
    ArrearsSweep sweep = new ArrearsSweep(world.jdbi, Duration.ofDays(14));
    sweep.sweep(at("10:00").plus(Duration.ofDays(15)));
    assertThat(world.shown("suspend_state", a)).isEqualTo("suspended");
    world.topUp(a, "1000");
    world.pipeline().settleForeignEntries();
    sweep.sweep(at("10:00").plus(Duration.ofDays(16)));
    assertThat(world.shown("suspend_state", a)).isEqualTo("active");
    assertThat(world.shown("arrears", a)).isEqualTo("false");
    assertThat(world.shown("throttle_state", a)).isEqualTo("normal");
    assertMoney(a, "950");
  }

  @Test
  void d35ASnapshotIsBilledWholeOrNotAtAll() {
    UUID b = world.user();
    world.jdbi.useHandle(
        h ->
            h.execute(
                String.format(
                    Locale.ROOT,
                    """
                CREATE FUNCTION one_account_fails() RETURNS trigger LANGUAGE plpgsql AS
                $f$ BEGIN
                  IF NEW.account_uuid = '%s' THEN RAISE EXCEPTION 'broken on purpose'; END IF;
                  RETURN NEW;
                END $f$;
                CREATE TRIGGER one_account_fails BEFORE INSERT ON public.traffic_minute_buckets
                  FOR EACH ROW EXECUTE FUNCTION one_account_fails()
                """,
                    b)));
    assertThatThrownBy(() -> world.deliver(on("10:00").of(a, 10, 0).of(b, 10, 0)))
        .hasStackTraceContaining("broken on purpose");
    world.jdbi.useHandle(h -> h.execute("DROP FUNCTION one_account_fails() CASCADE"));
    assertThat(ledgerRows(a)).isZero();
    assertThat(world.count("billing.nodes", "node = ?", node.node())).isZero();
    world.deliver(on("10:00").of(a, 10, 0).of(b, 10, 0));
    assertMoney(a, "-5");
    assertMoney(b, "-5");
  }

  @Test
  void d36RevisionsStandWhereTheyBelong() {
    world.deliver(on("10:00").of(a, 10, 0));
    assertThat(
            world.text(
                "SELECT source_revision FROM public.traffic_minute_buckets WHERE account_uuid = ?",
                a))
        .isEqualTo("test-rev");
    assertThat(
            world.text(
                "SELECT pricing_rule_version FROM public.billing_ledger WHERE account_uuid = ?", a))
        .isEqualTo("test-v1");
    assertThat(
            world.text(
                "SELECT xray_revision FROM public.traffic_stat_checkpoints WHERE account_uuid = ?",
                a))
        .isEmpty();
  }

  @Test
  void d37BytesOfAGapStandInTheMinuteOfTheNextSnapshotUntilLateOnesMoveThem() {
    world.deliver(on("10:00").of(a, 100, 0), on("10:10").of(a, 400, 0));
    assertThat(world.buckets(a)).isEqualTo(Map.of("10:00", 100L, "10:10", 300L));
    world.deliver(on("10:05").of(a, 250, 0));
    assertThat(world.buckets(a)).isEqualTo(Map.of("10:00", 100L, "10:05", 150L, "10:10", 150L));
    assertMoney(a, "-200");
  }

  @Test
  void d38LateMinutesOfTheOldPeriodTakeTheOldPeriodsQuota() {
    world.rating = PipelineIT.withQuota(world, 100);
    Instant may = Instant.parse("2026-05-01T00:10:00Z");
    world.now = may.plusSeconds(60);
    world.deliver(new World.Shot(may).on(node).of(a, 90, 0));
    world.deliver(new World.Shot(may.minusSeconds(1_200)).on(node).of(a, 60, 0));
    assertThat(world.remaining(a)).isEqualTo(70);
    assertMoney(a, "0");
  }

  @Test
  void d39TheInitialBalanceIsALedgerRow() {
    world.rating = rating("0.5", "12.5", Map.of(), PeakHours.NONE);
    world.deliver(on("10:00").of(a, 1, 0));
    assertMoney(a, "12");
    assertThat(
            world.text(
                "SELECT entry_type FROM public.billing_ledger WHERE account_uuid = ?"
                    + " ORDER BY created_at LIMIT 1",
                a))
        .isEqualTo("opening_balance");
  }

  @Test
  void t01AnInstantToldAgainWithLargerTotalsAddsTheDifferenceOnce() {
    world.deliver(on("10:00").of(a, 100, 0));
    world.deliver(on("10:00").of(a, 100, 0));
    world.deliver(on("10:00").of(a, 130, 5));
    world.deliver(on("10:00").of(a, 100, 0));
    world.deliver(on("10:00").of(a, 130, 5));
    assertThat(world.usage(a)).isEqualTo(135);
    assertMoney(a, "-67.5");
  }

  @Test
  void t02ARestartCountsBothDirectionsAndIsOneEpochMore() {
    world.deliver(on("10:00").of(a, 100, 100), on("10:01").of(a, 50, 120));
    assertThat(world.usage(a)).isEqualTo(200 + 170);
    assertThat(epoch(a)).isEqualTo(1);
  }

  @Test
  void t04ABucketAddsUpAndItsRowsNeverChange() {
    world.deliver(on("10:00:10").of(a, 100, 0));
    String first =
        world.text("SELECT l::text FROM public.billing_ledger l WHERE account_uuid = ?", a);
    world.deliver(on("10:00:40").of(a, 160, 0));
    assertThat(
            world.text(
                "SELECT l::text FROM public.billing_ledger l WHERE account_uuid = ?"
                    + " AND corrects IS NULL",
                a))
        .isEqualTo(first);
    assertThat(ledgerRows(a)).isEqualTo(2);
  }

  @Test
  void t08ARestartOfTheServiceMakesNoNewBaseline() {
    world.deliver(on("10:00").of(a, 100, 0));
    world.policy = new NodePolicy(FirstSnapshot.BASELINE, at("23:00"), 1_000_000);
    world.deliver(on("10:01").of(a, 150, 0));
    assertThat(world.usage(a)).isEqualTo(150);
  }

  @Test
  void t13AnEpisodeOfArrearsBeginsOnce() {
    world.deliver(on("10:00").of(a, 100, 0));
    String since = world.shown("arrears_since", a);
    world.deliver(on("10:01").of(a, 200, 0));
    world.deliver(on("09:59").of(a, 50, 0));
    assertThat(world.shown("arrears_since", a)).isEqualTo(since);
    assertThat(
            world.text(
                "SELECT arrears_reason FROM billing.account_states WHERE account_uuid = ?", a))
        .isEqualTo("balance");
    world.topUp(a, "200");
    world.deliver(on("10:02").of(a, 210, 0));
    assertThat(world.shown("arrears", a)).isEqualTo("false");
    world.deliver(on("10:03").of(a, 900, 0));
    assertThat(world.shown("arrears", a)).isEqualTo("true");
    assertThat(world.shown("(arrears_since AT TIME ZONE 'UTC')", a))
        .isEqualTo("2026-04-08 10:03:00");
  }

  @Test
  void t16UsageIsChargedAtThePriceOfItsMinute() {
    world.deliver(on("10:00").of(a, 100, 0));
    world.profile(a, 0, 2.0, "plan:NEW");
    new PriceObserver(world.jdbi, world.rating).observe(at("10:04"));
    world.deliver(on("10:05").of(a, 150, 0));
    world.deliver(on("10:06").of(a, 160, 0));
    assertMoney(a, "-95");
    world.deliver(on("10:03").of(a, 110, 0));
    assertMoney(a, "-95");
    world.deliver(on("10:06:30").of(a, 161, 0), on("10:05:30").of(a, 155, 0));
    assertMoney(a, "-89.5");
  }

  @Test
  void t16AChangedConfiguredPriceHoldsFromThenOnForWhoHasNoneOfTheirOwn() {
    UUID own = world.user();
    world.profile(own, 0, 3.0, "plan:OWN");
    world.deliver(on("10:00").of(a, 100, 0).of(own, 100, 0));
    world.rating = rating("2", "0", Map.of(), PeakHours.NONE);
    world.deliver(on("10:01").of(a, 110, 0).of(own, 110, 0));
    assertMoney(a, "-55");
    new PriceObserver(world.jdbi, world.rating).observe(at("10:02"));
    world.deliver(on("10:05").of(a, 120, 0).of(own, 120, 0));
    assertMoney(a, "-75");
    world.deliver(on("10:00:30").of(a, 105, 0).of(own, 110, 0));
    assertMoney(a, "-75");
    assertMoney(own, "-360");
    new PriceObserver(world.jdbi, world.rating).observe(at("10:09"));
    assertThat(world.count("billing.price_versions", "account_uuid = ?", a))
        .as("nothing changed since")
        .isEqualTo(2);
  }

  @Test
  void aPriceNoticedWhileAClockWasAheadIsNoticedAgainWhenItIsRight() {
    world.deliver(on("10:00").of(a, 100, 0));
    world.profile(a, 0, 2.0, "plan:NEW");
    PriceObserver observer = new PriceObserver(world.jdbi, world.rating);
    observer.observe(at("22:00"));
    observer.observe(at("10:02"));
    observer.observe(at("10:03"));
    assertThat(world.count("billing.price_versions", "account_uuid = ?", a))
        .as("noticed while it was ahead, and once when it was right")
        .isEqualTo(3);
    world.deliver(on("10:05").of(a, 110, 0));
    assertMoney(a, "-70");
  }

  @Test
  void twoNodesOfOneNameInTwoEnvironmentsAreTwo() {
    List<Snapshot> both =
        List.of(
            shot("10:00").on(new NodeKey("prod", node.node())).of(a, 10, 0).snapshot(),
            shot("10:00").on(new NodeKey("preview", node.node())).of(a, 20, 0).snapshot(),
            shot("10:00").on(US).of(a, 1, 0).snapshot());
    world.deliver(both);
    assertThat(world.count("public.traffic_minute_buckets", "account_uuid = ?", a)).isEqualTo(3);
  }
}
