package plus.svc.billing.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import plus.svc.billing.testing.TestDatabase;
import plus.svc.billing.wallet.WalletEngine;
import plus.svc.billing.wallet.WalletFacts;
import plus.svc.billing.wallet.WalletProcess;

/**
 * Wallets in processes of their own and a real PostgreSQL, ended in every rude way under load: what
 * was acknowledged is there, nothing is there twice, every sum is right, and what was stored
 * without being applied is applied once, by itself. {@code crash.seed} repeats the choices.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "it has no signals")
final class WalletCrashIT {

  private static final long SEED = Long.getLong("crash.seed", new Random().nextInt(1_000_000));

  @TempDir static Path folder;
  private static CrashPostgres postgres;

  private final Random random = new Random(SEED);
  private final List<UUID> users = new ArrayList<>();
  private final List<String> holds = new ArrayList<>();

  /** Every line sent, by its key. */
  private final Map<String, String> sent = new ConcurrentHashMap<>();

  /** What was acknowledged, by key. */
  private final Map<String, String> told = new ConcurrentHashMap<>();

  @BeforeAll
  static void start() throws IOException {
    System.out.println("wallet crash tests: -Dcrash.seed=" + SEED);
    postgres = CrashPostgres.start(folder.resolve("postgres"));
  }

  @AfterAll
  static void stop() throws IOException {
    postgres.close();
  }

  @Test
  void noAcknowledgedOperationIsLostAndNoneIsDoneTwice() throws Exception {
    TestDatabase database = postgres.freshDatabase();
    Jdbi jdbi = database.jdbi();
    for (int i = 0; i < 4; i++) {
      UUID user = UUID.randomUUID();
      users.add(user);
      jdbi.useHandle(
          h -> h.execute("INSERT INTO public.users (uuid, proxy_uuid) VALUES (?, ?)", user, user));
    }
    List<WalletChild> children = new ArrayList<>();
    try {
      children.add(WalletChild.start(database, told));
      children.add(WalletChild.start(database, told));
      load(children, 80);
      for (int blow = 0; blow < 3; blow++) {
        int sentBefore = sent.size();
        load(children, 120);
        awaitAnswers(sentBefore - 20 + random.nextInt(100));
        if (blow % 2 == 0) {
          children.remove(random.nextInt(2)).kill();
          children.add(WalletChild.start(database, told));
        } else {
          postgres.stopAtOnce();
          Patience.pause(Duration.ofMillis(random.nextInt(200)));
          postgres.startAgain();
        }
        askAgain(children);
      }
      load(children, 100);
    } finally {
      for (WalletChild child : children) {
        child.kill();
      }
    }
    judge(jdbi);
  }

  /** Requests of every kind at once; nobody waits for an answer. */
  private void load(List<WalletChild> children, int most) {
    for (int i = 0; i < most; i++) {
      String key = "k" + sent.size();
      String line = key + " " + request(key);
      sent.put(key, line);
      children.get(random.nextInt(children.size())).send(line);
    }
  }

  private String request(String key) {
    UUID user = users.get(random.nextInt(users.size()));
    BigDecimal amount = BigDecimal.valueOf(1 + random.nextInt(300), 2);
    int which = random.nextInt(10);
    if (which > 7 && holds.isEmpty()) {
      which = 0;
    }
    return switch (which) {
      case 0, 1 -> "post " + user + " " + amount + " -";
      case 2 -> "post " + user + " " + amount.negate() + " -";
      case 3 -> "append " + user + " " + amount + " -";
      case 4 -> "append " + user + " " + amount.negate() + " -";
      case 5 -> "deduct " + user + " " + (1 + random.nextInt(5)) + " -";
      case 6 -> {
        holds.add(key);
        yield random.nextBoolean()
            ? "reserve " + user + " " + amount + " -"
            : "reserve_use " + user + " " + (1 + random.nextInt(5)) + " -";
      }
      case 7 -> "transfer " + user + " " + amount + " " + users.get(random.nextInt(users.size()));
      case 8 -> "commit " + user + " 0 " + holds.get(random.nextInt(holds.size()));
      default -> "void " + user + " 0 " + holds.get(random.nextInt(holds.size()));
    };
  }

  private void awaitAnswers(int most) {
    Patience.until("answers come", () -> told.size() >= Math.min(most, sent.size()));
  }

  /** A caller who got no answer asks again, but for some, who give up: what they asked stays. */
  private void askAgain(List<WalletChild> children) {
    for (Map.Entry<String, String> one : List.copyOf(sent.entrySet())) {
      if (!told.containsKey(one.getKey()) && random.nextInt(3) > 0) {
        children.get(random.nextInt(children.size())).send(one.getValue());
      }
    }
  }

  private void judge(Jdbi jdbi) {
    try (WalletEngine last = WalletProcess.engine(jdbi)) {
      Patience.until(
          "what was stored is applied and the holds' time is over",
          () -> {
            last.tending().tend();
            return count(jdbi, "billing.requests") == count(jdbi, "billing.operations")
                && count(jdbi, "billing.holds WHERE state = 'active'") == 0
                && count(jdbi, "billing.foreign_entries") == 0;
          });
      assertThat(last.tending().repair()).isZero();
    }
    assertThat(WalletFacts.violations(jdbi)).isEmpty();
    assertThat(count(jdbi, "public.account_quota_states WHERE held <> 0 OR open_holds <> 0"))
        .isZero();
    Map<String, String> done = new ConcurrentHashMap<>();
    jdbi.useHandle(
        h ->
            h.createQuery(
                    """
                    SELECT r.idempotency_key, o.status || ' ' || coalesce((
                             SELECT sum(l.amount_delta) FROM public.billing_ledger l
                              WHERE l.operation_id = r.request_id), 0)
                      FROM billing.requests r JOIN billing.operations o USING (request_id)
                    """)
                .map((rs, c) -> Map.entry(rs.getString(1), rs.getString(2)))
                .forEach(row -> done.put(row.getKey(), row.getValue())));
    assertThat(told).hasSizeGreaterThan(sent.size() / 4);
    told.forEach(
        (key, status) -> {
          assertThat(done.getOrDefault(key, "lost")).as(sent.get(key)).startsWith(status);
        });
    done.forEach((key, what) -> assertAmount(sent.getOrDefault(key, ""), what));
  }

  /** Of postings the amount is known: it is there once. */
  private static void assertAmount(String line, String what) {
    String[] words = line.split(" ", -1);
    String[] status = what.split(" ", -1);
    if (status[0].equals("rejected")) {
      assertThat(new BigDecimal(status[1])).as(line).isZero();
    } else if (words[1].equals("post") || words[1].equals("append")) {
      assertThat(new BigDecimal(status[1])).as(line).isEqualByComparingTo(words[3]);
    }
  }

  private static long count(Jdbi jdbi, String what) {
    return jdbi.withHandle(
        h -> h.createQuery("SELECT count(*) FROM " + what).mapTo(long.class).one());
  }
}
