package plus.svc.billing.audit;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.customizer.FetchSize;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.audit.reference.Counter;
import plus.svc.billing.pipeline.snapshot.NodeSnapshot;
import plus.svc.billing.platform.Micros;
import plus.svc.billing.platform.SqlArrays;

/** Reads the evidence: nodes, their series, the archive, and what persons decided. */
interface EvidenceDao {

  /**
   * A node.
   *
   * @param source who sent its newest snapshot, null if the archive holds none
   */
  record NodeRow(
      int nodeKey,
      String env,
      String node,
      String composed,
      String region,
      boolean countFirst,
      Instant billingFrom,
      @Nullable Instant archiveFrom,
      @Nullable Instant lastBucketAt,
      @Nullable Instant firstAt,
      @Nullable Instant headAt,
      @Nullable String source) {}

  @SqlQuery(
      """
      SELECT n.node_key, n.env, n.node, n.composed, n.region, n.count_first, n.billing_from,
             n.archive_from, n.last_bucket_at, n.first_at, n.head_at, s.source_id AS source
        FROM billing.nodes n
        LEFT JOIN LATERAL (
             SELECT source_id
               FROM billing.snapshots
              WHERE node_key = n.node_key AND collected_at <= n.head_at
              ORDER BY collected_at DESC
              LIMIT 1) s ON TRUE
       ORDER BY n.composed COLLATE "C"
      """)
  @RegisterConstructorMapper(NodeRow.class)
  List<NodeRow> nodes();

  /** How many series nodes have. */
  record Size(int nodeKey, int series) {}

  @SqlQuery("SELECT node_key, count(*)::integer AS series FROM billing.series GROUP BY node_key")
  @RegisterConstructorMapper(Size.class)
  List<Size> sizes();

  /** A series; ordinals of a node run from 0 on without a gap. */
  record SeriesRow(
      int nodeKey, int ordinal, String identifier, String inboundTag, @Nullable UUID account) {}

  @SqlQuery(
      """
      SELECT node_key, ordinal, identifier::text AS identifier, inbound_tag,
             account_uuid AS account
        FROM billing.series
       WHERE node_key = ANY(:nodes)
       ORDER BY node_key, ordinal
      """)
  @RegisterConstructorMapper(SeriesRow.class)
  List<SeriesRow> series(@Bind("nodes") Integer[] nodes);

  /** A decision of a person. */
  record DecisionRow(int nodeKey, int ordinal, Instant collectedAt, String decision) {}

  @SqlQuery(
      """
      SELECT node_key, ordinal, collected_at, decision
        FROM billing.resolutions
       WHERE node_key = ANY(:nodes)
       ORDER BY node_key, ordinal, collected_at
      """)
  @RegisterConstructorMapper(DecisionRow.class)
  List<DecisionRow> decisions(@Bind("nodes") Integer[] nodes);

  /** A node's state as it is stored; instants in microseconds or {@link Counter#NEVER}. */
  record StateRow(int nodeKey, long firstAt, long headAt, long startedAt, List<Counter> counters) {}

  @SqlQuery(
      """
      SELECT node_key, first_at, head_at, started_at, uplink, downlink, uplink_since,
             downlink_since, seen_at, restarts, aside, aside_uplink, aside_downlink
        FROM billing.nodes
       WHERE node_key = ANY(:nodes)
       ORDER BY node_key
      """)
  @RegisterRowMapper(StateMapper.class)
  List<StateRow> heads(@Bind("nodes") Integer[] nodes);

  @SqlQuery(
      """
      SELECT DISTINCT ON (node_key)
             node_key, first_at, at, started_at, uplink, downlink, uplink_since, downlink_since,
             seen_at, restarts, aside, aside_uplink, aside_downlink
        FROM billing.node_states
       WHERE node_key = ANY(:nodes) AND at < :before
       ORDER BY node_key, at DESC
      """)
  @RegisterRowMapper(StateMapper.class)
  List<StateRow> keptBefore(@Bind("nodes") Integer[] nodes, @Bind("before") Instant before);

  @SqlQuery(
      """
      SELECT node_key, first_at, at, started_at, uplink, downlink, uplink_since, downlink_since,
             seen_at, restarts, aside, aside_uplink, aside_downlink
        FROM billing.node_states
       WHERE node_key = ANY(:nodes) AND at >= :from AND at < :until
       ORDER BY node_key, at
      """)
  @RegisterRowMapper(StateMapper.class)
  List<StateRow> keptBetween(
      @Bind("nodes") Integer[] nodes, @Bind("from") Instant from, @Bind("until") Instant until);

  /** An archived snapshot. */
  @SuppressWarnings("ArrayRecordComponent") // the digest is compared with Arrays.equals
  record SnapshotRow(
      int nodeKey, NodeSnapshot snapshot, byte[] digest, String source, Instant receivedAt) {}

  @SqlQuery(
      """
      SELECT node_key, collected_at, started_at, max_bytes_per_second, ordinals, uplink, downlink,
             digest, source_id, received_at
        FROM billing.snapshots
       WHERE node_key = ANY(:nodes) AND collected_at >= :from AND collected_at < :until
       ORDER BY node_key, collected_at
      """)
  @RegisterRowMapper(SnapshotMapper.class)
  @FetchSize(100)
  void snapshots(
      @Bind("nodes") Integer[] nodes,
      @Bind("from") Instant from,
      @Bind("until") Instant until,
      Consumer<SnapshotRow> each);

  @SqlQuery(
      """
      SELECT node_key, collected_at, started_at, max_bytes_per_second, ordinals, uplink, downlink,
             digest, source_id, received_at
        FROM billing.snapshots
       WHERE node_key = :node AND collected_at >= :from
       ORDER BY collected_at
       LIMIT 1
      """)
  @RegisterRowMapper(SnapshotMapper.class)
  List<SnapshotRow> next(@Bind("node") int node, @Bind("from") Instant from);

  /** Whose an identifier is: the account of that UUID, else the only one that has it as proxy. */
  @SqlQuery(
      """
      SELECT account_uuid
        FROM (SELECT account_uuid, account_uuid = :id AS own,
                     count(*) FILTER (WHERE proxy_uuid = :id) OVER () AS proxies
                FROM billing.identities
               WHERE account_uuid = :id OR proxy_uuid = :id) i
       WHERE own OR proxies = 1
       ORDER BY own DESC
       LIMIT 1
      """)
  List<UUID> owners(@Bind("id") UUID identifier);

  /** Maps a state from its first column on. */
  final class StateMapper implements RowMapper<StateRow> {
    @Override
    public StateRow map(ResultSet rs, StatementContext ctx) throws SQLException {
      long[] uplink = SqlArrays.longs(rs, 5);
      long[] downlink = SqlArrays.longs(rs, 6);
      long[] uplinkSince = SqlArrays.longs(rs, 7);
      long[] downlinkSince = SqlArrays.longs(rs, 8);
      long[] seenAt = SqlArrays.longs(rs, 9);
      int[] restarts = SqlArrays.ints(rs, 10);
      List<Counter> counters = new ArrayList<>(uplink.length);
      for (int i = 0; i < uplink.length; i++) {
        counters.add(
            Counter.of(
                uplink[i], downlink[i], uplinkSince[i], downlinkSince[i], seenAt[i], restarts[i]));
      }
      int[] aside = SqlArrays.ints(rs, 11);
      long[] asideUplink = SqlArrays.longs(rs, 12);
      long[] asideDownlink = SqlArrays.longs(rs, 13);
      for (int i = 0; i < aside.length; i++) {
        counters.get(aside[i]).hold(asideUplink[i], asideDownlink[i]);
      }
      return new StateRow(rs.getInt(1), micros(rs, 2), micros(rs, 3), micros(rs, 4), counters);
    }
  }

  /** Maps an archived snapshot. */
  final class SnapshotMapper implements RowMapper<SnapshotRow> {
    @Override
    public SnapshotRow map(ResultSet rs, StatementContext ctx) throws SQLException {
      int[] ordinals = SqlArrays.ints(rs, 5);
      long[] uplink = SqlArrays.longs(rs, 6);
      long[] downlink = SqlArrays.longs(rs, 7);
      // Columns of different length are no snapshot; its digest will say so.
      int size = Math.min(ordinals.length, Math.min(uplink.length, downlink.length));
      return new SnapshotRow(
          rs.getInt(1),
          new NodeSnapshot(
              micros(rs, 2),
              micros(rs, 3),
              rs.getLong(4),
              Arrays.copyOf(ordinals, size),
              Arrays.copyOf(uplink, size),
              Arrays.copyOf(downlink, size)),
          rs.getBytes(8),
          rs.getString(9),
          rs.getObject(10, OffsetDateTime.class).toInstant());
    }
  }

  private static long micros(ResultSet rs, int column) throws SQLException {
    @Nullable OffsetDateTime at = rs.getObject(column, OffsetDateTime.class);
    return Micros.ofNullable(at == null ? null : at.toInstant());
  }
}
