package plus.svc.billing.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static plus.svc.billing.pipeline.World.shot;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import plus.svc.billing.pipeline.metering.Decision;
import plus.svc.billing.pipeline.rating.PeakHours;
import plus.svc.billing.pipeline.snapshot.SeriesKey;
import plus.svc.billing.pipeline.source.FirstSnapshot;
import plus.svc.billing.quantity.NodeKey;
import plus.svc.billing.testing.PostgresHarness;

/** The archive is kept for its time, and corrections never lose their basis. */
class RetentionIT {

  private static final Duration KEEP = Duration.ofDays(4);

  private World world = new World(PostgresHarness.shared().freshDatabase());
  private UUID user = new UUID(0, 0);

  @BeforeEach
  void someHistory() {
    world = new World(PostgresHarness.shared().freshDatabase());
    user = world.user();
    new Retention(world.jdbi, KEEP).prepare(World.DAY);
    world.deliver(shot("22:00").of(user, 100, 0), shot("23:30").of(user, 200, 0));
    world.deliver(nextDay("00:30", 250), nextDay("00:40", 400));
  }

  private World.Shot nextDay(String time, long up) {
    return new World.Shot(World.at(time).plus(Duration.ofDays(1))).of(user, up, 0);
  }

  private Retention.Outcome pruneFirstDay() {
    return new Retention(world.jdbi, KEEP)
        .prune(World.DAY.plus(KEEP).plus(Duration.ofDays(1)).plusSeconds(7));
  }

  @Test
  void daysBehindTheHorizonAreDropped() {
    Retention.Outcome outcome = pruneFirstDay();
    assertThat(outcome.snapshots()).isEqualTo(2);
    assertThat(outcome.partitions()).isEqualTo(1);
    assertThat(world.count("billing.snapshots", "true")).isEqualTo(2);
    assertThat(pruneFirstDay().snapshots()).isZero();
  }

  @Test
  void runsOfJobsBehindTheHorizonAreForgotten() {
    world.jdbi.useHandle(
        h ->
            h.execute(
                """
                INSERT INTO billing.job_runs (job, started_at, status, instance)
                VALUES ('old', ?, 'ok', 'me'), ('kept', ?, 'ok', 'me')
                """,
                World.DAY.plusSeconds(86_399).atOffset(ZoneOffset.UTC),
                World.DAY.plusSeconds(86_400).atOffset(ZoneOffset.UTC)));
    pruneFirstDay();
    assertThat(world.text("SELECT string_agg(job, ' ') FROM billing.job_runs")).isEqualTo("kept");
  }

  @Test
  void aClockThatIsAheadDropsNothingThatTheDatabasesWouldKeep() {
    Instant real = Clock.systemUTC().instant();
    Retention keepsAll = new Retention(world.jdbi, Duration.between(World.DAY, real).plusDays(2));
    assertThat(keepsAll.prune(real.plus(Duration.ofDays(9_999))).snapshots()).isZero();
    assertThat(world.count("billing.snapshots", "true")).isEqualTo(4);
  }

  @Test
  void aPlanChangesNothing() {
    new Retention(world.jdbi, KEEP).plan(World.DAY.plus(Duration.ofDays(9)));
    assertThat(world.count("billing.snapshots", "true")).isEqualTo(4);
  }

  @Test
  void lateUsageAfterTheHorizonIsStillCorrected() {
    pruneFirstDay();
    world.deliver(nextDay("00:35", 300));
    assertThat(world.buckets(user))
        .isEqualTo(Map.of("22:00", 100L, "23:30", 100L, "00:30", 50L, "00:35", 50L, "00:40", 100L));
    assertThat(world.balance(user)).isEqualByComparingTo("-200");
  }

  @Test
  void whatIsLeftIsAuditedFromTheStateThatWasKept() {
    pruneFirstDay();
    World.Shot young = nextDay("00:45", 77).on(new NodeKey("prod", "young"));
    world.deliver(young);
    pruneFirstDay();
    AuditReport report =
        AuditReport.of(
            world.jdbi,
            PeakHours.NONE,
            Set.of(),
            World.DAY,
            World.DAY.plus(Duration.ofDays(1)).plusSeconds(3_600));
    assertThat(report.findings()).isEmpty();
    assertThat(report.sections.get("sources"))
        .extracting(row -> row.get("pruned"))
        .containsExactly(120L, 0L);
  }

  @Test
  void lateUsageBeforeTheHorizonIsSetAsideAndNeverGuessed() {
    pruneFirstDay();
    Receipt receipt = world.deliver(shot("23:00").of(user, 150, 0));
    assertThat(receipt.accepted()).isZero();
    assertThat(receipt.setAsides().byReason()).isEqualTo(Map.of("EVIDENCE_PRUNED", 1));
    assertThat(world.count("billing.set_asides", "reason = 'EVIDENCE_PRUNED'")).isEqualTo(1);
    assertThat(world.usage(user)).isEqualTo(400);
  }

  @Test
  void whatWasFoundInTheDaysThatGoGoesWithThem() {
    world.policy = new NodePolicy(FirstSnapshot.FROM_ZERO, Instant.EPOCH, 1_000);
    world.deliver(shot("23:40").of(user, "held", 9_000_000, 0));
    world.deliver(nextDay("00:50", 400).of(user, "held", 9_000_100, 0));
    pruneFirstDay();
    assertThat(world.count("billing.set_asides", "true")).isEqualTo(1);
    assertThatThrownBy(() -> decide(shot("23:40").at)).hasMessageContaining("keeps no evidence");
    decide(nextDay("00:50", 0).at);
    assertThat(world.usage(user)).as("nothing is lost for it").isEqualTo(400 + 9_000_100);
  }

  private void decide(Instant at) {
    SeriesKey series = new SeriesKey(user.toString(), "held");
    world.pipeline().decide(World.NODE, series, at, Decision.ACCEPT, "operator", "seen");
  }

  @Test
  void aNodeThatStoppedBeforeTheHorizonGoesOnFromWhereItStood() {
    new Retention(world.jdbi, KEEP).prune(World.DAY.plus(KEEP).plus(Duration.ofDays(3)));
    assertThat(world.count("billing.snapshots", "true")).isZero();
    World.Shot back = new World.Shot(World.DAY.plus(Duration.ofDays(5))).of(user, 450, 0);
    World.Shot late = new World.Shot(World.at("00:07").plus(Duration.ofDays(4))).of(user, 430, 0);
    world.deliver(back);
    world.deliver(late);
    assertThat(world.usage(user)).isEqualTo(450);
    assertThat(world.ledger(user)).isEqualByComparingTo("-225");
  }

  @Test
  void idleAccountsGetZeroBucketsWhereReadersWantThem() {
    world.zeroBuckets = true;
    world.deliver(nextDay("00:50", 400));
    assertThat(world.count("public.traffic_minute_buckets", "total_bytes = 0")).isEqualTo(1);
    assertThat(world.count("public.billing_ledger", "true")).isEqualTo(4);
    world.deliver(nextDay("00:50:30", 500));
    assertThat(world.count("public.traffic_minute_buckets", "total_bytes = 0")).isZero();
    assertThat(world.ledger(user)).isEqualByComparingTo("-250");
  }
}
