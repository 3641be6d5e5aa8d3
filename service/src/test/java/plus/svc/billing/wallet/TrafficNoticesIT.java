package plus.svc.billing.wallet;

import static org.assertj.core.api.Assertions.assertThat;
import static plus.svc.billing.wallet.WalletWorld.append;
import static plus.svc.billing.wallet.WalletWorld.credit;
import static plus.svc.billing.wallet.WalletWorld.debit;

import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import plus.svc.billing.pipeline.Delivery;
import plus.svc.billing.pipeline.NodePolicy;
import plus.svc.billing.pipeline.Pipeline;
import plus.svc.billing.pipeline.PipelineSettings;
import plus.svc.billing.pipeline.PipelineWatch;
import plus.svc.billing.pipeline.Progress;
import plus.svc.billing.pipeline.ledger.BalanceWatch;
import plus.svc.billing.pipeline.rating.PeakHours;
import plus.svc.billing.pipeline.rating.RatingPolicy;
import plus.svc.billing.pipeline.snapshot.Sample;
import plus.svc.billing.pipeline.snapshot.SeriesKey;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.pipeline.source.FirstSnapshot;
import plus.svc.billing.pipeline.source.SourceId;
import plus.svc.billing.quantity.NodeKey;
import plus.svc.billing.wallet.outbox.NoticeKind;
import plus.svc.billing.wallet.outbox.Outbox;
import plus.svc.billing.wallet.outbox.Thresholds;
import plus.svc.billing.wallet.outbox.WebhookTarget;

/** Lines that traffic and appended postings cross: each is told once, by whoever takes it in. */
@Timeout(120)
final class TrafficNoticesIT {

  private static final Thresholds THRESHOLDS = new Thresholds(20, BigDecimal.ZERO, 0);
  private static final BigDecimal LOW = BigDecimal.TEN;
  private static final Outbox OUTBOX =
      new Outbox(
          List.of(
              new WebhookTarget(
                  "crm",
                  URI.create("https://crm.example.org/hook"),
                  "env:HOOK",
                  Set.of(),
                  Duration.ofSeconds(5),
                  null,
                  false)));

  private final WalletWorld world = new WalletWorld();
  private final WalletEngine engine =
      world.engine(WalletWorld.POLICY.telling(new ThresholdNotices(THRESHOLDS, LOW, OUTBOX)));
  private final Pipeline pipeline = pipeline(0);
  private int nodes;

  @AfterEach
  void close() {
    world.close();
  }

  /** At 0.01 a byte beyond the free ones of a month. */
  private Pipeline pipeline(long freeBytes) {
    RatingPolicy rating =
        new RatingPolicy(
            WalletWorld.PRICE_OF_A_BYTE,
            freeBytes,
            BigDecimal.ZERO,
            "v1",
            Map.of(),
            PeakHours.NONE,
            ZoneOffset.UTC);
    return new Pipeline(
        world.jdbi,
        new PipelineSettings(rating, "", "test", false)
            .telling(TrafficNotices.of(THRESHOLDS, LOW, "CNY", OUTBOX)),
        world.clock,
        PipelineWatch.NONE);
  }

  private String node() {
    return "told" + ++nodes;
  }

  /** A node that tells, at some instant, how much each user has used so far. */
  private void traffic(Pipeline by, String node, Instant at, long bytes, UUID... users) {
    List<Sample> samples =
        Arrays.stream(users)
            .sorted(Comparator.comparing(UUID::toString))
            .map(user -> new Sample(new SeriesKey(user.toString(), ""), bytes, 0))
            .toList();
    by.accept(
        new Delivery(
            new SourceId("told"),
            new NodePolicy(FirstSnapshot.FROM_ZERO, Instant.EPOCH, 1_250_000_000_000L),
            0,
            List.of(new Snapshot(new NodeKey("prod", node), at, null, samples, List.of())),
            new Progress(null, null, at)));
  }

  private void traffic(UUID user, long bytes) {
    traffic(pipeline, node(), world.clock.instant(), bytes, user);
  }

  private List<String> told(UUID user) {
    return world.jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    "SELECT n.kind || ' ' || coalesce(n.data ->> 'balance', n.data ->> 'remaining')"
                        + " FROM billing.notices n"
                        + " JOIN billing.notice_deliveries d USING (account_uuid, seq)"
                        + " WHERE n.account_uuid = ? ORDER BY n.seq")
                .bind(0, user)
                .mapTo(String.class)
                .list());
  }

  @Test
  void aBalanceThatTrafficBringsBelowItsLimitIsToldOnceACrossing() {
    UUID user = world.userWith(engine, "12");

    traffic(user, 100);
    assertThat(told(user)).isEmpty();
    traffic(user, 150);
    traffic(user, 50);
    assertThat(told(user)).containsExactly("balance_low 9.50");
    world.ask(engine, debit(user, "1"));
    assertThat(told(user)).hasSize(1);

    world.ask(engine, credit(user, "10"));
    traffic(user, 900);
    assertThat(told(user)).containsExactly("balance_low 9.50", "balance_low 9.00");
  }

  @Test
  void anAccountThatItsTrafficOpensIsToldOfToo() {
    UUID user = world.user();
    world.topUp(user, new BigDecimal("12"), world.clock.instant());

    traffic(user, 300);

    assertThat(world.ledger(user)).isEqualByComparingTo("9");
    assertThat(told(user)).containsExactly("balance_low 9.00");
    UUID poor = world.user();
    traffic(poor, 300);
    assertThat(told(poor)).as("never was above its limit").isEmpty();
  }

  @Test
  void anAccountsOwnLimitCounts() {
    UUID user = world.userWith(engine, "12");
    world.ask(
        engine,
        new Command.SetUp(
            user, user, "CNY", "", BigDecimal.ZERO, new BigDecimal("5"), WalletWorld.none()));

    traffic(user, 300);
    assertThat(told(user)).isEmpty();
    traffic(user, 500);
    assertThat(told(user)).containsExactly("balance_low 4.00");
  }

  @Test
  void anAppendedPostingIsToldByWhoeverTakesItIn() {
    UUID tended = world.userWith(engine, "12");
    UUID settled = world.userWith(engine, "12");
    UUID used = world.userWith(engine, "12");
    UUID asked = world.userWith(engine, "12");
    for (UUID user : List.of(tended, settled, used, asked)) {
      world.ask(engine, append(user, "-3"));
      assertThat(told(user)).isEmpty();
    }

    traffic(used, 100);
    world.ask(engine, debit(asked, "1"));
    world.jdbi.useTransaction(
        handle -> {
          pipeline.settleStandings(handle, List.of(settled));
          handle.rollback();
        });
    assertThat(told(settled)).isEmpty();
    world.jdbi.useTransaction(handle -> pipeline.settleStandings(handle, List.of(settled)));
    engine.tending().tend();
    engine.tending().tend();
    pipeline.settleForeignEntries();

    assertThat(told(tended)).containsExactly("balance_low 9");
    assertThat(told(settled)).containsExactly("balance_low 9");
    assertThat(told(used)).containsExactly("balance_low 8.00");
    assertThat(told(asked)).containsExactly("balance_low 8");
  }

  @Test
  void aFreeQuotaThatRunsLowIsToldOnceWhateverComesAgainOrLate() {
    Pipeline free = pipeline(1_000);
    UUID user = world.user();
    String node = node();
    Instant from = world.clock.instant();

    traffic(free, node, from, 700, user);
    assertThat(told(user)).isEmpty();
    traffic(free, node, from.plusSeconds(120), 850, user);
    assertThat(told(user)).containsExactly("quota_low 150");
    traffic(free, node, from.plusSeconds(120), 850, user);
    traffic(free, node, from.plusSeconds(60), 800, user);
    traffic(free, node, from.plusSeconds(180), 900, user);
    traffic(free, node(), from, 300, user);
    assertThat(told(user)).containsExactly("quota_low 150");

    Instant month = Instant.parse("2026-05-01T00:00:30Z");
    traffic(free, node, month, 1_000, user);
    traffic(free, node(), from.plusSeconds(60), 5, user);
    assertThat(told(user)).containsExactly("quota_low 150");
    traffic(free, node, month.plusSeconds(60), 1_900, user);
    assertThat(told(user)).containsExactly("quota_low 150", "quota_low 0");
  }

  @Test
  void lateTrafficThatChangesNothingIsNoCrossing() {
    UUID user = world.userWith(engine, "12");
    String node = node();
    Instant from = world.clock.instant();
    traffic(pipeline, node, from, 50, user);
    traffic(pipeline, node, from.plusSeconds(120), 300, user);
    assertThat(told(user)).containsExactly("balance_low 9.00");

    traffic(pipeline, node, from.plusSeconds(60), 180, user);
    traffic(pipeline, node, from.plusSeconds(60), 180, user);

    assertThat(world.ledger(user)).isEqualByComparingTo("9");
    assertThat(told(user)).hasSize(1);
  }

  @Test
  void trafficAndDebitsAtOnceTellOneCrossing() {
    UUID user = world.userWith(engine, "15");
    CompletableFuture<Void> metering =
        CompletableFuture.runAsync(
            () -> {
              for (int i = 0; i < 10; i++) {
                traffic(user, 50);
              }
            });
    for (int i = 0; i < 10; i++) {
      world.ask(engine, i % 2 == 0 ? debit(user, "0.5") : append(user, "-0.5"));
    }
    metering.join();
    engine.tending().tend();

    assertThat(world.ledger(user)).isEqualByComparingTo("5");
    assertThat(told(user)).hasSize(1);
  }

  @Test
  void meteringAsksOnceForAllAndNotAtAllWithoutATarget() {
    List<String> asked = Collections.synchronizedList(new ArrayList<>());
    world.jdbi.setSqlLogger(
        new SqlLogger() {
          @Override
          public void logBeforeExecution(StatementContext context) {
            String sql = String.valueOf(context.getRenderedSql());
            if (sql.contains("low_balance") || sql.contains("billing.notices")) {
              asked.add(sql);
            }
          }
        });
    UUID one = world.user();
    UUID other = world.user();
    UUID third = world.user();
    traffic(pipeline, node(), world.clock.instant(), 0, one, other, third);
    assertThat(asked).as("nothing fell").isEmpty();

    traffic(pipeline, node(), world.clock.instant(), 10, one, other, third);
    assertThat(asked).hasSize(1);

    assertThat(TrafficNotices.of(THRESHOLDS, LOW, "CNY", new Outbox(List.of())))
        .isSameAs(BalanceWatch.NONE);
    assertThat(OUTBOX.wants(NoticeKind.UNUSUAL_RATE)).isTrue();
  }
}
