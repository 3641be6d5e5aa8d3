package plus.svc.billing.pipeline;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.customizer.BindMethods;
import org.jdbi.v3.sqlobject.statement.SqlBatch;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.metering.NodeState;
import plus.svc.billing.platform.Micros;
import plus.svc.billing.platform.SqlArrays;
import plus.svc.billing.quantity.NodeKey;

/** Nodes and their metering state; the lock on a node's row serialises all who meter it. */
final class NodeStore {

  /** The order in which nodes are locked. */
  static final Comparator<NodeKey> ORDER =
      Comparator.comparing(NodeKey::composed).thenComparing(NodeKey::env);

  private final Dao dao;

  NodeStore(Handle handle) {
    this.dao = handle.attach(Dao.class);
  }

  /**
   * A node as it stands.
   *
   * @param region the region its buckets carry, fixed when the node was first seen
   * @param archiveFrom nothing before it can be corrected, since the archive was pruned; null if
   *     all can
   * @param lastBucketAt minute of its newest bucket, null if none
   */
  record Node(
      int nodeKey,
      NodeKey key,
      String region,
      boolean countFirst,
      Instant billingFrom,
      @Nullable Instant lastBucketAt,
      @Nullable Instant archiveFrom,
      NodeState state) {}

  /** A node's state as it is to be stored. */
  record Saved(int nodeKey, NodeState state, @Nullable Instant lastBucketAt) {}

  /** Locks the rows of those nodes that are known, in {@link #ORDER}. */
  Map<NodeKey, Node> lock(List<NodeKey> keys) {
    Map<NodeKey, Node> known = new HashMap<>();
    for (Node node : dao.lockAll(keys.stream().map(NodeKey::composed).toArray(String[]::new))) {
      known.put(node.key(), node);
    }
    return known;
  }

  /**
   * Locks a node's row. Region, first-snapshot policy and {@code billing_from} are fixed when the
   * node is first seen: facts must not depend on when a setting was changed. A node that an earlier
   * writer billed begins with a baseline whatever the policy, and not before what was billed.
   */
  Node lock(NodeKey key, String regionIfNew, boolean countFirst, Instant billingFrom) {
    Optional<Node> known = dao.lock(key.env(), key.node());
    if (known.isPresent()) {
      return known.get();
    }
    dao.insert(key.env(), key.node(), key.composed(), regionIfNew, countFirst, billingFrom);
    return dao.lock(key.env(), key.node()).orElseThrow(() -> new NodeNameTaken(key));
  }

  /** Locks the row of a node that is known to exist. */
  Node lockKnown(NodeKey key) {
    return dao.lock(key.env(), key.node())
        .orElseThrow(() -> new IllegalStateException("node " + key.composed() + " is gone"));
  }

  /** Stores what metering left. */
  void saveAll(List<Saved> nodes) {
    if (!nodes.isEmpty()) {
      dao.saveAll(nodes.stream().map(StateRow::of).toList());
    }
  }

  /** A state as columns. */
  @SuppressWarnings("ArrayRecordComponent") // bound to a statement, never compared
  public record StateRow(
      int node,
      @Nullable Instant firstAt,
      @Nullable Instant headAt,
      @Nullable Instant startedAt,
      @Nullable Instant lastBucketAt,
      long[] uplink,
      long[] downlink,
      long[] uplinkSince,
      long[] downlinkSince,
      long[] seenAt,
      int[] restarts,
      int[] aside,
      long[] asideUplink,
      long[] asideDownlink) {

    static StateRow of(Saved saved) {
      NodeState state = saved.state();
      return new StateRow(
          saved.nodeKey(),
          Micros.toNullable(state.firstAt()),
          Micros.toNullable(state.headAt()),
          Micros.toNullable(state.startedAt()),
          saved.lastBucketAt(),
          state.uplink(),
          state.downlink(),
          state.uplinkSince(),
          state.downlinkSince(),
          state.seenAt(),
          state.restarts(),
          NodeStore.aside(state),
          asideBytes(state, NodeState.Counters::uplink),
          asideBytes(state, NodeState.Counters::downlink));
    }
  }

  private static int[] aside(NodeState state) {
    return state.accepted().keySet().stream().mapToInt(Integer::intValue).toArray();
  }

  private static long[] asideBytes(NodeState state, ToLongFunction<NodeState.Counters> direction) {
    return state.accepted().values().stream().mapToLong(direction).toArray();
  }

  /** Keeps a state as a place to re-derive from. */
  void keep(int nodeKey, NodeState state) {
    dao.keep(
        nodeKey,
        Micros.toOffset(state.headAt()),
        Micros.toInstant(state.firstAt()),
        Micros.toNullable(state.startedAt()),
        state.uplink(),
        state.downlink(),
        state.uplinkSince(),
        state.downlinkSince(),
        state.seenAt(),
        state.restarts(),
        aside(state),
        asideBytes(state, NodeState.Counters::uplink),
        asideBytes(state, NodeState.Counters::downlink));
  }

  /** Forgets the states kept between two instants, which a change before them made untrue. */
  void forgetBetween(int nodeKey, long fromMicros, long untilMicros) {
    dao.forget(nodeKey, Micros.toOffset(fromMicros), Micros.toOffset(untilMicros));
  }

  /** The newest state kept strictly before an instant. */
  Optional<NodeState> keptBefore(int nodeKey, long micros) {
    return dao.keptBefore(nodeKey, Micros.toOffset(micros)).stream().findFirst();
  }

  /** The oldest state kept at an instant or after it. */
  Optional<NodeState> keptFrom(int nodeKey, long micros) {
    return dao.keptFrom(nodeKey, Micros.toOffset(micros)).stream().findFirst();
  }

  /** The states kept between two instants, both included, by their instants in microseconds. */
  Map<Long, NodeState> keptBetween(int nodeKey, long fromMicros, long untilMicros) {
    Map<Long, NodeState> kept = new HashMap<>();
    dao.keptBetween(nodeKey, Micros.toOffset(fromMicros), Micros.toOffset(untilMicros))
        .forEach(state -> kept.put(state.headAt(), state));
    return kept;
  }

  /** Statements on {@code billing.nodes} and {@code billing.node_states}. */
  interface Dao {

    @SqlQuery(
        """
        SELECT node_key, env, node, region, count_first, billing_from, last_bucket_at, archive_from,
               first_at, head_at, started_at,
               uplink, downlink, uplink_since, downlink_since, seen_at,
               restarts, aside, aside_uplink, aside_downlink
          FROM billing.nodes
         WHERE composed = ANY(:composed)
         ORDER BY composed COLLATE "C"
           FOR UPDATE
        """)
    @RegisterRowMapper(NodeMapper.class)
    List<Node> lockAll(@Bind("composed") String[] composed);

    @SqlQuery(
        """
        SELECT node_key, env, node, region, count_first, billing_from, last_bucket_at, archive_from,
               first_at, head_at, started_at,
               uplink, downlink, uplink_since, downlink_since, seen_at,
               restarts, aside, aside_uplink, aside_downlink
          FROM billing.nodes
         WHERE env = :env AND node = :node
           FOR UPDATE
        """)
    @RegisterRowMapper(NodeMapper.class)
    Optional<Node> lock(@Bind("env") String env, @Bind("node") String node);

    @SqlUpdate(
        """
        INSERT INTO billing.nodes
               (env, node, composed, region, count_first, billing_from)
        SELECT :env, :node, n.composed, :region, :countFirst AND t.composed IS NULL,
               greatest(:billingFrom, t.billing_from)
          FROM (VALUES (:composed)) AS n (composed)
          LEFT JOIN billing.node_takeovers t ON t.composed = n.composed
            ON CONFLICT DO NOTHING
        """)
    void insert(
        @Bind("env") String env,
        @Bind("node") String node,
        @Bind("composed") String composed,
        @Bind("region") String region,
        @Bind("countFirst") boolean countFirst,
        @Bind("billingFrom") Instant billingFrom);

    @SqlBatch(
        """
        UPDATE billing.nodes
           SET first_at = :firstAt, head_at = :headAt, started_at = :startedAt,
               last_bucket_at = :lastBucketAt, uplink = :uplink, downlink = :downlink,
               uplink_since = :uplinkSince, downlink_since = :downlinkSince,
               seen_at = :seenAt, restarts = :restarts, aside = :aside,
               aside_uplink = :asideUplink, aside_downlink = :asideDownlink
         WHERE node_key = :node
        """)
    void saveAll(@BindMethods List<StateRow> nodes);

    @SqlUpdate(
        """
        INSERT INTO billing.node_states
               (node_key, at, first_at, started_at, uplink, downlink, uplink_since, downlink_since,
                seen_at, restarts, aside, aside_uplink, aside_downlink)
        VALUES (:node, :at, :firstAt, :startedAt, :uplink, :downlink, :uplinkSince, :downlinkSince,
                :seenAt, :restarts, :aside, :asideUplink, :asideDownlink)
            ON CONFLICT (node_key, at) DO UPDATE
           SET first_at = excluded.first_at, started_at = excluded.started_at,
               uplink = excluded.uplink, downlink = excluded.downlink,
               uplink_since = excluded.uplink_since, downlink_since = excluded.downlink_since,
               seen_at = excluded.seen_at, restarts = excluded.restarts,
               aside = excluded.aside, aside_uplink = excluded.aside_uplink,
               aside_downlink = excluded.aside_downlink
        """)
    @SuppressWarnings("TooManyParameters")
    void keep(
        @Bind("node") int nodeKey,
        @Bind("at") OffsetDateTime at,
        @Bind("firstAt") Instant firstAt,
        @Bind("startedAt") @Nullable Instant startedAt,
        @Bind("uplink") long[] uplink,
        @Bind("downlink") long[] downlink,
        @Bind("uplinkSince") long[] uplinkSince,
        @Bind("downlinkSince") long[] downlinkSince,
        @Bind("seenAt") long[] seenAt,
        @Bind("restarts") int[] restarts,
        @Bind("aside") int[] aside,
        @Bind("asideUplink") long[] asideUplink,
        @Bind("asideDownlink") long[] asideDownlink);

    @SqlUpdate(
        """
        DELETE FROM billing.node_states
         WHERE node_key = :node AND at >= :from AND at <= :until
        """)
    void forget(
        @Bind("node") int nodeKey,
        @Bind("from") OffsetDateTime from,
        @Bind("until") OffsetDateTime until);

    @SqlQuery(
        """
        SELECT first_at, at, started_at, uplink, downlink, uplink_since, downlink_since, seen_at,
               restarts, aside, aside_uplink, aside_downlink
          FROM billing.node_states
         WHERE node_key = :node AND at < :before
         ORDER BY at DESC
         LIMIT 1
        """)
    @RegisterRowMapper(StateMapper.class)
    List<NodeState> keptBefore(@Bind("node") int nodeKey, @Bind("before") OffsetDateTime before);

    @SqlQuery(
        """
        SELECT first_at, at, started_at, uplink, downlink, uplink_since, downlink_since, seen_at,
               restarts, aside, aside_uplink, aside_downlink
          FROM billing.node_states
         WHERE node_key = :node AND at >= :from
         ORDER BY at
         LIMIT 1
        """)
    @RegisterRowMapper(StateMapper.class)
    List<NodeState> keptFrom(@Bind("node") int nodeKey, @Bind("from") OffsetDateTime from);

    @SqlQuery(
        """
        SELECT first_at, at, started_at, uplink, downlink, uplink_since, downlink_since, seen_at,
               restarts, aside, aside_uplink, aside_downlink
          FROM billing.node_states
         WHERE node_key = :node AND at >= :from AND at <= :until
        """)
    @RegisterRowMapper(StateMapper.class)
    List<NodeState> keptBetween(
        @Bind("node") int nodeKey,
        @Bind("from") OffsetDateTime from,
        @Bind("until") OffsetDateTime until);
  }

  /** Maps a node's row. */
  public static final class NodeMapper implements RowMapper<Node> {
    @Override
    public Node map(ResultSet rs, StatementContext ctx) throws SQLException {
      @Nullable OffsetDateTime lastBucket = rs.getObject(7, OffsetDateTime.class);
      @Nullable OffsetDateTime archiveFrom = rs.getObject(8, OffsetDateTime.class);
      return new Node(
          rs.getInt(1),
          new NodeKey(rs.getString(2), rs.getString(3)),
          rs.getString(4),
          rs.getBoolean(5),
          rs.getObject(6, OffsetDateTime.class).toInstant(),
          lastBucket == null ? null : lastBucket.toInstant(),
          archiveFrom == null ? null : archiveFrom.toInstant(),
          state(rs, 9));
    }
  }

  /** Maps a kept state. */
  public static final class StateMapper implements RowMapper<NodeState> {
    @Override
    public NodeState map(ResultSet rs, StatementContext ctx) throws SQLException {
      return state(rs, 1);
    }
  }

  /** Reads first, head, started and the nine columns of counters from column {@code from} on. */
  private static NodeState state(ResultSet rs, int from) throws SQLException {
    int[] aside = SqlArrays.ints(rs, from + 9);
    long[] uplink = SqlArrays.longs(rs, from + 10);
    long[] downlink = SqlArrays.longs(rs, from + 11);
    Map<Integer, NodeState.Counters> accepted = new HashMap<>();
    for (int i = 0; i < aside.length; i++) {
      accepted.put(aside[i], new NodeState.Counters(uplink[i], downlink[i]));
    }
    return NodeState.of(
        micros(rs, from),
        micros(rs, from + 1),
        micros(rs, from + 2),
        SqlArrays.longs(rs, from + 3),
        SqlArrays.longs(rs, from + 4),
        SqlArrays.longs(rs, from + 5),
        SqlArrays.longs(rs, from + 6),
        SqlArrays.longs(rs, from + 7),
        SqlArrays.ints(rs, from + 8),
        accepted);
  }

  private static long micros(ResultSet rs, int column) throws SQLException {
    @Nullable OffsetDateTime at = rs.getObject(column, OffsetDateTime.class);
    return Micros.ofNullable(at == null ? null : at.toInstant());
  }
}
