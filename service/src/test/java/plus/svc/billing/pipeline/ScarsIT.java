package plus.svc.billing.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static plus.svc.billing.pipeline.World.at;
import static plus.svc.billing.pipeline.World.shot;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import plus.svc.billing.pipeline.rating.PeakHours;
import plus.svc.billing.pipeline.rating.RatingPolicy;
import plus.svc.billing.pipeline.source.FirstSnapshot;
import plus.svc.billing.quantity.NodeKey;
import plus.svc.billing.testing.Database;

/**
 * How usage went wrong elsewhere, scar by scar: what happened to others must not happen here. The
 * numbers are those of the list of scars; 9 (silence must alarm) belongs to the audit, here only
 * that an idle node leaves evidence.
 */
class ScarsIT {

  @RegisterExtension static final Database SERVER = Database.migrated();

  private World world = new World(SERVER.get());
  private NodeKey node = World.NODE;
  private UUID a = new UUID(0, 0);

  @BeforeEach
  void freshWorld() {
    world = new World(SERVER.get());
    a = world.user();
    node = new NodeKey("scars", "node-" + a);
  }

  private World.Shot on(String time) {
    return shot(time).on(node);
  }

  private long setAsides(String reason) {
    return world.count(
        "billing.set_asides",
        "reason = ? AND node_key = (SELECT node_key FROM billing.nodes WHERE node = ?)",
        reason,
        node.node());
  }

  @Test
  void s01ARestartAddsNoLifetimeTotalAgainAndLosesNothingThatCameAfter() {
    world.deliver(on("10:00").of(a, 50_000, 50_000), on("10:01").of(a, 50_010, 50_000));
    world.deliver(on("10:02").of(a, 5, 7), on("10:03").of(a, 9, 7));
    assertThat(world.buckets(a))
        .isEqualTo(Map.of("10:00", 100_000L, "10:01", 10L, "10:02", 12L, "10:03", 4L));
  }

  @Test
  void s02WithoutAnEpochItIsDeclaredHowMuchARestartCanHide() {
    UUID b = world.user();
    world.deliver(on("10:00").of(a, 100, 0).of(b, 70, 30));
    world.deliver(on("10:01").of(a, 10, 0).of(b, 400, 900));
    assertThat(
            world.number(
                "SELECT hidden_bytes FROM billing.restarts r JOIN billing.nodes n USING (node_key)"
                    + " WHERE n.node = ?",
                node.node()))
        .isEqualByComparingTo("100");
    assertThat(world.usage(b)).isEqualTo(1_300);
  }

  @Test
  void s03TwoRestartsInOneWindowAndOneInOneDirectionOnly() {
    world.deliver(on("10:00").of(a, 100, 100), on("10:03").of(a, 30, 40));
    world.deliver(on("10:04").of(a, 31, 2));
    assertThat(world.usage(a)).isEqualTo(200 + 70 + 33);
  }

  @Test
  void s04ACloneOrABusierMachineBehindTheAddressIsSetAsideForAPerson() {
    world.policy = new NodePolicy(FirstSnapshot.FROM_ZERO, Instant.EPOCH, 1_000);
    UUID b = world.user();
    world.deliver(on("10:00").of(a, 100, 0).of(b, 100, 0));
    world.deliver(on("10:01").of(a, 9_000_000, 0).of(b, 120, 0));
    world.deliver(on("10:02").of(a, 9_000_500, 0).of(b, 140, 0));
    assertThat(world.usage(a)).isEqualTo(100);
    assertThat(world.usage(b)).isEqualTo(140);
    assertThat(setAsides("JUMP")).isEqualTo(2);
    world.deliver(on("10:03").of(a, 150, 0).of(b, 150, 0));
    assertThat(world.usage(a)).as("the right machine is back").isEqualTo(150);
  }

  @Test
  void s04WhatTheGuardIsSetToLaterJudgesNothingAnew() {
    world.policy = new NodePolicy(FirstSnapshot.FROM_ZERO, Instant.EPOCH, 1_000);
    world.deliver(on("10:00").of(a, 100, 0), on("10:01").of(a, 9_000_000, 0));
    world.policy = new NodePolicy(FirstSnapshot.FROM_ZERO, Instant.EPOCH, 1_000_000);
    world.deliver(on("09:59").of(a, 50, 0), on("10:02").of(a, 9_000_500, 0));
    assertThat(setAsides("JUMP")).as("held under the guard it came with").isEqualTo(1);
    assertThat(world.buckets(a)).isEqualTo(Map.of("09:59", 50L, "10:00", 50L, "10:02", 9_000_400L));
    world.policy = new NodePolicy(FirstSnapshot.FROM_ZERO, Instant.EPOCH, 1);
    world.deliver(on("10:00:30").of(a, 110, 0), on("10:02").of(a, 9_000_500, 0));
    assertThat(world.usage(a)).as("narrowed: what was counted stays").isEqualTo(9_000_500);
  }

  @Test
  void s04TheSameSnapshotUnderAWiderGuardCountsWhicheverCameFirst() {
    NodePolicy narrow = new NodePolicy(FirstSnapshot.FROM_ZERO, Instant.EPOCH, 1_000);
    NodePolicy wide = new NodePolicy(FirstSnapshot.FROM_ZERO, Instant.EPOCH, 1_000_000);
    NodeKey first = node;
    for (NodePolicy policy : new NodePolicy[] {narrow, wide, narrow}) {
      world.policy = policy;
      world.deliver(on("10:00").of(a, 100, 0), on("10:01").of(a, 9_000_000, 0));
    }
    UUID b = world.user();
    node = new NodeKey("scars", "other-" + a);
    for (NodePolicy policy : new NodePolicy[] {wide, narrow, narrow}) {
      world.policy = policy;
      world.deliver(on("10:00").of(b, 100, 0), on("10:01").of(b, 9_000_000, 0));
    }
    world.policy = narrow;
    node = first;
    world.deliver(on("10:00:30").of(a, 100, 0));
    assertThat(world.buckets(a))
        .as("derived again from the archive")
        .isEqualTo(Map.of("10:00", 100L, "10:01", 8_999_900L));
    assertThat(world.buckets(b)).isEqualTo(world.buckets(a));
    assertThat(world.ledger(a)).isEqualByComparingTo("-4500000");
    assertThat(setAsides("JUMP")).isZero();
    assertThat(world.count("billing.snapshot_conflicts", "source_id = ?", world.source)).isZero();
  }

  @Test
  void s05BaselineAndTotalAreOneTransaction() {
    world.jdbi.useHandle(
        h ->
            h.execute(
                """
                CREATE FUNCTION progress_fails() RETURNS trigger LANGUAGE plpgsql AS
                $f$ BEGIN RAISE EXCEPTION 'time-out'; END $f$;
                CREATE TRIGGER progress_fails BEFORE INSERT OR UPDATE
                  ON public.billing_source_sync_state
                  FOR EACH ROW EXECUTE FUNCTION progress_fails()
                """));
    for (int attempt = 0; attempt < 3; attempt++) {
      assertThatThrownBy(() -> world.deliver(on("10:00").of(a, 100, 0)))
          .hasStackTraceContaining("time-out");
    }
    world.jdbi.useHandle(h -> h.execute("DROP FUNCTION progress_fails() CASCADE"));
    Receipt receipt = world.deliver(on("10:00").of(a, 100, 0));
    assertThat(receipt.accepted()).as("s12: the retry is no repetition").isEqualTo(1);
    assertThat(world.usage(a)).isEqualTo(100);
  }

  @Test
  void s06OneUserOnThreeNodesAndSeveralInboundsAddsUp() {
    for (String name : new String[] {"n1", "n2", "n3"}) {
      NodeKey one = new NodeKey("scars", name + a);
      world.deliver(shot("10:00").on(one).of(a, "x", 10, 0).of(a, "y", 5, 0));
      world.deliver(shot("10:01").on(one).of(a, "x", 11, 0).of(a, "y", 7, 0));
    }
    assertThat(world.buckets(a)).isEqualTo(Map.of("10:00", 45L, "10:01", 9L));
    assertThat(world.count("public.traffic_minute_buckets", "account_uuid = ?", a)).isEqualTo(12);
  }

  @Test
  void s07APageWhoseReplyWasLostComesAgainAndCountsOnce() {
    World.Shot[] page = {on("10:00").of(a, 100, 0), on("10:01").of(a, 130, 0)};
    world.deliver(page);
    Receipt again = world.deliver(page);
    assertThat(again.repeated()).isEqualTo(2);
    assertThat(world.usage(a)).isEqualTo(130);
  }

  @Test
  void s08AUserWhoIsDeletedWhileSamplesAreInFlightStopsNobody() {
    world.policy = new NodePolicy(FirstSnapshot.BASELINE, Instant.EPOCH, 1_000_000);
    UUID gone = world.user();
    world.deliver(on("10:00").of(a, 100, 0).of(gone, 100, 0));
    world.jdbi.useHandle(h -> h.execute("DELETE FROM public.users WHERE uuid = ?", gone));
    world.deliver(on("10:01").of(a, 110, 0).of(gone, 150, 0));
    assertThat(world.usage(a)).isEqualTo(10);
    assertThat(world.count("public.users", "uuid = ?", gone)).as("not back to life").isZero();
    assertThat(world.count("public.account_quota_states", "account_uuid = ?", gone)).isZero();
    world.user(gone, gone);
    world.deliver(on("10:02").of(a, 110, 0).of(gone, 151, 0));
    assertThat(world.usage(gone)).as("nothing was lost meanwhile").isEqualTo(51);
  }

  @Test
  void s09AnIdleNodeLeavesEvidenceThatItWasSeen() {
    world.deliver(on("10:00").of(a, 100, 0), on("10:01").of(a, 100, 0), on("10:02"));
    assertThat(
            world.number(
                "SELECT count(*) FROM billing.snapshots s JOIN billing.nodes n USING (node_key)"
                    + " WHERE n.node = ?",
                node.node()))
        .isEqualByComparingTo("3");
  }

  @Test
  void s10ANodeThatIsGoneHoldsNobodyBack() {
    NodeKey gone = new NodeKey("scars", "gone-" + a);
    world.deliver(shot("09:00").on(gone).of(a, 1_000, 0));
    world.topUp(a, "600");
    world.deliver(on("10:00").of(a, 10, 0));
    assertThat(world.shown("arrears", a)).isEqualTo("false");
    assertThat(world.shown("throttle_state", a)).isEqualTo("normal");
  }

  @Test
  void s11NoUsageIsTooSmallAndNoPriceIsCutOff() {
    world.rating =
        new RatingPolicy(
            new BigDecimal("0.000000000333"),
            0,
            BigDecimal.ZERO,
            "v",
            Map.of(),
            PeakHours.NONE,
            ZoneOffset.UTC);
    for (int i = 1; i <= 9; i++) {
      world.deliver(on("10:0" + i).of(a, i, 0));
    }
    assertThat(world.usage(a)).isEqualTo(9);
    assertThat(world.balance(a)).isEqualByComparingTo("-0.000000002997");
  }

  @Test
  void s13LateUsageTwoPeriodsAgoIsBilledThere() {
    world.rating = PipelineIT.withQuota(world, 100);
    world.deliver(on("10:00").of(a, 500, 0));
    world.now = Instant.parse("2026-06-08T10:00:00Z");
    world.deliver(new World.Shot(world.now).on(node).of(a, 560, 0));
    assertThat(world.balance(a)).isEqualByComparingTo("-200");
    world.deliver(on("09:00").of(a, 450, 0), on("11:00").of(a, 510, 0));
    assertThat(world.buckets(a)).containsEntry("09:00", 450L).containsEntry("11:00", 10L);
    assertThat(world.balance(a)).as("ten bytes became April's").isEqualByComparingTo("-205");
    assertThat(world.remaining(a)).as("and June's are free again").isEqualTo(50);
  }

  @Test
  void s14RatingAgainChargesNothingTwiceAndTheFreeMinutesDoNotDependOnIt() {
    world.rating = PipelineIT.withQuota(world, 100);
    NodeKey other = new NodeKey("scars", "other-" + a);
    world.deliver(on("10:05").of(a, 80, 0));
    world.deliver(shot("10:03").on(other).of(a, 80, 0));
    world.deliver(on("10:04").of(a, 40, 0));
    assertThat(world.balance(a)).isEqualByComparingTo("-30");
    assertThat(world.ledger(a)).isEqualByComparingTo("-30");
    assertThat(
            world.number(
                "SELECT included_bytes FROM public.traffic_minute_buckets WHERE account_uuid = ?"
                    + " AND bucket_start = ?",
                a,
                java.sql.Timestamp.from(at("10:03"))))
        .isEqualByComparingTo("80");
  }

  @Test
  void s15AGrantIsTakenOnceAndNoUnrelatedChangeTakesItAgain() {
    world.rating = PipelineIT.withQuota(world, 100);
    world.deliver(on("10:00").of(a, 10, 0));
    world.jdbi.useHandle(
        h ->
            h.execute(
                "UPDATE public.account_quota_states SET remaining_included_quota = 190"
                    + " WHERE account_uuid = ?",
                a));
    world.deliver(on("10:01").of(a, 20, 0));
    world.profile(a, 100, 0.7, "plan:X");
    world.topUp(a, "5");
    world.jdbi.useHandle(
        h ->
            h.execute(
                "UPDATE public.account_quota_states SET proxy_access_state = 'paused'"
                    + " WHERE account_uuid = ?",
                a));
    world.deliver(on("10:02").of(a, 30, 0));
    world.deliver(on("09:59").of(a, 5, 0));
    assertThat(world.remaining(a)).isEqualTo(170);
    assertThat(
            world.number("SELECT sum(amount) FROM billing.quota_grants WHERE account_uuid = ?", a))
        .isEqualByComparingTo("200");
  }
}
