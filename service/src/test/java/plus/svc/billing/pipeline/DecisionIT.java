package plus.svc.billing.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static plus.svc.billing.pipeline.World.shot;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import plus.svc.billing.pipeline.metering.Decision;
import plus.svc.billing.pipeline.snapshot.SeriesKey;
import plus.svc.billing.pipeline.source.FirstSnapshot;
import plus.svc.billing.testing.PostgresHarness;

/** A sample that was set aside is mended by a person's decision, and only by that. */
class DecisionIT {

  private World world = new World(PostgresHarness.shared().freshDatabase());
  private UUID user = new UUID(0, 0);

  @BeforeEach
  void aJumpWasSetAside() {
    world = new World(PostgresHarness.shared().freshDatabase());
    world.policy = new NodePolicy(FirstSnapshot.FROM_ZERO, Instant.EPOCH, 1_000);
    user = world.user();
    world.deliver(shot("10:00").of(user, 100, 0), shot("10:01").of(user, 9_000_000, 0));
    world.deliver(shot("10:02").of(user, 9_000_200, 0));
  }

  private Receipt decide(String time, Decision decision) {
    return world
        .pipeline()
        .decide(
            World.NODE,
            new SeriesKey(user.toString(), ""),
            World.at(time),
            decision,
            "operator",
            "seen with the node's owner");
  }

  @Test
  void aHeldJumpStaysHeldUntilAPersonDecides() {
    assertThat(world.buckets(user)).isEqualTo(Map.of("10:00", 100L));
    assertThat(world.count("billing.set_asides", "reason = 'JUMP'")).isEqualTo(2);
  }

  @Test
  void acceptedItCountsInItsMinute() {
    decide("10:01", Decision.ACCEPT);
    assertThat(world.buckets(user))
        .isEqualTo(Map.of("10:00", 100L, "10:01", 8_999_900L, "10:02", 200L));
    assertThat(world.count("billing.set_asides", "true")).isZero();
    assertThat(world.balance(user)).isEqualByComparingTo("-4500100");
    assertThat(world.ledger(user)).isEqualByComparingTo("-4500100");
  }

  @Test
  void asABaselineItIsForgottenAndUsageGoesOn() {
    decide("10:01", Decision.BASELINE);
    assertThat(world.buckets(user)).isEqualTo(Map.of("10:00", 100L, "10:02", 200L));
    assertThat(world.count("billing.set_asides", "true")).isZero();
  }

  @Test
  void aSecondDecisionReplacesTheFirstAndPostsTheDifference() {
    decide("10:01", Decision.ACCEPT);
    decide("10:01", Decision.BASELINE);
    assertThat(world.buckets(user)).isEqualTo(Map.of("10:00", 100L, "10:02", 200L));
    assertThat(world.ledger(user)).isEqualByComparingTo("-150");
    assertThat(decide("10:01", Decision.BASELINE).ledgerRows()).isZero();
  }

  @Test
  void aSampleThatNeverWasIsRefused() {
    assertThatThrownBy(() -> decide("10:07", Decision.ACCEPT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no sample of that series");
    assertThat(world.count("billing.resolutions", "true")).isZero();
  }
}
