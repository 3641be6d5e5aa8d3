package plus.svc.billing.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static plus.svc.billing.migration.EarlierWriter.FOUR;
import static plus.svc.billing.migration.EarlierWriter.ONE;
import static plus.svc.billing.migration.EarlierWriter.SIX;
import static plus.svc.billing.migration.EarlierWriter.THREE;
import static plus.svc.billing.migration.EarlierWriter.TWO;
import static plus.svc.billing.migration.Feed.sample;
import static plus.svc.billing.migration.Feed.snapshot;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import plus.svc.billing.testing.PostgresHarness;
import plus.svc.billing.testing.TestDatabase;

/** What accounts writes after the migration, in its way, and what we make of it. */
final class SharedWritesIT {

  private final TestDatabase database = EarlierWriter.NEWER.make();
  private final Jdbi jdbi = database.jdbi();
  private final Accounts accounts = new Accounts(jdbi);
  private final AccountsReader reader = new AccountsReader(jdbi);
  private final Feed feed = new Feed(jdbi);

  @BeforeEach
  void adopt() {
    PostgresHarness.migrate(database);
    feed.deliver(
        snapshot("10:30:00", sample(ONE, 1000), sample(TWO, 560), sample(FOUR, 0), sample(SIX, 0)));
  }

  @AfterEach
  void drop() {
    PostgresHarness.shared().drop(database);
  }

  @Test
  void aTopUpIsFoldedIntoTheExactBalanceByTheNextDelivery() {
    accounts.topUp(ONE, "pi_new", "12.35");
    assertThat(count("billing.foreign_entries")).isEqualTo(1);
    feed.deliver(snapshot("10:31:00", sample(ONE, 1002), sample(TWO, 560)));
    assertThat(count("billing.foreign_entries")).isZero();
    assertThat(exact(ONE)).isEqualByComparingTo("21.050000000000001");
    assertThat(exact(ONE)).isEqualByComparingTo(ledger(ONE));
    assertThat(reader.quota(ONE).balance()).isEqualTo(21.05);
  }

  @Test
  void theSamePaymentTwiceMeetsItsOwnId() {
    accounts.topUp(ONE, "pi_new", "1");
    assertThatThrownBy(() -> accounts.topUp(ONE, "pi_new", "1"))
        .hasMessageContaining("billing_ledger_pkey");
  }

  @Test
  void anAdjustmentOfAnAccountWithLedgerRowsAndNoQuotaRowCounts() {
    accounts.adjust(SIX, "-2.5");
    feed.deliver(snapshot("10:31:00", sample(ONE, 1000), sample(SIX, 10)));
    assertThat(exact(SIX)).isEqualByComparingTo("-7.5");
    assertThat(ledger(SIX)).isEqualByComparingTo("-7.5");
    assertThat(reader.quota(SIX).balance()).isEqualTo(-7.5);
  }

  @Test
  void aTopUpOfAnAccountThatWasNeverSeenOpensIt() {
    accounts.topUp(THREE, "pi_three", "5");
    feed.deliver(snapshot("10:31:00", sample(ONE, 1000), sample(THREE, 4)));
    assertThat(exact(THREE)).isEqualByComparingTo("3");
    assertThat(ledger(THREE)).isEqualByComparingTo("3");
    assertThat(reader.quota(THREE).balance()).isEqualTo(3);
  }

  @Test
  void aWholeRowWithMoreQuotaIsAGrantOfTheDifference() {
    feed.deliver(snapshot("10:31:00", sample(ONE, 1000), sample(TWO, 570)));
    assertThat(reader.quota(TWO).remaining()).isEqualTo(40);
    accounts.saveQuota(TWO, row -> row.remaining(row.remaining() + 100));
    // It holds from when it is noticed; what was used before that can't draw on it.
    feed.at(Instant.parse("2026-04-08T12:05:00Z"));
    feed.deliver(snapshot("12:04:00", sample(ONE, 1000), sample(TWO, 575)));
    assertThat(reader.quota(TWO).remaining()).isEqualTo(135);
    feed.at(Instant.parse("2026-04-08T12:07:00Z"));
    feed.deliver(snapshot("12:06:00", sample(ONE, 1000), sample(TWO, 695)));
    assertThat(reader.quota(TWO).remaining()).isEqualTo(15);
    assertThat(charged(TWO)).isZero();
    assertThat(number("SELECT sum(amount) FROM billing.quota_grants WHERE account_uuid = ?", TWO))
        .isEqualByComparingTo("150");
  }

  @Test
  void aWholeRowWithANewPeriodBeginsIt() {
    feed.deliver(snapshot("10:31:00", sample(ONE, 1000), sample(TWO, 570)));
    accounts.saveQuota(
        TWO, row -> row.remaining(1000).period("2026-04-08T10:45:00Z", "2026-05-08T10:45:00Z"));
    feed.deliver(snapshot("11:01:00", sample(ONE, 1000), sample(TWO, 690)));
    assertThat(reader.quota(TWO).remaining()).isEqualTo(880);
    assertThat(charged(TWO)).isZero();
    Accounts.QuotaRow row = accounts.read(TWO);
    assertThat(String.valueOf(row.periodEnd())).startsWith("2026-05-08T10:45");
  }

  @Test
  void whatAccountsOwnsInTheQuotaRowStaysAsItWroteIt() {
    Accounts.QuotaRow before = accounts.read(FOUR);
    feed.deliver(snapshot("10:31:00", sample(ONE, 1000), sample(FOUR, 10)));
    Accounts.QuotaRow after = accounts.read(FOUR);
    assertThat(before.proxyAccessState()).isEmpty();
    assertThat(after.proxyAccessState()).isEmpty();
    assertThat(after.suspendState()).isEmpty();
    assertThat(after.periodStart()).isNull();
  }

  @Test
  void theKeysThatOthersUpsertAgainstStillMatch() {
    accounts.saveProfile(ONE, 0.1);
    accounts.saveProfile(ONE, 0.30000000000000004);
    accounts.upsertBucketAndCheckpoint(ONE, "prod:other");
    accounts.upsertBucketAndCheckpoint(ONE, "prod:other");
    assertThat(
            new Query(jdbi)
                .truth(
                    """
                    SELECT base_price_per_byte = 0.30000000000000004::float8
                      FROM public.account_billing_profiles
                     WHERE account_uuid = ?
                    """,
                    ONE))
        .isTrue();
    assertThat(
            number(
                "SELECT total_bytes FROM public.traffic_minute_buckets WHERE node_id = 'prod:other'"))
        .isEqualByComparingTo("2");
  }

  private BigDecimal exact(UUID account) {
    return number("SELECT balance FROM billing.account_states WHERE account_uuid = ?", account);
  }

  private BigDecimal ledger(UUID account) {
    return number(
        "SELECT sum(amount_delta) FROM public.billing_ledger WHERE account_uuid = ?", account);
  }

  private BigDecimal charged(UUID account) {
    return number(
        """
        SELECT coalesce(sum(amount_delta), 0)
          FROM public.billing_ledger
         WHERE account_uuid = ? AND node_id IS NOT NULL
        """,
        account);
  }

  private long count(String table) {
    return number("SELECT count(*) FROM " + table).longValueExact();
  }

  private BigDecimal number(String sql, Object... args) {
    return new Query(jdbi).number(sql, args);
  }
}
