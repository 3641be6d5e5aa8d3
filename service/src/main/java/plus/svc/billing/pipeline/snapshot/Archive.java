package plus.svc.billing.pipeline.snapshot;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.platform.CopyRows;
import plus.svc.billing.platform.Micros;
import plus.svc.billing.platform.SqlArrays;

/** The snapshot archive: the evidence behind every fact, one row a snapshot. */
public final class Archive {

  private static final int CHUNK = 256;

  private final Handle handle;
  private final int nodeKey;
  private @Nullable Dao dao;

  /** The archive of one node. */
  public Archive(Handle handle, int nodeKey) {
    this.handle = handle;
    this.nodeKey = nodeKey;
  }

  /** Attached when first needed: most nodes of a batch need none of it. */
  private Dao dao() {
    @Nullable Dao attached = dao;
    if (attached == null) {
      attached = handle.attach(Dao.class);
      dao = attached;
    }
    return attached;
  }

  /** A snapshot with the digest of its content. */
  @SuppressWarnings("ArrayRecordComponent") // the digest is compared with Arrays.equals
  public record Entry(NodeSnapshot snapshot, byte[] digest) {

    /** Whether another telling of the instant adds nothing: the same content, no wider guard. */
    public boolean covers(Entry other) {
      return Arrays.equals(digest, other.digest)
          && snapshot.maxBytesPerSecond() >= other.snapshot.maxBytesPerSecond();
    }
  }

  /** What the archive tells of an instant without reading its counters. */
  @SuppressWarnings("ArrayRecordComponent") // the digest is compared with Arrays.equals
  public record Told(int nodeKey, long atMicros, long maxBytesPerSecond, byte[] digest) {

    /** Whether another telling of the instant adds nothing: the same content, no wider guard. */
    public boolean covers(byte[] otherDigest, long otherGuard) {
      return Arrays.equals(digest, otherDigest) && maxBytesPerSecond >= otherGuard;
    }
  }

  /** A snapshot that the archive is to hold from now on. */
  public record Accepted(int nodeKey, String sourceId, Entry entry) {}

  /**
   * What the archive tells of instants of several nodes, by node and microseconds, with one look.
   *
   * @param instants microseconds, by node
   */
  public static Map<Integer, Map<Long, Told>> told(
      Handle handle, Map<Integer, List<Long>> instants) {
    List<Integer> nodes = new ArrayList<>();
    List<OffsetDateTime> times = new ArrayList<>();
    instants.forEach(
        (node, ofNode) ->
            ofNode.forEach(
                at -> {
                  nodes.add(node);
                  times.add(Micros.toOffset(at));
                }));
    if (times.isEmpty()) {
      return Map.of();
    }
    Map<Integer, Map<Long, Told>> told = new HashMap<>();
    for (Told row :
        handle
            .attach(Dao.class)
            .told(
                nodes.toArray(Integer[]::new),
                times.toArray(OffsetDateTime[]::new),
                Collections.min(times),
                Collections.max(times))) {
      told.computeIfAbsent(row.nodeKey(), node -> new HashMap<>()).put(row.atMicros(), row);
    }
    return told;
  }

  /** What the archive holds for the given instants, by microseconds. */
  public Map<Long, Entry> at(List<Long> instants) {
    if (instants.isEmpty()) {
      return Map.of();
    }
    Map<Long, Entry> found = new HashMap<>();
    OffsetDateTime[] times = instants.stream().map(Micros::toOffset).toArray(OffsetDateTime[]::new);
    OffsetDateTime from = Micros.toOffset(Collections.min(instants));
    OffsetDateTime until = Micros.toOffset(Collections.max(instants));
    for (Entry entry : dao().at(nodeKey, times, from, until)) {
      found.put(entry.snapshot().atMicros(), entry);
    }
    return found;
  }

  /** Adds snapshots of any nodes whose instants the archive does not hold. */
  public static void insert(Handle handle, Instant receivedAt, List<Accepted> accepted) {
    if (accepted.isEmpty()) {
      return;
    }
    CopyRows.write(
        handle.getConnection(),
        "billing.snapshots (node_key, collected_at, started_at, max_bytes_per_second, ordinals,"
            + " uplink, downlink, digest, source_id, received_at)",
        out -> {
          for (Accepted row : accepted) {
            NodeSnapshot snapshot = row.entry().snapshot();
            out.add(row.nodeKey())
                .add(Micros.toInstant(snapshot.atMicros()))
                .addNullable(Micros.toNullable(snapshot.startedAtMicros()))
                .add(snapshot.maxBytesPerSecond())
                .add(snapshot.ordinals())
                .add(snapshot.uplink())
                .add(snapshot.downlink())
                .add(row.entry().digest())
                .add(row.sourceId())
                .add(receivedAt)
                .endRow();
          }
        });
  }

  /** Replaces a snapshot by what it and another of the same instant say together. */
  public void replace(Entry merged) {
    NodeSnapshot snapshot = merged.snapshot();
    dao()
        .replace(
            nodeKey,
            Micros.toOffset(snapshot.atMicros()),
            Micros.toNullable(snapshot.startedAtMicros()),
            snapshot.maxBytesPerSecond(),
            snapshot.ordinals(),
            snapshot.uplink(),
            snapshot.downlink(),
            merged.digest());
  }

  /**
   * Records that an instant was told with another content, once for each content.
   *
   * @param before what was told before
   * @param sent what was told now
   * @param after what both say together
   */
  public void noteConflict(
      long atMicros, byte[] before, byte[] sent, byte[] after, String sourceId, Instant now) {
    dao().conflict(nodeKey, Micros.toOffset(atMicros), before, sent, after, sourceId, now);
  }

  /** The next snapshots after an instant, ascending, a bounded number of them. */
  public List<Entry> after(long micros) {
    return dao().after(nodeKey, Micros.toOffset(micros), CHUNK);
  }

  /** Statements on {@code billing.snapshots}. */
  interface Dao {

    @SqlQuery(
        """
        SELECT collected_at, started_at, max_bytes_per_second, ordinals, uplink, downlink, digest
          FROM billing.snapshots
         WHERE node_key = :node AND collected_at = ANY(:instants)
           AND collected_at >= :from AND collected_at <= :until
        """)
    @RegisterRowMapper(EntryMapper.class)
    List<Entry> at(
        @Bind("node") int nodeKey,
        @Bind("instants") OffsetDateTime[] instants,
        @Bind("from") OffsetDateTime from,
        @Bind("until") OffsetDateTime until);

    /** The bounds let the database leave out the days that nothing is asked of. */
    @SqlQuery(
        """
        SELECT s.node_key, s.collected_at, s.max_bytes_per_second, s.digest
          FROM unnest(:nodes, :instants) AS k (node_key, collected_at)
          JOIN billing.snapshots s
            ON s.node_key = k.node_key AND s.collected_at = k.collected_at
         WHERE s.collected_at >= :from AND s.collected_at <= :until
        """)
    @RegisterRowMapper(ToldMapper.class)
    List<Told> told(
        @Bind("nodes") Integer[] nodeKeys,
        @Bind("instants") OffsetDateTime[] instants,
        @Bind("from") OffsetDateTime from,
        @Bind("until") OffsetDateTime until);

    @SqlQuery(
        """
        SELECT collected_at, started_at, max_bytes_per_second, ordinals, uplink, downlink, digest
          FROM billing.snapshots
         WHERE node_key = :node AND collected_at > :after
         ORDER BY collected_at
         LIMIT :most
        """)
    @RegisterRowMapper(EntryMapper.class)
    List<Entry> after(
        @Bind("node") int nodeKey, @Bind("after") OffsetDateTime after, @Bind("most") int most);

    @SqlUpdate(
        """
        UPDATE billing.snapshots
           SET started_at = :startedAt, max_bytes_per_second = :guard, ordinals = :ordinals,
               uplink = :uplink, downlink = :downlink, digest = :digest
         WHERE node_key = :node AND collected_at = :at
        """)
    void replace(
        @Bind("node") int nodeKey,
        @Bind("at") OffsetDateTime at,
        @Bind("startedAt") @Nullable Instant startedAt,
        @Bind("guard") long maxBytesPerSecond,
        @Bind("ordinals") int[] ordinals,
        @Bind("uplink") long[] uplink,
        @Bind("downlink") long[] downlink,
        @Bind("digest") byte[] digest);

    @SqlUpdate(
        """
        INSERT INTO billing.snapshot_conflicts
               (node_key, collected_at, digest_before, digest_sent, digest_after, source_id, recorded_at)
        SELECT :node, :at, :before, :sent, :after, :source, :now
         WHERE NOT EXISTS (
               SELECT FROM billing.snapshot_conflicts
                WHERE node_key = :node AND collected_at = :at
                  AND :sent IN (digest_before, digest_sent))
        """)
    void conflict(
        @Bind("node") int nodeKey,
        @Bind("at") OffsetDateTime at,
        @Bind("before") byte[] before,
        @Bind("sent") byte[] sent,
        @Bind("after") byte[] after,
        @Bind("source") String sourceId,
        @Bind("now") Instant now);
  }

  /** Maps what is told of an instant. */
  public static final class ToldMapper implements RowMapper<Told> {
    @Override
    public Told map(ResultSet rs, StatementContext ctx) throws SQLException {
      return new Told(
          rs.getInt(1),
          Micros.of(rs.getObject(2, OffsetDateTime.class).toInstant()),
          rs.getLong(3),
          rs.getBytes(4));
    }
  }

  /** Maps an archive row. */
  public static final class EntryMapper implements RowMapper<Entry> {
    @Override
    public Entry map(ResultSet rs, StatementContext ctx) throws SQLException {
      @Nullable OffsetDateTime startedAt = rs.getObject(2, OffsetDateTime.class);
      return new Entry(
          new NodeSnapshot(
              Micros.of(rs.getObject(1, OffsetDateTime.class).toInstant()),
              startedAt == null ? NodeSnapshot.NEVER : Micros.of(startedAt.toInstant()),
              rs.getLong(3),
              SqlArrays.ints(rs, 4),
              SqlArrays.longs(rs, 5),
              SqlArrays.longs(rs, 6)),
          rs.getBytes(7));
    }
  }
}
