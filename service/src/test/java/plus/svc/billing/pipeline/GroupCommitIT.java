package plus.svc.billing.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static plus.svc.billing.pipeline.World.shot;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import plus.svc.billing.pipeline.source.SourceId;
import plus.svc.billing.quantity.NodeKey;
import plus.svc.billing.testing.PostgresHarness;

/** Pages that wait together share a transaction, and nothing else. */
class GroupCommitIT {

  private static final int SOURCES = 12;

  private final World world = new World(PostgresHarness.shared().freshDatabase());
  private final UUID user = world.user();
  private final GroupCommit commits =
      new GroupCommit(world.pipeline(), 1, 50_000, Duration.ofSeconds(10));

  @AfterEach
  void stop() throws Exception {
    commits.close();
  }

  private Delivery page(int node, String time, long bytes, long fence) {
    NodeKey key = new NodeKey("prod", "node-" + node);
    return new Delivery(
        new SourceId("source-" + node),
        world.policy,
        fence,
        List.of(shot(time).on(key).of(user, bytes, 0).snapshot()),
        new Progress(World.at(time), null, world.now));
  }

  private CompletableFuture<Receipt> send(Delivery delivery) {
    return CompletableFuture.supplyAsync(
        () -> commits.accept(delivery), work -> new Thread(work, "caller").start());
  }

  /** Has pages gather behind one that waits for the account's row. */
  private List<CompletableFuture<Receipt>> gathered(List<Delivery> deliveries) throws Exception {
    commits.accept(page(0, "10:00", 100, 0));
    List<CompletableFuture<Receipt>> sent = new ArrayList<>();
    try (Handle other = world.jdbi.open()) {
      other.begin();
      other.execute("SELECT FROM billing.account_states FOR UPDATE");
      sent.add(send(page(0, "10:01", 200, 0)));
      while (world.count("pg_locks", "NOT granted") == 0) {
        Thread.onSpinWait();
      }
      for (Delivery delivery : deliveries) {
        sent.add(send(delivery));
      }
      while (commits.waiting() < deliveries.size()) {
        Thread.onSpinWait();
      }
      other.rollback();
    }
    return sent;
  }

  @Test
  void pagesThatWaitTogetherShareATransactionAndAddUp() throws Exception {
    List<Delivery> pages = new ArrayList<>();
    for (int node = 1; node < SOURCES; node++) {
      pages.add(page(node, "10:00", 1_000L * node, 0));
    }
    for (CompletableFuture<Receipt> done : gathered(pages)) {
      assertThat(done.get().accepted()).isEqualTo(1);
    }
    assertThat(world.number("SELECT count(DISTINCT xmin::text) FROM billing.snapshots"))
        .as("transactions that wrote snapshots")
        .isEqualByComparingTo("3");
    long bytes = 200 + 1_000L * (SOURCES - 1) * SOURCES / 2;
    assertThat(world.usage(user)).isEqualTo(bytes);
    assertThat(world.balance(user)).isEqualByComparingTo(world.ledger(user));
    assertThat(world.count("public.billing_source_sync_state", "last_completed_until IS NOT NULL"))
        .isEqualTo(SOURCES);
  }

  @Test
  void aPageThatFailsFailsNobodyElse() throws Exception {
    List<CompletableFuture<Receipt>> sent =
        gathered(
            List.of(
                page(1, "10:00", 1_000, 0),
                page(2, "10:00", 9_999, 77),
                page(3, "10:00", 3_000, 0)));
    assertThat(sent.get(1).get().accepted()).isEqualTo(1);
    assertThatThrownBy(() -> sent.get(2).join())
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(FenceLost.class);
    assertThat(sent.get(3).get().accepted()).isEqualTo(1);
    assertThat(world.usage(user)).isEqualTo(4_200);
    assertThat(world.balance(user)).isEqualByComparingTo(world.ledger(user));
  }

  @Test
  void twiceTheSameSourceAndNodeIsTakenInItsOrder() throws Exception {
    List<CompletableFuture<Receipt>> sent =
        gathered(List.of(page(1, "10:00", 1_000, 0), page(1, "10:01", 1_500, 0)));
    for (CompletableFuture<Receipt> done : sent) {
      assertThat(done.get().accepted()).isEqualTo(1);
    }
    assertThat(world.usage(user)).isEqualTo(1_700);
  }

  @Test
  void whatComesAfterTheStopIsRefusedAndWritesNothing() throws Exception {
    commits.close();
    assertThatThrownBy(() -> commits.accept(page(1, "10:00", 1_000, 0)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("nothing was written");
    assertThat(world.count("billing.snapshots", "true")).isZero();
  }
}
