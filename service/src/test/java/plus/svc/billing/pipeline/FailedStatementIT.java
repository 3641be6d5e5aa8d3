package plus.svc.billing.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static plus.svc.billing.pipeline.World.shot;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import plus.svc.billing.pipeline.snapshot.RejectReason;
import plus.svc.billing.pipeline.snapshot.RejectedSample;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.platform.BillingJdbiPlugin;
import plus.svc.billing.quantity.NodeKey;
import plus.svc.billing.testing.PostgresHarness;
import plus.svc.billing.testing.TestDatabase;

/**
 * Every single statement of the write transaction fails once: nothing of the delivery may be left,
 * and the next try must write all of it.
 */
class FailedStatementIT {

  private static final NodeKey OTHER = new NodeKey("prod", "us-node");
  private static final UUID A = new UUID(7, 1);
  private static final UUID B = new UUID(7, 2);
  private static final UUID STRANGER = new UUID(7, 3);
  private static final UUID LATECOMER = new UUID(7, 4);

  private final TestDatabase database = PostgresHarness.shared().freshDatabase();
  private final TestDatabase twin = PostgresHarness.shared().freshDatabase();
  private final FailingSource source = new FailingSource(database.dataSource());
  private final World failing =
      prepared(new World(Jdbi.create(source).installPlugin(new BillingJdbiPlugin())));

  @AfterEach
  void drop() {
    PostgresHarness.shared().drop(database);
    PostgresHarness.shared().drop(twin);
  }

  /** A world with a past: a baseline, usage, quota, a period by accounts, a top-up to take in. */
  private static World prepared(World world) {
    world.rating = PipelineIT.withQuota(world, 150);
    world.user(A, A);
    world.user(B, B);
    world.deliver(
        shot("10:57").of(A, 100, 0).of(B, 10, 10).of(STRANGER, 4, 0).of(LATECOMER, 6, 0),
        shot("10:59").of(A, 300, 0).of(B, 10, 10).of(STRANGER, 5, 0).of(LATECOMER, 7, 0));
    world.user(LATECOMER, LATECOMER);
    world.jdbi.useHandle(
        h -> {
          h.execute(
              """
              UPDATE public.account_quota_states
                 SET period_start = '2026-04-01Z', period_end = '2026-05-01Z',
                     remaining_included_quota = 40
               WHERE account_uuid = ?
              """,
              A);
          h.execute(
              """
              INSERT INTO public.billing_ledger
                     (id, account_uuid, bucket_start, bucket_end, entry_type, amount_delta)
              VALUES (gen_random_uuid(), ?, '2026-04-08Z', '2026-04-08Z', 'topup', 5)
              """,
              A);
        });
    return world;
  }

  /** Something of everything: late, in order, a tie, a restart, a set-aside, a new node. */
  private static List<Snapshot> delivery() {
    List<Snapshot> snapshots = new ArrayList<>();
    snapshots.add(shot("10:58").of(A, 180, 0).of(B, 10, 10).snapshot());
    snapshots.add(shot("10:59").of(A, 310, 0).of(B, 10, 10).snapshot());
    World.Shot rejected = shot("11:00").of(A, 20, 0).of(B, 40, 40).of(STRANGER, 9, 0);
    rejected.rejected.add(new RejectedSample("x", "", "1", "1", RejectReason.BAD_IDENTIFIER));
    snapshots.add(rejected.snapshot());
    snapshots.add(shot("11:01").of(A, 10, 0).of(B, 40, 40).of(LATECOMER, 9, 0).snapshot());
    snapshots.add(shot("11:01").on(OTHER).of(A, 70, 0).snapshot());
    return snapshots;
  }

  private static LawsFacts facts(Jdbi jdbi) {
    return new LawsFacts(jdbi, List.of(World.NODE, OTHER), List.of(A, B, LATECOMER));
  }

  @Test
  void whicheverStatementFailsNothingIsLeftAndTheNextTryWritesEverything() {
    World clean = prepared(new World(twin));
    clean.deliver(delivery());
    Map<String, String> before = TableDigests.of(database.jdbi());
    int statements = 0;
    while (failsAt(++statements)) {
      assertThat(TableDigests.changes(before, TableDigests.of(database.jdbi())))
          .as("after a failure at %d: %s", statements, source.last())
          .isEmpty();
    }
    assertThat(statements).isGreaterThan(25);
    assertSameFacts();
  }

  private boolean failsAt(int n) {
    source.failAt(n, FailingSource.Moment.BEFORE);
    try {
      failing.deliver(delivery());
      return false;
    } catch (RuntimeException e) {
      assertThat(e).hasStackTraceContaining("injected");
      return true;
    }
  }

  @Test
  void aFailureAfterTheServerDidItsPartLeavesNothingEither() {
    Map<String, String> before = TableDigests.of(database.jdbi());
    int statements = 0;
    do {
      source.failAt(++statements, FailingSource.Moment.AFTER);
      assertThatThrownBy(() -> failing.deliver(delivery())).hasStackTraceContaining("injected");
      if (!source.last().equals("COMMIT")) {
        assertThat(TableDigests.changes(before, TableDigests.of(database.jdbi())))
            .as("after a failure at %d: %s", statements, source.last())
            .isEmpty();
      }
    } while (!source.last().equals("COMMIT"));
    // The commit was done and its answer lost: the caller tries again and finds everything there.
    prepared(new World(twin)).deliver(delivery());
    assertSameFacts();
    Map<String, String> committed = TableDigests.of(database.jdbi());
    source.failAt(0, FailingSource.Moment.BEFORE);
    Receipt again = failing.deliver(delivery());
    assertThat(again.ledgerRows()).isZero();
    assertThat(TableDigests.changes(committed, TableDigests.of(database.jdbi()))).isEmpty();
  }

  private void assertSameFacts() {
    LawsFacts mine = facts(database.jdbi());
    LawsFacts theirs = facts(twin.jdbi());
    assertThat(mine.read()).isEqualTo(theirs.read());
    assertThat(mine.ledgerSums()).isEqualTo(theirs.ledgerSums());
    assertThat(mine.ownBalances()).isEqualTo(mine.ledgerSums());
    assertThat(mine.remaining()).isEqualTo(theirs.remaining());
    assertThat(mine.bucketsThatDifferFromTheirRows()).isEmpty();
  }

  @Test
  void theNumberOfStatementsDoesNotGrowWithTheAccounts() {
    assertThat(statementsFor(60)).isEqualTo(statementsFor(3));
  }

  private int statementsFor(int accounts) {
    NodeKey node = new NodeKey("prod", "of-" + accounts);
    World.Shot first = shot("10:00").on(node);
    World.Shot second = shot("10:01").on(node);
    for (int i = 0; i < accounts; i++) {
      UUID user = failing.user();
      first.of(user, 100, 0);
      second.of(user, 200, 0);
    }
    failing.deliver(first);
    source.failAt(0, FailingSource.Moment.BEFORE);
    failing.deliver(second);
    return source.sent();
  }
}
