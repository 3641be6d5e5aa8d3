package plus.svc.billing.audit;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
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

/** Reads what is written about usage. */
interface FactsDao {

  /** The bytes of a bucket. */
  record BucketRow(
      BucketKey key,
      String region,
      long uplink,
      long downlink,
      long total,
      long rated,
      int revision) {}

  @SqlQuery(
      """
      SELECT floor(date_part('epoch', bucket_start) / 60)::bigint, node_id, account_uuid,
             line_code, region, uplink_bytes, downlink_bytes, total_bytes,
             included_bytes + charged_bytes, revision
        FROM public.traffic_minute_buckets
       WHERE bucket_start >= :from AND bucket_start < :until AND node_id = ANY(:nodes)
       ORDER BY bucket_start, node_id, account_uuid, region, line_code
      """)
  @RegisterRowMapper(BucketMapper.class)
  @FetchSize(1_000)
  void buckets(
      @Bind("nodes") String[] composed,
      @Bind("from") Instant from,
      @Bind("until") Instant until,
      Consumer<BucketRow> each);

  /** Usage without an account. */
  record UnattributedRow(
      int nodeKey, int ordinal, Instant bucketStart, long uplink, long downlink) {}

  @SqlQuery(
      """
      SELECT node_key, ordinal, bucket_start, uplink_bytes AS uplink, downlink_bytes AS downlink
        FROM billing.unattributed_usage
       WHERE node_key = ANY(:nodes) AND bucket_start >= :from AND bucket_start < :until
         AND (uplink_bytes <> 0 OR downlink_bytes <> 0)
       ORDER BY node_key, bucket_start, ordinal
      """)
  @RegisterConstructorMapper(UnattributedRow.class)
  @FetchSize(1_000)
  void unattributed(
      @Bind("nodes") Integer[] nodes,
      @Bind("from") Instant from,
      @Bind("until") Instant until,
      Consumer<UnattributedRow> each);

  /** A sample that metering set aside. */
  record AsideRow(
      int nodeKey,
      Instant collectedAt,
      String identifier,
      String inboundTag,
      String reason,
      String uplink,
      String downlink,
      long heldBytes) {}

  /** All that were set aside; those of the decoder can't be derived from the archive. */
  @SqlQuery(
      """
      SELECT node_key, collected_at, identifier, inbound_tag, reason, uplink, downlink, held_bytes
        FROM billing.set_asides
       WHERE node_key = ANY(:nodes) AND collected_at >= :from AND collected_at < :until
       ORDER BY node_key, collected_at, identifier, inbound_tag, reason
      """)
  @RegisterConstructorMapper(AsideRow.class)
  @FetchSize(1_000)
  void asides(
      @Bind("nodes") Integer[] nodes,
      @Bind("from") Instant from,
      @Bind("until") Instant until,
      Consumer<AsideRow> each);

  /** A restart that was noted. */
  record RestartRow(
      int nodeKey,
      Instant at,
      Instant blindFrom,
      boolean byEpoch,
      int seriesCount,
      long hiddenBytes) {}

  @SqlQuery(
      """
      SELECT node_key, at, blind_from, by_epoch, series_count, hidden_bytes
        FROM billing.restarts
       WHERE node_key = ANY(:nodes) AND at >= :from AND at < :until
       ORDER BY node_key, at
      """)
  @RegisterConstructorMapper(RestartRow.class)
  @FetchSize(1_000)
  void restarts(
      @Bind("nodes") Integer[] nodes,
      @Bind("from") Instant from,
      @Bind("until") Instant until,
      Consumer<RestartRow> each);

  /** A conflict whose outcome the archive does not hold. */
  record ConflictRow(int nodeKey, Instant collectedAt, String digestAfter) {}

  @SqlQuery(
      """
      SELECT c.node_key, c.collected_at, min(encode(c.digest_after, 'hex')) AS digest_after
        FROM billing.snapshot_conflicts c
        JOIN billing.snapshots s
          ON s.node_key = c.node_key AND s.collected_at = c.collected_at
       WHERE c.node_key = ANY(:nodes) AND c.collected_at >= :from AND c.collected_at < :until
       GROUP BY c.node_key, c.collected_at
      HAVING NOT bool_or(c.digest_after = s.digest)
       ORDER BY c.node_key, c.collected_at
      """)
  @RegisterConstructorMapper(ConflictRow.class)
  List<ConflictRow> conflicts(
      @Bind("nodes") Integer[] nodes, @Bind("from") Instant from, @Bind("until") Instant until);

  /** What readers see of an account's counters on a node. */
  record CheckpointRow(
      UUID account, long uplink, long downlink, Instant seenAt, long restarts, Instant updatedAt) {}

  @SqlQuery(
      """
      SELECT account_uuid AS account, last_uplink_total AS uplink, last_downlink_total AS downlink,
             last_seen_at AS seen_at, reset_epoch AS restarts, updated_at
        FROM public.traffic_stat_checkpoints
       WHERE node_id = :node AND last_seen_at >= :from AND last_seen_at < :until
       ORDER BY last_seen_at, account_uuid
      """)
  @RegisterConstructorMapper(CheckpointRow.class)
  List<CheckpointRow> checkpoints(
      @Bind("node") String composed, @Bind("from") Instant from, @Bind("until") Instant until);

  /** How far a source was read. */
  record ProgressRow(String source, Instant completedUntil) {}

  @SqlQuery(
      """
      SELECT source_id AS source, last_completed_until AS completed_until
        FROM public.billing_source_sync_state
       WHERE last_completed_until IS NOT NULL
       ORDER BY source_id COLLATE "C"
      """)
  @RegisterConstructorMapper(ProgressRow.class)
  List<ProgressRow> progress();

  /** Maps a bucket. */
  final class BucketMapper implements RowMapper<BucketRow> {
    @Override
    public BucketRow map(ResultSet rs, StatementContext ctx) throws SQLException {
      return new BucketRow(
          new BucketKey(
              rs.getLong(1), rs.getString(2), rs.getString(4), rs.getObject(3, UUID.class)),
          rs.getString(5),
          rs.getLong(6),
          rs.getLong(7),
          rs.getLong(8),
          rs.getLong(9),
          rs.getInt(10));
    }
  }
}
