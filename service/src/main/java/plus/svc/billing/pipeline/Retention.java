package plus.svc.billing.pipeline;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import plus.svc.billing.pipeline.metering.NodeState;
import plus.svc.billing.platform.DatabaseClock;
import plus.svc.billing.platform.Micros;
import plus.svc.billing.quantity.NodeKey;

/**
 * Keeps the archive for a configured time: prepares the partitions of the days to come and drops
 * those that are over. Before anything goes, each node's state at the horizon is kept, so that
 * every later correction still has its basis; a snapshot from before the horizon that comes after
 * that is set aside and says so. What was found in the days that go (restarts, conflicts, samples
 * set aside) goes with them. The record of jobs that ran is kept as long.
 */
public final class Retention {

  private static final int DAYS_AHEAD = 3;

  private final Jdbi jdbi;
  private final Duration keep;

  /**
   * @param keep how long snapshots are kept
   */
  public Retention(Jdbi jdbi, Duration keep) {
    this.jdbi = jdbi;
    this.keep = keep;
  }

  /**
   * What pruning does, or would do.
   *
   * @param horizon a midnight (UTC); nothing before it is kept
   * @param snapshots how many lie before it
   * @param partitions how many days were dropped
   */
  public record Outcome(Instant horizon, long snapshots, int partitions) {}

  /** Has partitions for today and the days to come. */
  public void prepare(Instant now) {
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    jdbi.useHandle(
        handle -> {
          for (int ahead = 0; ahead <= DAYS_AHEAD; ahead++) {
            handle.attach(Dao.class).prepareDay(today.plusDays(ahead));
          }
        });
  }

  /**
   * What {@link #prune} would do now. A clock of ours that is ahead drops nothing: the database's
   * must be as far.
   */
  public Outcome plan(Instant now) {
    Instant databaseNow = new DatabaseClock(jdbi).instant();
    Instant sure = now.isBefore(databaseNow) ? now : databaseNow;
    Instant horizon = sure.minus(keep).truncatedTo(ChronoUnit.DAYS);
    long snapshots = jdbi.withHandle(handle -> handle.attach(Dao.class).countBefore(horizon));
    return new Outcome(horizon, snapshots, 0);
  }

  /** Prunes; each node in a transaction of its own, then the days that nobody needs any more. */
  public Outcome prune(Instant now) {
    Outcome plan = plan(now);
    List<NodeKey> nodes =
        jdbi.withHandle(
            handle ->
                handle
                    .createQuery("SELECT env, node FROM billing.nodes ORDER BY composed")
                    .map((rs, ctx) -> new NodeKey(rs.getString(1), rs.getString(2)))
                    .list());
    for (NodeKey node : nodes) {
      jdbi.useTransaction(handle -> settle(handle, node, plan.horizon()));
    }
    int dropped = jdbi.inTransaction(handle -> handle.attach(Dao.class).dropBefore(plan.horizon()));
    jdbi.useHandle(handle -> handle.attach(Dao.class).forgetRuns(plan.horizon()));
    return new Outcome(plan.horizon(), plan.snapshots(), dropped);
  }

  /**
   * Sees to it that a node's state as of the horizon is kept, the basis of whatever is derived
   * later. The horizon is a midnight and metering keeps the state before every full hour it passes,
   * so only a node that stopped before it needs anything.
   */
  private static void settle(Handle handle, NodeKey key, Instant horizon) {
    NodeStore store = new NodeStore(handle);
    NodeStore.Node node = store.lockKnown(key);
    NodeState state = node.state();
    if (state.headAt() == NodeState.NEVER) {
      return;
    }
    if (state.headAt() < Micros.of(horizon)) {
      store.keep(node.nodeKey(), state);
    }
    Dao dao = handle.attach(Dao.class);
    dao.noteHorizon(node.nodeKey(), horizon);
    dao.forgetStates(node.nodeKey(), horizon);
    dao.forgetConflicts(node.nodeKey(), horizon);
    dao.forgetSetAsides(node.nodeKey(), horizon);
    dao.forgetRestarts(node.nodeKey(), horizon);
  }

  /** Statements of retention. */
  interface Dao {

    @SqlQuery("SELECT billing.prepare_archive_day(:day)")
    boolean prepareDay(@Bind("day") LocalDate day);

    @SqlQuery("SELECT count(*) FROM billing.snapshots WHERE collected_at < :horizon")
    long countBefore(@Bind("horizon") Instant horizon);

    @SqlQuery("SELECT billing.drop_archive_before(:horizon)")
    int dropBefore(@Bind("horizon") Instant horizon);

    @SqlUpdate(
        """
        UPDATE billing.nodes
           SET archive_from = greatest(archive_from, :horizon)
         WHERE node_key = :node
        """)
    void noteHorizon(@Bind("node") int nodeKey, @Bind("horizon") Instant horizon);

    @SqlUpdate(
        """
        DELETE FROM billing.node_states
         WHERE node_key = :node
           AND at < (SELECT max(at) FROM billing.node_states
                      WHERE node_key = :node AND at < :horizon)
        """)
    void forgetStates(@Bind("node") int nodeKey, @Bind("horizon") Instant horizon);

    @SqlUpdate(
        """
        DELETE FROM billing.snapshot_conflicts
         WHERE node_key = :node AND collected_at < :horizon
        """)
    void forgetConflicts(@Bind("node") int nodeKey, @Bind("horizon") Instant horizon);

    /** Without the snapshot nothing can be decided on a sample; what says so stays. */
    @SqlUpdate(
        """
        DELETE FROM billing.set_asides
         WHERE node_key = :node AND collected_at < :horizon AND reason <> 'EVIDENCE_PRUNED'
        """)
    void forgetSetAsides(@Bind("node") int nodeKey, @Bind("horizon") Instant horizon);

    @SqlUpdate("DELETE FROM billing.restarts WHERE node_key = :node AND at < :horizon")
    void forgetRestarts(@Bind("node") int nodeKey, @Bind("horizon") Instant horizon);

    @SqlUpdate("DELETE FROM billing.job_runs WHERE started_at < :horizon")
    void forgetRuns(@Bind("horizon") Instant horizon);
  }
}
