package plus.svc.billing.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static plus.svc.billing.pipeline.World.at;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import plus.svc.billing.audit.ContinuousAudit;
import plus.svc.billing.pipeline.rating.PeakHours;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.testing.PostgresHarness;

/** The recent past is proven on its own; what is found stops the watermark until it is mended. */
class ContinuousAuditIT {

  private World world = new World(PostgresHarness.shared().freshDatabase());
  private UUID user = new UUID(0, 0);

  @BeforeEach
  void anHourOfUsage() {
    world = new World(PostgresHarness.shared().freshDatabase());
    user = world.user();
    use(0, 60);
  }

  /** Usage of minutes after ten o'clock; the node is read until the last of them. */
  private void use(int from, int until) {
    List<Snapshot> page = new ArrayList<>();
    for (int minute = from; minute < until; minute++) {
      page.add(
          new World.Shot(at("10:00").plusSeconds(60L * minute))
              .of(user, 100L + minute * 7L, minute)
              .snapshot());
    }
    world.now = at("10:00").plusSeconds(60L * until + 60);
    world.deliver(page);
  }

  private ContinuousAudit turn() {
    return turn(Clock.fixed(world.now, ZoneOffset.UTC));
  }

  private ContinuousAudit turn(Clock clock) {
    ContinuousAudit audit =
        new ContinuousAudit(world.jdbi, PeakHours.NONE, Duration.ofHours(24), clock);
    audit.turn();
    return audit;
  }

  private static Instant verified(ContinuousAudit audit) {
    Instant until = audit.standing().verifiedUntil();
    assertThat(until).isNotNull();
    return until == null ? Instant.EPOCH : until;
  }

  @Test
  void itWorksOffWhatCameABoundedPartATurn() {
    assertThat(verified(turn())).isEqualTo(at("10:30"));
    assertThat(verified(turn())).isEqualTo(at("11:00"));
    assertThat(verified(turn())).as("nothing came since").isEqualTo(at("11:00"));
    use(60, 70);
    ContinuousAudit audit = turn();
    assertThat(verified(audit)).isEqualTo(at("11:10"));
    assertThat(audit.standing().findings()).isZero();
    assertThat(audit.execute().isHealthy()).isTrue();
  }

  @Test
  void whatItFindsStopsTheWatermarkUntilItIsMended() {
    turn();
    String harmed = "bucket_start = '2026-04-08 10:42Z'";
    world.jdbi.useHandle(
        h ->
            h.execute(
                "UPDATE public.traffic_minute_buckets SET uplink_bytes = uplink_bytes + 1,"
                    + " total_bytes = total_bytes + 1 WHERE "
                    + harmed));
    ContinuousAudit audit = turn();
    assertThat(verified(audit)).isEqualTo(at("10:42"));
    assertThat(audit.standing().findings()).isEqualTo(1);
    assertThat(audit.standing().firstFinding())
        .startsWith("bucket_differs of node prod:jp-node")
        .endsWith("at 2026-04-08T10:42:00Z");
    assertThat(audit.execute().isHealthy()).isFalse();
    use(60, 80);
    audit = turn();
    assertThat(verified(audit)).as("what came later is looked at too").isEqualTo(at("10:42"));
    assertThat(audit.standing().findings()).isEqualTo(1);
    world.jdbi.useHandle(
        h ->
            h.execute(
                "UPDATE public.traffic_minute_buckets SET uplink_bytes = uplink_bytes - 1,"
                    + " total_bytes = total_bytes - 1 WHERE "
                    + harmed));
    turn();
    audit = turn();
    assertThat(verified(audit)).isEqualTo(at("11:20"));
    assertThat(audit.standing().findings()).isZero();
    assertThat(audit.execute().isHealthy()).isTrue();
  }

  @Test
  void aDriftedBalanceIsFoundAndForgottenOnceItIsMended() {
    String drift =
        "UPDATE public.account_quota_states SET exact_balance = exact_balance + ?,"
            + " current_balance = current_balance + ? WHERE account_uuid = ?";
    world.jdbi.useHandle(h -> h.execute(drift, 1, 1, user));
    assertThat(turn().standing().firstFinding()).startsWith("balance_differs of account");
    assertThat(turn().standing().findings()).isPositive();
    world.jdbi.useHandle(h -> h.execute(drift, -1, -1, user));
    assertThat(turn().standing().findings()).isZero();
  }

  @Test
  void oneInstanceAtATime() {
    try (Handle another = world.jdbi.open()) {
      another.begin();
      another.execute("SELECT pg_advisory_xact_lock(hashtext('billing.continuous_audit'))");
      assertThat(turn().standing().verifiedUntil()).as("another looks").isNull();
      another.rollback();
    }
    assertThat(verified(turn())).isEqualTo(at("10:30"));
  }

  @Test
  void minutesThatCantBeKnownAreCountedAndPassed() {
    world.now = at("11:11");
    world.deliver(new World.Shot(at("11:09")).of(user, 3, 1));
    turn();
    turn();
    ContinuousAudit audit = turn();
    assertThat(verified(audit)).isEqualTo(at("11:10"));
    assertThat(audit.standing().atRiskMinutes()).isEqualTo(9);
    assertThat(audit.standing().findings()).isZero();
  }
}
