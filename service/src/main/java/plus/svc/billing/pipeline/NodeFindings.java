package plus.svc.billing.pipeline;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import plus.svc.billing.pipeline.metering.Decision;
import plus.svc.billing.pipeline.metering.Decisions;
import plus.svc.billing.pipeline.metering.MeterLog;
import plus.svc.billing.pipeline.snapshot.NodeSnapshot;
import plus.svc.billing.pipeline.snapshot.RejectedSample;
import plus.svc.billing.pipeline.snapshot.SeriesDictionary;
import plus.svc.billing.pipeline.snapshot.SeriesKey;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.platform.Micros;
import plus.svc.billing.quantity.Minutes;

/**
 * What is found about a node aside from usage of known accounts: samples set aside, restarts, usage
 * without an account, and what a person decided about them.
 */
final class NodeFindings {

  private final Handle handle;
  private final int nodeKey;
  private final Map<SetAsideKey, SetAsideRow> setAsides = new LinkedHashMap<>();
  private final Map<Long, MeterLog.Restart> restarts = new LinkedHashMap<>();
  private final Map<UsageKey, long[]> unattributed = new LinkedHashMap<>();

  NodeFindings(Handle handle, int nodeKey) {
    this.handle = handle;
    this.nodeKey = nodeKey;
  }

  private record SetAsideKey(long at, String identifier, String inbound, String reason) {}

  private record SetAsideRow(String uplink, String downlink, long held) {}

  private record UsageKey(int ordinal, long minute) {}

  /** Usage of a minute that had no account. */
  record Usage(long minute, long uplink, long downlink) {}

  /** What was decided about samples of nodes, by node; nothing where nothing was. */
  static Map<Integer, Decisions> decisions(Handle handle, List<Integer> nodeKeys) {
    Map<Integer, Map<Decisions.At, Decision>> byNode = new HashMap<>();
    for (DecisionRow row : handle.attach(Dao.class).decisions(nodeKeys.toArray(Integer[]::new))) {
      byNode.computeIfAbsent(row.nodeKey(), key -> new HashMap<>()).put(row.at(), row.decision());
    }
    Map<Integer, Decisions> decisions = new HashMap<>();
    byNode.forEach((key, found) -> decisions.put(key, new Decisions(found)));
    return decisions;
  }

  private Dao dao() {
    return handle.attach(Dao.class);
  }

  /** Records a decision; a later one on the same sample replaces it. */
  void decide(int ordinal, Instant at, Decision decision, String by, String reason, Instant now) {
    dao().decide(nodeKey, ordinal, at, decision.name(), by, reason, now);
  }

  /** Samples the decoder set aside. */
  void rejected(Snapshot snapshot) {
    for (RejectedSample sample : snapshot.rejected()) {
      setAsides.put(
          new SetAsideKey(
              Micros.of(snapshot.collectedAt()),
              sample.identifier(),
              sample.inboundTag(),
              sample.reason().name()),
          new SetAsideRow(sample.uplink(), sample.downlink(), 0));
    }
  }

  /**
   * A snapshot so old that the archive around it was pruned: what it changes can't be derived any
   * more, so it is set aside whole and nothing is guessed.
   */
  void beyondEvidence(NodeSnapshot snapshot) {
    setAsides.put(
        new SetAsideKey(snapshot.atMicros(), "*", "", SetAsides.EVIDENCE_PRUNED),
        new SetAsideRow(snapshot.ordinals().length + " samples", "", 0));
  }

  /** What metering found. */
  void found(MeterLog log, SeriesDictionary dictionary) {
    for (MeterLog.SetAside sample : log.setAsides()) {
      SeriesKey series = dictionary.key(sample.ordinal());
      setAsides.put(
          new SetAsideKey(
              sample.atMicros(), series.identifier(), series.inboundTag(), sample.reason().name()),
          new SetAsideRow(
              Long.toString(sample.uplinkBytes()),
              Long.toString(sample.downlinkBytes()),
              sample.heldBytes()));
    }
    for (MeterLog.Restart restart : log.restarts()) {
      restarts.put(restart.atMicros(), restart);
    }
  }

  /** What metering finds after a change, in the place of what it had found in that time. */
  void replace(long afterMicros, long untilMicros, MeterLog log, SeriesDictionary dictionary) {
    OffsetDateTime after = Micros.toOffset(afterMicros);
    OffsetDateTime until = Micros.toOffset(untilMicros);
    dao().forgetSetAsides(nodeKey, after, until);
    dao().forgetRestarts(nodeKey, after, until);
    found(log, dictionary);
  }

  /** Adds usage of a series without an account; negative takes back. */
  void unattributed(int ordinal, long minute, long uplink, long downlink) {
    long[] sums = unattributed.computeIfAbsent(new UsageKey(ordinal, minute), k -> new long[2]);
    sums[0] = Math.addExact(sums[0], uplink);
    sums[1] = Math.addExact(sums[1], downlink);
  }

  /** Takes the usage that a series gathered before its account was known. */
  List<Usage> takeUnattributed(int ordinal) {
    return dao().takeUnattributed(nodeKey, ordinal);
  }

  SetAsides setAsides() {
    return SetAsides.of(setAsides.keySet().stream().map(SetAsideKey::reason));
  }

  int restarts() {
    return restarts.size();
  }

  /** Writes what was found. */
  void write() {
    if (!setAsides.isEmpty()) {
      List<SetAsideKey> keys = new ArrayList<>(setAsides.keySet());
      List<SetAsideRow> rows = new ArrayList<>(setAsides.values());
      dao()
          .insertSetAsides(
              nodeKey,
              keys.stream().map(k -> Micros.toOffset(k.at())).toArray(OffsetDateTime[]::new),
              keys.stream().map(k -> clean(k.identifier())).toArray(String[]::new),
              keys.stream().map(k -> clean(k.inbound())).toArray(String[]::new),
              keys.stream().map(SetAsideKey::reason).toArray(String[]::new),
              rows.stream().map(r -> clean(r.uplink())).toArray(String[]::new),
              rows.stream().map(r -> clean(r.downlink())).toArray(String[]::new),
              rows.stream().map(SetAsideRow::held).toArray(Long[]::new));
    }
    for (MeterLog.Restart restart : restarts.values()) {
      dao()
          .insertRestart(
              nodeKey,
              Micros.toOffset(restart.atMicros()),
              Micros.toOffset(restart.blindFromMicros()),
              restart.byEpoch(),
              restart.seriesCount(),
              restart.hiddenBytes());
    }
    if (!unattributed.isEmpty()) {
      dao()
          .addUnattributed(
              nodeKey,
              unattributed.keySet().stream().map(UsageKey::ordinal).toArray(Integer[]::new),
              unattributed.keySet().stream()
                  .map(k -> Minutes.start(k.minute()).atOffset(java.time.ZoneOffset.UTC))
                  .toArray(OffsetDateTime[]::new),
              unattributed.values().stream().map(v -> v[0]).toArray(Long[]::new),
              unattributed.values().stream().map(v -> v[1]).toArray(Long[]::new));
    }
  }

  /** PostgreSQL text can't hold NUL. */
  private static String clean(String text) {
    return text.replace('\0', '\uFFFD');
  }

  /** A decision on a sample. */
  record DecisionRow(int nodeKey, Decisions.At at, Decision decision) {}

  /** Statements on findings. */
  interface Dao {

    @SqlQuery(
        """
        SELECT node_key, ordinal, collected_at, decision
          FROM billing.resolutions
         WHERE node_key = ANY(:nodes)
        """)
    @RegisterRowMapper(DecisionMapper.class)
    List<DecisionRow> decisions(@Bind("nodes") Integer[] nodeKeys);

    @SqlUpdate(
        """
        INSERT INTO billing.resolutions
               (node_key, ordinal, collected_at, decision, decided_by, reason, recorded_at)
        VALUES (:node, :ordinal, :at, :decision, :by, :reason, :now)
            ON CONFLICT (node_key, ordinal, collected_at) DO UPDATE
           SET decision = excluded.decision, decided_by = excluded.decided_by,
               reason = excluded.reason, recorded_at = excluded.recorded_at
        """)
    void decide(
        @Bind("node") int nodeKey,
        @Bind("ordinal") int ordinal,
        @Bind("at") Instant at,
        @Bind("decision") String decision,
        @Bind("by") String by,
        @Bind("reason") String reason,
        @Bind("now") Instant now);

    @SqlUpdate(
        """
        INSERT INTO billing.set_asides
               (node_key, collected_at, identifier, inbound_tag, reason, uplink, downlink,
                held_bytes)
        SELECT :node, at, identifier, inbound, reason, uplink, downlink, held
          FROM unnest(:ats, :identifiers, :inbounds, :reasons, :uplinks, :downlinks, :held)
            AS s (at, identifier, inbound, reason, uplink, downlink, held)
            ON CONFLICT (node_key, collected_at, identifier, inbound_tag, reason) DO UPDATE
           SET uplink = excluded.uplink, downlink = excluded.downlink,
               held_bytes = excluded.held_bytes
        """)
    @SuppressWarnings("TooManyParameters")
    void insertSetAsides(
        @Bind("node") int nodeKey,
        @Bind("ats") OffsetDateTime[] ats,
        @Bind("identifiers") String[] identifiers,
        @Bind("inbounds") String[] inbounds,
        @Bind("reasons") String[] reasons,
        @Bind("uplinks") String[] uplinks,
        @Bind("downlinks") String[] downlinks,
        @Bind("held") Long[] held);

    @SqlUpdate(
        """
        DELETE FROM billing.set_asides
         WHERE node_key = :node AND collected_at > :after AND collected_at <= :until
           AND reason IN ('FELL_WITHOUT_RESTART', 'JUMP')
        """)
    void forgetSetAsides(
        @Bind("node") int nodeKey,
        @Bind("after") OffsetDateTime after,
        @Bind("until") OffsetDateTime until);

    @SqlUpdate(
        """
        INSERT INTO billing.restarts
               (node_key, at, blind_from, by_epoch, series_count, hidden_bytes)
        VALUES (:node, :at, :blindFrom, :byEpoch, :series, :hidden)
        """)
    void insertRestart(
        @Bind("node") int nodeKey,
        @Bind("at") OffsetDateTime at,
        @Bind("blindFrom") OffsetDateTime blindFrom,
        @Bind("byEpoch") boolean byEpoch,
        @Bind("series") int seriesCount,
        @Bind("hidden") long hiddenBytes);

    @SqlUpdate(
        """
        DELETE FROM billing.restarts
         WHERE node_key = :node AND at > :after AND at <= :until
        """)
    void forgetRestarts(
        @Bind("node") int nodeKey,
        @Bind("after") OffsetDateTime after,
        @Bind("until") OffsetDateTime until);

    @SqlUpdate(
        """
        INSERT INTO billing.unattributed_usage
               (node_key, ordinal, bucket_start, uplink_bytes, downlink_bytes)
        SELECT :node, ordinal, bucket_start, uplink, downlink
          FROM unnest(:ordinals, :starts, :uplinks, :downlinks)
            AS u (ordinal, bucket_start, uplink, downlink)
            ON CONFLICT (node_key, ordinal, bucket_start) DO UPDATE
           SET uplink_bytes = unattributed_usage.uplink_bytes + excluded.uplink_bytes,
               downlink_bytes = unattributed_usage.downlink_bytes + excluded.downlink_bytes
        """)
    void addUnattributed(
        @Bind("node") int nodeKey,
        @Bind("ordinals") Integer[] ordinals,
        @Bind("starts") OffsetDateTime[] starts,
        @Bind("uplinks") Long[] uplinks,
        @Bind("downlinks") Long[] downlinks);

    @SqlQuery(
        """
        DELETE FROM billing.unattributed_usage
         WHERE node_key = :node AND ordinal = :ordinal
        RETURNING bucket_start, uplink_bytes, downlink_bytes
        """)
    @RegisterRowMapper(UsageMapper.class)
    List<Usage> takeUnattributed(@Bind("node") int nodeKey, @Bind("ordinal") int ordinal);
  }

  /** Maps a decision. */
  public static final class DecisionMapper implements RowMapper<DecisionRow> {
    @Override
    public DecisionRow map(ResultSet rs, StatementContext ctx) throws SQLException {
      return new DecisionRow(
          rs.getInt(1),
          new Decisions.At(
              rs.getInt(2), Micros.of(rs.getObject(3, OffsetDateTime.class).toInstant())),
          Decision.valueOf(rs.getString(4)));
    }
  }

  /** Maps usage. */
  public static final class UsageMapper implements RowMapper<Usage> {
    @Override
    public Usage map(ResultSet rs, StatementContext ctx) throws SQLException {
      return new Usage(
          Minutes.floor(rs.getObject(1, OffsetDateTime.class).toInstant()),
          rs.getLong(2),
          rs.getLong(3));
    }
  }
}
