package plus.svc.billing.wallet.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static plus.svc.billing.wallet.outbox.OutboxWorld.QUICK;
import static plus.svc.billing.wallet.outbox.OutboxWorld.target;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import plus.svc.billing.testing.Database;
import plus.svc.billing.testing.Eventually;
import plus.svc.billing.wallet.outbox.Receiver.Got;

/** What is written to the outbox reaches its targets, in order, whatever happens. */
@Timeout(120)
class DeliveryIT {

  @RegisterExtension static final Database database = Database.migrated();

  private final Jdbi jdbi = database.jdbi();
  private final OutboxWorld world = new OutboxWorld(jdbi);

  @AfterEach
  void stop() throws Exception {
    world.stop();
  }

  @Test
  void aNoticeOfACommittedTransactionArrivesOnceAndSigned() throws Exception {
    UUID account = UUID.randomUUID();
    try (Receiver receiver = Receiver.plain(got -> 204)) {
      WebhookTarget hook = target("signed", receiver.uri());
      world.add(account, 1, hook);
      jdbi.useHandle(
          handle -> {
            handle.begin();
            new Outbox(List.of(hook))
                .add(
                    handle,
                    List.of(
                        new Notice(
                            account, NoticeKind.QUOTA_LOW, OutboxWorld.AT, Map.of("n", "2"))));
            handle.rollback();
          });
      world.start(QUICK, hook);
      Eventually.holds(() -> assertThat(world.count("signed", "delivered")).isEqualTo(1));

      assertThat(receiver.all()).hasSize(1);
      Got got = receiver.all().get(0);
      assertThat(got.text())
          .matches(
              "\\{\"id\":\"[0-9a-f-]{36}\",\"type\":\"balance_low\","
                  + "\"timestamp\":\"2026-04-08T10:00:00Z\",\"account_uuid\":\""
                  + account
                  + "\",\"sequence\":\\d+,\"data\":\\{\"n\":\"1\"}}");
      assertThat(got.headers().getFirst("Content-Type")).startsWith("application/json");
      assertThat(got.headers().getFirst("webhook-id")).isEqualTo(got.id());
      assertThat(got.headers().getFirst("webhook-signature")).isEqualTo("v1," + byOpenssl(got));
    }
  }

  /** Verified by somebody else's code. */
  private static String byOpenssl(Got got) throws Exception {
    byte[] key = Base64.getDecoder().decode(OutboxWorld.SECRET.substring("whsec_".length()));
    Process openssl =
        new ProcessBuilder(
                "openssl",
                "dgst",
                "-sha256",
                "-mac",
                "HMAC",
                "-macopt",
                "hexkey:" + HexFormat.of().formatHex(key),
                "-binary")
            .start();
    String head =
        got.headers().getFirst("webhook-id")
            + "."
            + got.headers().getFirst("webhook-timestamp")
            + ".";
    openssl.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    openssl.getOutputStream().write(got.text().getBytes(StandardCharsets.UTF_8));
    openssl.getOutputStream().close();
    return Base64.getEncoder().encodeToString(openssl.getInputStream().readAllBytes());
  }

  @Test
  void eachTargetGetsTheKindsThatItWants() throws Exception {
    UUID account = UUID.randomUUID();
    try (Receiver receiver = Receiver.plain(got -> 200)) {
      WebhookTarget all = target("wants-all", receiver.uri());
      WebhookTarget quota =
          new WebhookTarget(
              "wants-quota",
              receiver.uri(),
              "env:HOOK_SECRET",
              Set.of(NoticeKind.QUOTA_LOW),
              Duration.ofSeconds(5),
              null,
              true);
      world.add(account, 1, all, quota);
      assertThat(world.count("wants-all", "waiting")).isEqualTo(1);
      assertThat(world.count("wants-quota", "waiting")).isZero();
    }
  }

  /** Two instances, a target that fails every third time: nothing lost, nothing out of order. */
  @Test
  void anAccountsNoticesArriveInTheirOrder() throws Exception {
    int accounts = 8;
    int each = 12;
    Random chance = new Random(7);
    Map<String, AtomicInteger> under = new ConcurrentHashMap<>();
    AtomicInteger together = new AtomicInteger();
    try (Receiver receiver =
        Receiver.plain(
            got -> {
              AtomicInteger now = under.computeIfAbsent(got.account(), a -> new AtomicInteger());
              if (now.incrementAndGet() > 1) {
                together.incrementAndGet();
              }
              try {
                synchronized (chance) {
                  return chance.nextInt(3) == 0 ? 503 : 200;
                }
              } finally {
                now.decrementAndGet();
              }
            })) {
      WebhookTarget hook = target("ordered", receiver.uri());
      List<UUID> ids = new ArrayList<>();
      for (int i = 0; i < accounts; i++) {
        ids.add(UUID.randomUUID());
        world.add(ids.get(i), each / 2, hook);
      }
      world.start(QUICK, hook);
      world.start(QUICK, hook);
      for (UUID id : ids) {
        world.add(id, each - each / 2, hook);
      }
      Eventually.holds(
          () -> assertThat(world.count("ordered", "delivered")).isEqualTo((long) accounts * each));

      assertThat(together).as("requests of one account at the same time").hasValue(0);
      Map<String, List<Long>> order = new HashMap<>();
      Set<String> seen = new HashSet<>();
      for (Got got : receiver.taken()) {
        assertThat(seen.add(got.id())).as("taken twice").isTrue();
        order
            .computeIfAbsent(got.account(), a -> new ArrayList<>())
            .add(got.body().path("sequence").asLong());
      }
      assertThat(order).hasSize(accounts);
      assertThat(order.values()).allSatisfy(list -> assertThat(list).hasSize(each).isSorted());
      assertThat(receiver.all().size()).isGreaterThan(accounts * each);
    }
  }

  @Test
  void neitherAnAccountNorATargetThatHangsHoldsUpAnother() throws Exception {
    UUID bad = UUID.randomUUID();
    CountDownLatch end = new CountDownLatch(1);
    try (Receiver one =
            Receiver.plain(
                got -> {
                  if (got.account().equals(bad.toString())) {
                    end.await();
                  }
                  return 200;
                });
        Receiver hanging =
            Receiver.plain(
                got -> {
                  end.await();
                  return 200;
                })) {
      WebhookTarget first = target("one-hangs", one.uri());
      WebhookTarget second = target("all-hang", hanging.uri());
      world.add(bad, 3, first);
      for (int i = 0; i < 20; i++) {
        world.add(UUID.randomUUID(), 2, first, second);
      }
      world.start(QUICK, first, second);
      Eventually.holds(() -> assertThat(world.count("one-hangs", "delivered")).isEqualTo(40));
      assertThat(world.count("one-hangs", "waiting")).isEqualTo(3);
      assertThat(world.count("all-hang", "delivered")).isZero();
      end.countDown();
      Eventually.holds(() -> assertThat(world.count("one-hangs", "waiting")).isZero());
      Eventually.holds(() -> assertThat(world.count("all-hang", "waiting")).isZero());
    }
  }

  @Test
  void whatFailsForTooLongIsDeadAndTheNextGoOn() throws Exception {
    UUID account = UUID.randomUUID();
    RetryPolicy three =
        new RetryPolicy(Duration.ofMillis(5), Duration.ofMillis(20), 3, Duration.ofHours(24));
    try (Receiver receiver =
        Receiver.plain(got -> got.body().at("/data/n").asText().equals("1") ? 500 : 200)) {
      WebhookTarget hook = target("poisoned", receiver.uri());
      world.add(account, 3, hook);
      world.start(three, hook);
      Eventually.holds(() -> assertThat(world.count("poisoned", "delivered")).isEqualTo(2));
      assertThat(world.count("poisoned", "dead")).isEqualTo(1);
      assertThat(receiver.all()).hasSize(5);
      assertThat(
              jdbi.onDemand(LetterDao.class)
                  .letters("dead", new LetterFilter("poisoned", account, null), 10))
          .singleElement()
          .satisfies(
              letter -> {
                assertThat(letter.attempts()).isEqualTo(3);
                assertThat(letter.error()).isEqualTo("status");
                assertThat(letter.endedAt()).isNotNull();
              });
    }
  }

  @Test
  void whatWaitsTooLongIsDeadByItsAge() throws Exception {
    try (Receiver receiver = Receiver.plain(got -> 500)) {
      WebhookTarget hook = target("aged", receiver.uri());
      world.add(UUID.randomUUID(), 1, hook);
      world.age("aged", Duration.ofHours(25));
      world.start(
          new RetryPolicy(Duration.ofMillis(5), Duration.ofHours(2), 9, Duration.ofHours(24)),
          hook);
      Eventually.holds(() -> assertThat(world.count("aged", "dead")).isEqualTo(1));
      assertThat(receiver.all()).hasSize(1);
    }
    // Of a target that is gone, or in the hands of a sender that dies of it.
    WebhookTarget gone = target("gone", java.net.URI.create("http://127.0.0.1:1/"));
    world.add(UUID.randomUUID(), 2, gone);
    world.age("gone", Duration.ofHours(25));
    OutboxTending tending =
        new OutboxTending(jdbi.onDemand(OutboxDao.class), OutboxWorld.policy(QUICK));
    tending.turn();
    assertThat(world.count("gone", "dead")).isEqualTo(2);
  }

  /** The process is killed after the target took it and before that is written. */
  @Test
  void aSenderKilledBetweenSendingAndMarkingSendsAgain() throws Exception {
    UUID account = UUID.randomUUID();
    CountDownLatch killed = new CountDownLatch(1);
    CountDownLatch came = new CountDownLatch(1);
    try (Receiver receiver =
        Receiver.plain(
            got -> {
              came.countDown();
              killed.await();
              return 200;
            })) {
      WebhookTarget hook = target("killed", receiver.uri());
      world.add(account, 2, hook);
      Process sender = SenderProcess.start(database.get(), hook.name(), receiver.uri());
      try {
        came.await();
      } finally {
        sender.destroyForcibly().waitFor();
      }
      killed.countDown();
      receiver.answers(got -> 200);
      assertThat(world.count("killed", "waiting")).isEqualTo(2);

      world.start(QUICK, hook);
      // The claim of the dead holds, and with it the order.
      assertThat(receiver.all()).hasSize(1);
      world.age("killed", Duration.ofMinutes(1));
      Eventually.holds(() -> assertThat(world.count("killed", "delivered")).isEqualTo(2));

      assertThat(receiver.all().stream().map(Got::id).toList())
          .hasSize(3)
          .satisfies(ids -> assertThat(ids.get(1)).isEqualTo(ids.get(0)))
          .satisfies(ids -> assertThat(ids.get(2)).isNotEqualTo(ids.get(0)));
    }
  }

  /** Who comes back late finds its claim gone, and writes nothing. */
  @Test
  void whoLostItsClaimWritesNothing() {
    UUID account = UUID.randomUUID();
    WebhookTarget hook = target("late", java.net.URI.create("http://127.0.0.1:1/"));
    world.add(account, 1, hook);
    OutboxDao rows = jdbi.onDemand(OutboxDao.class);
    UUID slow = UUID.randomUUID();
    UUID quick = UUID.randomUUID();
    Due due = rows.claim("late", slow, 10_000, 9).get(0);
    assertThat(rows.claim("late", quick, 10_000, 9)).isEmpty();
    world.age("late", Duration.ofSeconds(11));
    assertThat(rows.claim("late", quick, 10_000, 9)).hasSize(1);

    assertThat(rows.delivered(account, "late", due.seq(), slow)).isEmpty();
    assertThat(rows.failed(account, "late", due.seq(), slow, "status", 0, 1, 0)).isEmpty();
    assertThat(world.count("late", "waiting")).isEqualTo(1);
    assertThat(rows.delivered(account, "late", due.seq(), quick)).contains("delivered");
  }

  @Test
  void whatIsOverIsForgottenAndWhatIsNotStays() {
    UUID account = UUID.randomUUID();
    WebhookTarget hook = target("kept", java.net.URI.create("http://127.0.0.1:1/"));
    WebhookTarget decoy = target("decoy", java.net.URI.create("http://127.0.0.1:1/"));
    world.add(account, 3, hook);
    world.add(account, 1, decoy);
    OutboxDao rows = jdbi.onDemand(OutboxDao.class);
    for (int i = 0; i < 2; i++) {
      UUID claim = UUID.randomUUID();
      Due due = rows.claim("kept", claim, 10_000, 1).get(0);
      if (i == 0) {
        rows.delivered(account, "kept", due.seq(), claim);
      } else {
        rows.failed(account, "kept", due.seq(), claim, "status", 0, 1, 0);
      }
    }
    OutboxTending tending =
        new OutboxTending(
            rows,
            new OutboxPolicy(
                new RetryPolicy(
                    Duration.ofSeconds(1), Duration.ofSeconds(1), 9, Duration.ofDays(365)),
                Duration.ofSeconds(1),
                Duration.ofDays(30),
                Duration.ofDays(90)));
    world.age("kept", Duration.ofDays(31));
    tending.turn();
    assertThat(world.count("kept", "delivered")).isZero();
    assertThat(world.count("kept", "dead")).isEqualTo(1);
    assertThat(notices(account)).as("its notice is too young").isEqualTo(4);
    jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE billing.notices SET created_at = created_at - INTERVAL '31 days'"));
    tending.turn();
    assertThat(notices(account)).isEqualTo(3);
    world.age("kept", Duration.ofDays(60));
    tending.turn();
    assertThat(world.count("kept", "dead")).isZero();
    assertThat(world.count("kept", "waiting")).isEqualTo(1);
    assertThat(world.count("decoy", "waiting")).isEqualTo(1);
    assertThat(notices(account)).isEqualTo(2);
    assertThat(tending.standings())
        .filteredOn(standing -> standing.target().equals("kept"))
        .singleElement()
        .satisfies(
            standing -> {
              assertThat(standing.waiting()).isEqualTo(1);
              assertThat(standing.oldestSeconds()).isGreaterThan(90 * 86_400L);
            });
  }

  private long notices(UUID account) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery("SELECT count(*) FROM billing.notices WHERE account_uuid = :account")
                .bind("account", account)
                .mapTo(Long.class)
                .one());
  }
}
