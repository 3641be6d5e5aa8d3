package plus.svc.billing.pipeline;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.LongPredicate;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.metering.MeterLog;
import plus.svc.billing.pipeline.snapshot.SeriesDictionary;
import plus.svc.billing.pipeline.snapshot.SeriesKey;
import plus.svc.billing.platform.Micros;
import plus.svc.billing.quantity.Minutes;

/**
 * Holds what is written about a node aside from usage of accounts (samples set aside, restarts,
 * usage without an account) against what metering finds, and mends the differences.
 */
final class FindingsRepair {

  private final Dao dao;
  private final int nodeKey;
  private final NodeFindings findings;
  private final SeriesDictionary dictionary;

  FindingsRepair(Handle handle, int nodeKey, SeriesDictionary dictionary) {
    this.dao = handle.attach(Dao.class);
    this.nodeKey = nodeKey;
    this.findings = new NodeFindings(handle, nodeKey);
    this.dictionary = dictionary;
  }

  /** Where the decoder's refusals of snapshots that were fetched go, too. */
  NodeFindings findings() {
    return findings;
  }

  /** Names a sample set aside by metering. */
  private record Aside(long at, String identifier, String inbound, String reason) {}

  private static final Comparator<Aside> ASIDES =
      Comparator.comparingLong(Aside::at)
          .thenComparing(Aside::identifier)
          .thenComparing(Aside::inbound)
          .thenComparing(Aside::reason);

  private static final Comparator<Slot> SLOTS =
      Comparator.comparingLong(Slot::minute).thenComparingInt(Slot::ordinal);

  /** Usage without an account. */
  record Slot(int ordinal, long minute) {}

  /**
   * Mends samples set aside and restarts.
   *
   * @param judged the minutes to look at
   * @param told takes the instant of each difference, in microseconds, and what it is
   */
  void compare(
      MeterLog log,
      long fromMicros,
      long untilMicros,
      LongPredicate judged,
      BiConsumer<Long, String> told) {
    asides(log, fromMicros, untilMicros, judged, told);
    restarts(log, fromMicros, untilMicros, judged, told);
  }

  private static boolean isIn(long micros, long from, long until, LongPredicate judged) {
    return micros >= from && micros < until && judged.test(Minutes.floor(Micros.toInstant(micros)));
  }

  private void asides(
      MeterLog log, long from, long until, LongPredicate judged, BiConsumer<Long, String> told) {
    Map<Aside, MeterLog.SetAside> due = new TreeMap<>(ASIDES);
    for (MeterLog.SetAside sample : log.setAsides()) {
      if (isIn(sample.atMicros(), from, until, judged)) {
        SeriesKey key = dictionary.key(sample.ordinal());
        due.put(
            new Aside(
                sample.atMicros(), key.identifier(), key.inboundTag(), sample.reason().name()),
            sample);
      }
    }
    Map<Aside, AsideRow> stored = new TreeMap<>(ASIDES);
    for (AsideRow row : dao.asides(nodeKey, Micros.toOffset(from), Micros.toOffset(until))) {
      if (isIn(row.at(), from, until, judged)) {
        stored.put(new Aside(row.at(), row.identifier(), row.inbound(), row.reason()), row);
      }
    }
    MeterLog missing = new MeterLog();
    due.forEach(
        (key, sample) -> {
          @Nullable AsideRow row = stored.get(key);
          if (row == null || !row.says(sample)) {
            missing.setAside(sample);
            told.accept(key.at(), "sample set aside as " + key.reason() + " is not noted so");
          }
        });
    stored.forEach(
        (key, row) -> {
          if (!due.containsKey(key)) {
            dao.forgetAside(
                nodeKey, Micros.toOffset(key.at()), key.identifier(), key.inbound(), key.reason());
            told.accept(key.at(), "sample noted as " + key.reason() + " was not set aside");
          }
        });
    findings.found(missing, dictionary);
  }

  private void restarts(
      MeterLog log, long from, long until, LongPredicate judged, BiConsumer<Long, String> told) {
    Map<Long, MeterLog.Restart> due = new HashMap<>();
    for (MeterLog.Restart restart : log.restarts()) {
      if (isIn(restart.atMicros(), from, until, judged)) {
        due.put(restart.atMicros(), restart);
      }
    }
    Map<Long, MeterLog.Restart> stored = new HashMap<>();
    for (MeterLog.Restart row :
        dao.restarts(nodeKey, Micros.toOffset(from), Micros.toOffset(until))) {
      if (isIn(row.atMicros(), from, until, judged)) {
        stored.put(row.atMicros(), row);
      }
    }
    MeterLog missing = new MeterLog();
    Set<Long> all = new TreeSet<>(due.keySet());
    all.addAll(stored.keySet());
    for (long at : all) {
      MeterLog.@Nullable Restart is = due.get(at);
      MeterLog.@Nullable Restart was = stored.get(at);
      if (Objects.equals(is, was)) {
        continue;
      }
      if (was != null) {
        dao.forgetRestart(nodeKey, Micros.toOffset(at));
      }
      if (is != null) {
        missing.restart(is);
      }
      told.accept(
          at, is == null ? "a restart is noted that was none" : "a restart is not noted so");
    }
    findings.found(missing, dictionary);
  }

  /**
   * Mends usage without an account.
   *
   * @param due bytes by series and minute
   * @param more bytes to be reckoned as if they were written
   */
  void compare(
      Map<Slot, long[]> due,
      Function<Slot, long[]> more,
      long fromMinute,
      long untilMinute,
      LongPredicate judged,
      BiConsumer<Slot, long[]> told) {
    Map<Slot, long[]> stored = new HashMap<>();
    dao.unattributed(
            nodeKey,
            Minutes.start(fromMinute).atOffset(ZoneOffset.UTC),
            Minutes.start(untilMinute).atOffset(ZoneOffset.UTC))
        .forEach(row -> stored.put(row.slot(), new long[] {row.uplink(), row.downlink()}));
    Set<Slot> all = new TreeSet<>(SLOTS);
    all.addAll(due.keySet());
    all.addAll(stored.keySet());
    long[] none = {0, 0};
    for (Slot slot : all) {
      long[] must = due.getOrDefault(slot, none);
      long[] has = stored.getOrDefault(slot, none);
      long[] plus = more.apply(slot);
      long[] lacks = {must[0] - has[0] - plus[0], must[1] - has[1] - plus[1]};
      if (judged.test(slot.minute()) && (lacks[0] | lacks[1]) != 0) {
        findings.unattributed(slot.ordinal(), slot.minute(), lacks[0], lacks[1]);
        told.accept(slot, lacks);
      }
    }
  }

  /** A sample that is noted as set aside. */
  record AsideRow(
      long at,
      String identifier,
      String inbound,
      String reason,
      String uplink,
      String downlink,
      long held) {

    boolean says(MeterLog.SetAside sample) {
      return uplink.equals(Long.toString(sample.uplinkBytes()))
          && downlink.equals(Long.toString(sample.downlinkBytes()))
          && held == sample.heldBytes();
    }
  }

  /** Usage that is noted as without an account. */
  record UsageRow(Slot slot, long uplink, long downlink) {}

  /** Statements on what was found. */
  interface Dao {

    @SqlQuery(
        """
        SELECT collected_at, identifier, inbound_tag, reason, uplink, downlink, held_bytes
          FROM billing.set_asides
         WHERE node_key = :node AND collected_at >= :from AND collected_at < :until
           AND reason IN ('FELL_WITHOUT_RESTART', 'JUMP')
        """)
    @RegisterRowMapper(AsideMapper.class)
    List<AsideRow> asides(
        @Bind("node") int nodeKey,
        @Bind("from") OffsetDateTime from,
        @Bind("until") OffsetDateTime until);

    @SqlUpdate(
        """
        DELETE FROM billing.set_asides
         WHERE node_key = :node AND collected_at = :at AND identifier = :identifier
           AND inbound_tag = :inbound AND reason = :reason
        """)
    void forgetAside(
        @Bind("node") int nodeKey,
        @Bind("at") OffsetDateTime at,
        @Bind("identifier") String identifier,
        @Bind("inbound") String inbound,
        @Bind("reason") String reason);

    @SqlQuery(
        """
        SELECT at, blind_from, by_epoch, series_count, hidden_bytes
          FROM billing.restarts
         WHERE node_key = :node AND at >= :from AND at < :until
        """)
    @RegisterRowMapper(RestartMapper.class)
    List<MeterLog.Restart> restarts(
        @Bind("node") int nodeKey,
        @Bind("from") OffsetDateTime from,
        @Bind("until") OffsetDateTime until);

    @SqlUpdate("DELETE FROM billing.restarts WHERE node_key = :node AND at = :at")
    void forgetRestart(@Bind("node") int nodeKey, @Bind("at") OffsetDateTime at);

    @SqlQuery(
        """
        SELECT ordinal, bucket_start, uplink_bytes, downlink_bytes
          FROM billing.unattributed_usage
         WHERE node_key = :node AND bucket_start >= :from AND bucket_start < :until
        """)
    @RegisterRowMapper(UsageRowMapper.class)
    List<UsageRow> unattributed(
        @Bind("node") int nodeKey,
        @Bind("from") OffsetDateTime from,
        @Bind("until") OffsetDateTime until);
  }

  private static long micros(ResultSet rs, int column) throws SQLException {
    return Micros.of(rs.getObject(column, OffsetDateTime.class).toInstant());
  }

  /** Maps a sample set aside. */
  public static final class AsideMapper implements RowMapper<AsideRow> {
    @Override
    public AsideRow map(ResultSet rs, StatementContext ctx) throws SQLException {
      return new AsideRow(
          micros(rs, 1),
          rs.getString(2),
          rs.getString(3),
          rs.getString(4),
          rs.getString(5),
          rs.getString(6),
          rs.getLong(7));
    }
  }

  /** Maps a restart. */
  public static final class RestartMapper implements RowMapper<MeterLog.Restart> {
    @Override
    public MeterLog.Restart map(ResultSet rs, StatementContext ctx) throws SQLException {
      return new MeterLog.Restart(
          micros(rs, 1), micros(rs, 2), rs.getBoolean(3), rs.getInt(4), rs.getLong(5));
    }
  }

  /** Maps usage without an account. */
  public static final class UsageRowMapper implements RowMapper<UsageRow> {
    @Override
    public UsageRow map(ResultSet rs, StatementContext ctx) throws SQLException {
      return new UsageRow(
          new Slot(rs.getInt(1), Minutes.floor(rs.getObject(2, OffsetDateTime.class).toInstant())),
          rs.getLong(3),
          rs.getLong(4));
    }
  }
}
