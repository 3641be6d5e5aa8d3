package plus.svc.billing.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static plus.svc.billing.migration.Feed.sample;
import static plus.svc.billing.migration.Feed.snapshot;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.quantity.NodeKey;
import plus.svc.billing.testing.PostgresHarness;
import plus.svc.billing.testing.TestDatabase;

/** What the queries of accounts find after deliveries; a second account is the decoy in each. */
final class ReadersIT {

  private static final Instant TEN = Instant.parse("2026-04-08T10:00:00Z");

  private final TestDatabase database = PostgresHarness.shared().freshDatabase();
  private final Jdbi jdbi = database.jdbi();
  private final AccountsReader reader = new AccountsReader(jdbi);
  private final UUID account = user();
  private final UUID decoy = user();

  private UUID user() {
    UUID id = UUID.randomUUID();
    jdbi.useHandle(
        h -> h.execute("INSERT INTO public.users (uuid, proxy_uuid) VALUES (?, ?)", id, id));
    return id;
  }

  /** Thirty minutes of one node in one page, ten bytes a minute, then one minute of another. */
  @BeforeEach
  void deliver() {
    List<Snapshot> page = new ArrayList<>();
    for (int minute = 0; minute <= 30; minute++) {
      page.add(
          snapshot(
              Feed.NODE,
              TEN.plusSeconds(60L * minute),
              sample(account, "vless", 10L * minute),
              sample(decoy, "vless", 1000L + minute)));
    }
    Feed feed = new Feed(jdbi);
    feed.deliver(page.toArray(Snapshot[]::new));
    feed.at(TEN.plusSeconds(2 * 3600 + 60))
        .deliver(
            snapshot(
                new NodeKey("", "bare"), TEN.plusSeconds(35 * 60), sample(account, "trojan", 7)));
  }

  @AfterEach
  void drop() {
    PostgresHarness.shared().drop(database);
  }

  @Test
  void theUsageSummaryIsTheSumOverAllBuckets() {
    AccountsReader.Usage usage = reader.usage(account);
    assertThat(usage.totalBytes()).isEqualTo(307);
    assertThat(usage.uplinkBytes()).isEqualTo(307);
    assertThat(usage.downlinkBytes()).isZero();
  }

  @Test
  void theNewestTwentyLedgerRowsAreTheNewestUsageInItsOrder() {
    List<AccountsReader.Entry> latest = reader.latest(account, 20);
    assertThat(latest).hasSize(20);
    assertThat(latest.get(0).ratedBytes()).isEqualTo(7);
    assertThat(latest)
        .extracting(AccountsReader.Entry::bucketStart)
        .isSortedAccordingTo((a, b) -> b.compareTo(a));
    assertThat(latest.get(1).bucketStart()).isEqualTo(TEN.plusSeconds(30 * 60));
    assertThat(latest).extracting(AccountsReader.Entry::createdAt).doesNotHaveDuplicates();
    assertThat(latest.get(0).balanceAfter()).isEqualTo(-153.5);
    assertThat(latest.get(1).balanceAfter()).isEqualTo(-150);
  }

  @Test
  void theCollectorStatusCountsAccountsOnNodesAndSeesTheNewestSnapshot() {
    assertThat(reader.collector())
        .isEqualTo(new AccountsReader.Collector(3, TEN.plusSeconds(35 * 60)));
  }

  @Test
  void refundEligibilityCountsBytesSinceTheSubscriptionBegan() {
    assertThat(reader.bytesSince(account, TEN.plusSeconds(29 * 60))).isEqualTo(27);
    assertThat(reader.bytesSince(account, TEN.plusSeconds(3600))).isZero();
  }

  @Test
  void theDelayIsTheAgeOfTheNewestBucket() {
    Instant newest = Objects.requireNonNull(reader.usage(account).newestBucket());
    assertThat(Duration.between(newest, TEN.plusSeconds(36 * 60))).hasSeconds(60);
    assertThat(reader.quota(account).lastRatedBucketAt()).isEqualTo(newest);
  }

  @Test
  void theBalanceIsTheSumOfTheLedger() {
    assertThat(reader.quota(account).balance())
        .isEqualTo(reader.latest(account, 1000).stream().mapToDouble(e -> e.amount()).sum());
    assertThat(reader.quota(account).arrears()).isTrue();
  }
}
