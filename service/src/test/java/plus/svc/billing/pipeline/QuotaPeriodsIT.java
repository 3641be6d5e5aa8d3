package plus.svc.billing.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import plus.svc.billing.quantity.NodeKey;
import plus.svc.billing.testing.Database;

/** Which period's free quota usage takes, and what accounts.svc.plus may write meanwhile. */
class QuotaPeriodsIT {

  @RegisterExtension static final Database SERVER = Database.migrated();

  private World world = new World(SERVER.get());
  private UUID account = new UUID(0, 0);
  private long total;

  @BeforeEach
  void freshWorld() {
    world = new World(SERVER.get());
    world.rating = PipelineIT.withQuota(world, 100);
    account = world.user();
    total = 0;
  }

  /** Usage of the account at an instant, noticed half a minute later. */
  private void use(String instant, long bytes) {
    total += bytes;
    Instant at = Instant.parse(instant);
    world.now = at.plusSeconds(30);
    world.deliver(
        new World.Shot(at).on(new NodeKey("q", account.toString())).of(account, total, 0));
  }

  private void accountsBeginPeriod(String start, String end, long remaining) {
    world.jdbi.useHandle(
        h ->
            h.execute(
                "UPDATE public.account_quota_states SET period_start = ?, period_end = ?,"
                    + " remaining_included_quota = ? WHERE account_uuid = ?",
                Timestamp.from(Instant.parse(start)),
                Timestamp.from(Instant.parse(end)),
                remaining,
                account));
  }

  private void accountsGrant(long bytes) {
    world.jdbi.useHandle(
        h ->
            h.execute(
                "UPDATE public.account_quota_states SET remaining_included_quota ="
                    + " remaining_included_quota + ? WHERE account_uuid = ?",
                bytes,
                account));
  }

  @Test
  void aMonthBeginsWithThePlansQuotaAndNotWithWhatTheLastOneLeft() {
    use("2026-04-08T10:00:00Z", 80);
    assertThat(world.remaining(account)).isEqualTo(20);
    use("2026-05-02T10:00:00Z", 90);
    assertThat(world.balance(account)).isEqualByComparingTo("0");
    assertThat(world.remaining(account)).isEqualTo(10);
    use("2026-08-02T10:00:00Z", 101);
    assertThat(world.balance(account)).isEqualByComparingTo("-0.5");
    assertThat(world.remaining(account)).isZero();
  }

  @Test
  void lateUsageOfTheLastMonthTakesTheLastMonthsQuota() {
    use("2026-04-08T10:00:00Z", 80);
    use("2026-05-02T10:00:00Z", 60);
    world.deliver(new World.Shot(Instant.parse("2026-04-20T10:00:00Z")).of(account, "late", 30, 0));
    assertThat(world.remaining(account)).isEqualTo(40);
    assertThat(world.balance(account)).isEqualByComparingTo("-5");
  }

  @Test
  void aPeriodThatAccountsWritesInThePlaceOfOursTakesItsGrantsToo() {
    use("2026-04-08T10:00:00Z", 80);
    accountsBeginPeriod("2026-04-01T00:00:00Z", "2026-05-01T00:00:00Z", 50);
    use("2026-04-08T10:05:00Z", 10);
    assertThat(world.remaining(account)).isEqualTo(40);
    accountsGrant(7);
    use("2026-04-08T10:06:00Z", 10);
    use("2026-04-08T10:07:00Z", 30);
    assertThat(world.remaining(account)).isEqualTo(7);
    use("2026-04-08T10:08:00Z", 10);
    assertThat(world.balance(account)).isEqualByComparingTo("-1.5");
  }

  @Test
  void aPeriodThatIsTakenBackAndWrittenAgainIsTheSamePeriod() {
    use("2026-04-08T10:00:00Z", 10);
    accountsBeginPeriod("2026-04-05T00:00:00Z", "2026-05-05T00:00:00Z", 50);
    use("2026-04-08T10:01:00Z", 10);
    accountsBeginPeriod("2026-04-07T00:00:00Z", "2026-05-07T00:00:00Z", 60);
    use("2026-04-08T10:02:00Z", 10);
    accountsBeginPeriod("2026-04-05T00:00:00Z", "2026-05-05T00:00:00Z", 70);
    use("2026-04-08T10:03:00Z", 10);
    accountsGrant(5);
    use("2026-04-08T10:04:00Z", 10);
    use("2026-04-08T10:05:00Z", 10);
    assertThat(world.remaining(account)).isEqualTo(70 - 30 + 5);
    assertThat(world.balance(account)).isEqualByComparingTo("0");
  }

  @Test
  void aGrantCountsFromTheMomentItIsSeen() {
    use("2026-04-08T10:00:00Z", 120);
    assertThat(world.balance(account)).isEqualByComparingTo("-10");
    accountsGrant(50);
    use("2026-04-08T10:01:00Z", 10);
    use("2026-04-08T10:02:00Z", 10);
    assertThat(world.balance(account)).isEqualByComparingTo("-15");
    assertThat(world.remaining(account)).isEqualTo(40);
  }
}
