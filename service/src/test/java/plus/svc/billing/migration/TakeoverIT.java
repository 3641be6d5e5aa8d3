package plus.svc.billing.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static plus.svc.billing.migration.EarlierWriter.FOUR;
import static plus.svc.billing.migration.EarlierWriter.ONE;
import static plus.svc.billing.migration.EarlierWriter.THREE;
import static plus.svc.billing.migration.EarlierWriter.TWO;
import static plus.svc.billing.migration.Feed.NODE;
import static plus.svc.billing.migration.Feed.sample;
import static plus.svc.billing.migration.Feed.snapshot;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import plus.svc.billing.pipeline.Receipt;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.pipeline.source.FirstSnapshot;
import plus.svc.billing.quantity.NodeKey;
import plus.svc.billing.testing.PostgresHarness;
import plus.svc.billing.testing.TestDatabase;

/** Deliveries into a database that an earlier writer filled: nothing it billed is billed again. */
final class TakeoverIT {

  private static final NodeKey US = new NodeKey("prod", "us-node");
  private static final long PLAN_OF_TWO = 21_474_836_480L;

  private TestDatabase database = EarlierWriter.NEWER.make();
  private Jdbi jdbi = database.jdbi();

  private void adopt(EarlierWriter age) {
    if (age != EarlierWriter.NEWER) {
      drop();
      database = age.make();
      jdbi = database.jdbi();
    }
    PostgresHarness.migrate(database);
  }

  @AfterEach
  void drop() {
    PostgresHarness.shared().drop(database);
  }

  /** A window that begins before the earlier writer's last instant, 10:30:00. */
  private static Snapshot[] overlapping() {
    return new Snapshot[] {
      snapshot("10:29:00", sample(ONE, 950), sample(TWO, 500)),
      snapshot("10:30:00", sample(ONE, 1000), sample(TWO, 560)),
      snapshot("10:30:30", sample(ONE, 1010), sample(TWO, 600)),
      snapshot("10:31:00", sample(ONE, 1100), sample(TWO, 700)),
    };
  }

  @ParameterizedTest
  @EnumSource
  void onlyWhatCameAfterTheEarlierWriterIsCharged(EarlierWriter age) {
    adopt(age);
    Receipt receipt = new Feed(jdbi).deliver(overlapping());
    assertThat(receipt.bytes()).isEqualTo(100 + 140);
    // One has no free quota left, Two has 50 bytes of it and a region multiplier of 1.1.
    assertThat(charged(ONE)).isEqualByComparingTo("-50");
    assertThat(charged(TWO)).isEqualByComparingTo("-49.5");
    assertThat(new AccountsReader(jdbi).quota(TWO).remaining()).isZero();
    assertTheBalancesAddUp();
  }

  @Test
  void aMinuteThatTheEarlierWriterBilledInPartKeepsItsBytesAndGetsTheRest() {
    adopt(EarlierWriter.NEWER);
    new Feed(jdbi).deliver(overlapping());
    // One's was an idle minute, which the earlier writer wrote as a bucket of zero bytes.
    assertThat(bucket(ONE, "10:30")).isEqualTo(10);
    assertThat(bucket(TWO, "10:30")).isEqualTo(60 + 40);
    assertThat(bucket(ONE, "10:31")).isEqualTo(90);
    assertThat(bucket(ONE, "10:28")).isEqualTo(1);
  }

  @Test
  void aMinuteThatTheEarlierWriterBilledUnderAnotherRegionIsNotMistakenForOurs() {
    new Query(jdbi)
        .run(
            "DELETE FROM public.traffic_minute_buckets WHERE account_uuid = ? AND node_id = ?",
            TWO,
            NODE.composed());
    adopt(EarlierWriter.NEWER);
    Feed feed = new Feed(jdbi);
    feed.deliver(snapshot("10:30:00", sample(TWO, 560)), snapshot("10:30:30", sample(TWO, 600)));
    // Written last here, so that it comes behind ours as it may in any order.
    new Query(jdbi)
        .run(
            """
            INSERT INTO public.traffic_minute_buckets
                   (bucket_start, node_id, account_uuid, region, line_code, total_bytes)
            VALUES ('2026-04-08 10:30Z', ?, ?, 'jp', '', 5)
            """,
            NODE.composed(),
            TWO);
    // The same instant again, its counters risen meanwhile.
    feed.deliver(snapshot("10:30:30", sample(TWO, 610)));
    feed.deliver(snapshot("10:30:30", sample(TWO, 617)));
    assertThat(bucket(TWO, "10:30")).isEqualTo(5 + 57);
    assertTheBalancesAddUp();
  }

  @ParameterizedTest
  @EnumSource
  void theSameWindowAgainChangesNothing(EarlierWriter age) {
    adopt(age);
    Feed feed = new Feed(jdbi);
    feed.deliver(overlapping());
    BigDecimal before = charged(ONE);
    Receipt again = feed.deliver(overlapping());
    assertThat(again.repeated()).isEqualTo(4);
    assertThat(again.ledgerRows()).isZero();
    assertThat(charged(ONE)).isEqualByComparingTo(before);
  }

  @ParameterizedTest
  @EnumSource(FirstSnapshot.class)
  void aWindowThatBeginsAfterAGapNeverBillsTheWholeHistoryAgain(FirstSnapshot first) {
    adopt(EarlierWriter.NEWER);
    new Feed(jdbi)
        .first(first)
        .deliver(snapshot("10:40:00", sample(ONE, 1500)), snapshot("10:41:00", sample(ONE, 1520)));
    assertThat(new AccountsReader(jdbi).bytesSince(ONE, Instant.parse("2026-04-08T10:31:00Z")))
        .isEqualTo(20);
  }

  @Test
  void whatIsLeftOfAMonthIsNotCarriedOverItsEnd() {
    new Query(jdbi)
        .run(
            "UPDATE public.account_quota_states SET effective_at = '2026-04-08 10:30Z',"
                + " period_start = NULL, period_end = NULL WHERE account_uuid = ?",
            TWO);
    adopt(EarlierWriter.NEWER);
    Feed feed = new Feed(jdbi).at(Instant.parse("2026-05-01T00:10:00Z"));
    feed.deliver(
        snapshot("10:30:00", sample(TWO, 560)),
        snapshot(NODE, Instant.parse("2026-04-30T23:59:00Z"), sample(TWO, 640)),
        snapshot(NODE, Instant.parse("2026-05-01T00:05:00Z"), sample(TWO, 650)));
    assertThat(charged(TWO)).as("80 bytes of April, 50 of them free").isEqualByComparingTo("-16.5");
    assertThat(new AccountsReader(jdbi).quota(TWO).remaining())
        .as("May has its own quota")
        .isEqualTo(PLAN_OF_TWO - 10);
    assertTheBalancesAddUp();
  }

  @Test
  void aSourceThatWasRenamedIsRecognisedByItsNode() {
    adopt(EarlierWriter.NEWER);
    Receipt receipt = new Feed(jdbi).source("jp-exporter-renamed").deliver(overlapping());
    assertThat(receipt.bytes()).isEqualTo(100 + 140);
  }

  @Test
  void whatAFailedPageOfTheEarlierWriterBilledBeyondItsWatermarkIsNotBilledAgain() {
    adopt(EarlierWriter.NEWER);
    Receipt receipt =
        new Feed(jdbi)
            .source("us-exporter")
            .deliver(
                snapshot(US, Instant.parse("2026-04-08T10:22:00Z"), sample(ONE, 50)),
                snapshot(US, Instant.parse("2026-04-08T10:25:00Z"), sample(ONE, 70)),
                snapshot(US, Instant.parse("2026-04-08T10:26:00Z"), sample(ONE, 75)));
    assertThat(receipt.bytes()).isEqualTo(5);
  }

  @Test
  void aNodeThatTheEarlierWriterNeverSawFollowsItsPolicy() {
    adopt(EarlierWriter.NEWER);
    NodeKey fresh = new NodeKey("prod", "new-node");
    Receipt receipt =
        new Feed(jdbi)
            .source("new-exporter")
            .deliver(snapshot(fresh, Instant.parse("2026-04-08T10:22:00Z"), sample(FOUR, 50)));
    assertThat(receipt.bytes()).isEqualTo(50);
    assertThat(new AccountsReader(jdbi).quota(FOUR).remaining()).isEqualTo(10737418240L - 50);
    assertTheBalancesAddUp();
  }

  @Test
  void aUserWhoIsDeletedWhileStillConnectedDoesNotStopTheNode() {
    adopt(EarlierWriter.OLDER);
    Feed feed = new Feed(jdbi);
    feed.deliver(snapshot("10:30:00", sample(ONE, 1000), sample(THREE, 7)));
    jdbi.useHandle(h -> h.execute("DELETE FROM public.users WHERE uuid = ?", THREE));
    Receipt receipt = feed.deliver(snapshot("10:31:00", sample(ONE, 1010), sample(THREE, 17)));
    assertThat(receipt.bytes()).isEqualTo(10);
    assertThat(number("SELECT sum(uplink_bytes) FROM billing.unattributed_usage").longValueExact())
        .isEqualTo(10);
  }

  private void assertTheBalancesAddUp() {
    assertThat(
            number(
                """
                SELECT count(*)
                  FROM public.account_quota_states q
                  JOIN billing.account_states s ON s.account_uuid = q.account_uuid
                 WHERE q.current_balance <> s.balance
                    OR s.balance <> (SELECT sum(amount_delta) FROM public.billing_ledger l
                                      WHERE l.account_uuid = q.account_uuid)
                """))
        .isZero();
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

  private long bucket(UUID account, String minute) {
    return number(
            """
            SELECT sum(total_bytes)
              FROM public.traffic_minute_buckets
             WHERE account_uuid = ? AND bucket_start = ?::timestamptz
            """,
            account,
            "2026-04-08 " + minute + "Z")
        .longValueExact();
  }

  private BigDecimal number(String sql, Object... args) {
    return new Query(jdbi).number(sql, args);
  }
}
