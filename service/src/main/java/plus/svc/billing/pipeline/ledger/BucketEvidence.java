package plus.svc.billing.pipeline.ledger;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.quantity.Minutes;

/**
 * What is written for the buckets of one node in a stretch of time, in the bucket table and in the
 * ledger, to be held against what its snapshots say. Read under the lock on the node's row.
 */
public final class BucketEvidence {

  private final String node;
  private final String region;
  private final Map<Key, List<Row>> rows = new HashMap<>();
  private final Map<Key, Posted> posted = new HashMap<>();

  private BucketEvidence(String node, String region) {
    this.node = node;
    this.region = region;
  }

  /** Names a bucket of the node. */
  public record Key(UUID account, long minute, String line) {}

  /** Bytes that a bucket must have. */
  public record Due(long uplinkBytes, long downlinkBytes) {
    static final Due NOTHING = new Due(0, 0);

    long bytes() {
      return Math.addExact(uplinkBytes, downlinkBytes);
    }

    /** Both together. */
    public Due plus(long uplink, long downlink) {
      return new Due(Math.addExact(uplinkBytes, uplink), Math.addExact(downlinkBytes, downlink));
    }
  }

  /** A row of the bucket table. */
  record Row(
      Key key,
      String region,
      long uplink,
      long downlink,
      long total,
      long included,
      long charged,
      BigDecimal amount,
      int revision) {

    /** Whether its columns agree with each other and with the ledger. */
    boolean isWhole(Posted sums) {
      return total == uplink + downlink
          && total == included + charged
          && charged == sums.charged()
          && amount.compareTo(sums.amount()) == 0
          && revision == sums.entries();
    }
  }

  /** What the ledger holds for a bucket; {@code ids} in the order of posting. */
  record Posted(Key key, long charged, BigDecimal amount, int entries, List<UUID> ids) {}

  /**
   * Reads what is written.
   *
   * @param node as the shared tables name it
   * @param fromMinute first epoch minute, {@code untilMinute} the first that is not read
   */
  public static BucketEvidence read(
      Handle handle, String node, String region, long fromMinute, long untilMinute) {
    BucketEvidence evidence = new BucketEvidence(node, region);
    if (fromMinute >= untilMinute) {
      return evidence;
    }
    Dao dao = handle.attach(Dao.class);
    Instant[] minutes =
        LongStream.range(fromMinute, untilMinute).mapToObj(Minutes::start).toArray(Instant[]::new);
    for (Row row : dao.rows(node, minutes)) {
      evidence.rows.computeIfAbsent(row.key(), key -> new ArrayList<>(1)).add(row);
    }
    evidence.readPosted(dao, fromMinute, untilMinute);
    return evidence;
  }

  /** As {@link #minutesCharged}, without reading buckets. */
  public static Set<Long> minutesCharged(
      Handle handle, String node, long fromMinute, long untilMinute) {
    BucketEvidence evidence = new BucketEvidence(node, "");
    evidence.readPosted(handle.attach(Dao.class), fromMinute, untilMinute);
    return evidence.minutesCharged();
  }

  private void readPosted(Dao dao, long fromMinute, long untilMinute) {
    for (Posted row : dao.posted(node, Minutes.start(fromMinute), Minutes.start(untilMinute))) {
      posted.put(row.key(), row);
    }
  }

  /** The minutes for which this service itself charged something: it had a snapshot then. */
  private Set<Long> minutesCharged() {
    Set<Long> minutes = new TreeSet<>();
    LedgerId ids = new LedgerId();
    posted.forEach(
        (key, sums) -> {
          if (sums.ids().contains(first(ids, key))) {
            minutes.add(key.minute());
          }
        });
    return minutes;
  }

  private UUID first(LedgerId ids, Key key) {
    return ids.ofBucket(key.minute(), node, key.account(), key.line(), 1);
  }

  /**
   * The buckets that are not what they must be.
   *
   * @param due by bucket, what the snapshots say; what is missing is to have no bytes
   * @param judged the minutes whose snapshots are known
   */
  public List<BucketMend> against(Map<Key, Due> due, LongPredicate judged) {
    Set<Key> keys = new HashSet<>(due.keySet());
    keys.addAll(rows.keySet());
    keys.addAll(posted.keySet());
    List<BucketMend> mends = new ArrayList<>();
    for (Key key : keys) {
      if (judged.test(key.minute())) {
        compare(key, due.getOrDefault(key, Due.NOTHING), mends);
      }
    }
    mends.sort(
        Comparator.comparingLong(BucketMend::minute)
            .thenComparing(BucketMend::account)
            .thenComparing(BucketMend::line));
    return mends;
  }

  private void compare(Key key, Due due, List<BucketMend> mends) {
    List<Row> found = rows.getOrDefault(key, List.of());
    @Nullable Row ours = ours(found);
    @Nullable Posted sums = posted.get(key);
    for (Row row : found) {
      if (!row.equals(ours) && (row.uplink() | row.downlink() | row.total()) != 0) {
        mends.add(mend(key, Due.NOTHING, row, null, "nobody used it in that region"));
      }
    }
    String why = difference(due, ours, sums);
    if (!why.isEmpty()) {
      mends.add(mend(key, due, ours, sums, why));
    }
  }

  private @Nullable Row ours(List<Row> found) {
    return found.stream()
        .max(
            Comparator.comparingInt(Row::revision)
                .thenComparing(row -> row.region().equals(region)))
        .orElse(null);
  }

  private static String difference(Due due, @Nullable Row row, @Nullable Posted sums) {
    List<String> found = new ArrayList<>();
    long bytes = due.bytes();
    if (row == null && bytes == 0 && sums == null) {
      return "";
    }
    if (row == null) {
      return sums == null ? "was never written" : "the bucket is gone";
    }
    if (row.uplink() != due.uplinkBytes() || row.downlink() != due.downlinkBytes()) {
      found.add("its bytes differ");
    } else if (row.total() != bytes) {
      found.add("its total differs");
    }
    BigDecimal amount = sums == null ? BigDecimal.ZERO : sums.amount();
    long charged = sums == null ? 0 : sums.charged();
    int entries = sums == null ? 0 : sums.entries();
    if (row.amount().compareTo(amount) != 0
        || row.charged() != charged
        || row.revision() != entries) {
      found.add("its ledger rows differ");
    } else if (row.included() + row.charged() != bytes && found.isEmpty()) {
      found.add("its free and charged bytes differ");
    }
    return String.join(", ", found);
  }

  private BucketMend mend(Key key, Due due, @Nullable Row row, @Nullable Posted sums, String why) {
    @Nullable UUID wrong = sums == null ? null : notOurs(key, sums);
    return new BucketMend(
        key.account(),
        key.minute(),
        node,
        row == null ? region : row.region(),
        key.line(),
        due.uplinkBytes(),
        due.downlinkBytes(),
        row != null,
        row == null ? 0 : row.uplink(),
        row == null ? 0 : row.downlink(),
        row == null ? 0 : row.included(),
        sums == null ? 0 : sums.charged(),
        sums == null ? BigDecimal.ZERO : sums.amount(),
        sums == null ? 0 : sums.entries(),
        wrong,
        wrong == null && isRowsFault(due, row, sums),
        why);
  }

  /**
   * Whether the ledger may well be right and only the bucket's row is damaged: where the row says
   * all that was posted for bytes it shows, its usage was reckoned otherwise, and that costs.
   */
  private static boolean isRowsFault(Due due, @Nullable Row row, @Nullable Posted sums) {
    if (sums == null || sums.charged() < 0 || sums.charged() > due.bytes()) {
      return false;
    }
    return row == null || !row.isWhole(sums);
  }

  /** The first row that this service did not write: ids of ours follow from the bucket. */
  private @Nullable UUID notOurs(Key key, Posted sums) {
    LedgerId ids = new LedgerId();
    Set<UUID> ours = new HashSet<>();
    for (int revision = 1; revision <= sums.entries(); revision++) {
      ours.add(ids.ofBucket(key.minute(), node, key.account(), key.line(), revision));
    }
    for (UUID id : sums.ids()) {
      if (!ours.contains(id)) {
        return id;
      }
    }
    return null;
  }

  /** Statements that read buckets and what was posted for them. */
  interface Dao {

    @SqlQuery(
        """
        SELECT account_uuid, bucket_start, line_code, region, uplink_bytes, downlink_bytes,
               total_bytes, included_bytes, charged_bytes, amount, revision
          FROM public.traffic_minute_buckets
         WHERE bucket_start = ANY(:minutes) AND node_id = :node
        """)
    @RegisterRowMapper(RowOfBucketMapper.class)
    List<Row> rows(@Bind("node") String node, @Bind("minutes") Instant[] minutes);

    @SqlQuery(
        """
        SELECT account_uuid, bucket_start, line_code, sum(rated_bytes)::bigint, sum(amount_delta),
               count(*)::integer, array_agg(id ORDER BY created_at, id)
          FROM public.billing_ledger
         WHERE node_id = :node AND bucket_start >= :from AND bucket_start < :until
         GROUP BY account_uuid, bucket_start, line_code
        """)
    @RegisterRowMapper(PostedMapper.class)
    List<Posted> posted(
        @Bind("node") String node, @Bind("from") Instant from, @Bind("until") Instant until);
  }

  private static Key key(ResultSet rs) throws SQLException {
    @Nullable String line = rs.getString(3);
    return new Key(
        rs.getObject(1, UUID.class),
        Minutes.floor(rs.getObject(2, OffsetDateTime.class).toInstant()),
        line == null ? "" : line);
  }

  /** Maps a bucket's row. */
  public static final class RowOfBucketMapper implements RowMapper<Row> {
    @Override
    public Row map(ResultSet rs, StatementContext ctx) throws SQLException {
      return new Row(
          key(rs),
          rs.getString(4),
          rs.getLong(5),
          rs.getLong(6),
          rs.getLong(7),
          rs.getLong(8),
          rs.getLong(9),
          rs.getBigDecimal(10),
          rs.getInt(11));
    }
  }

  /** Maps what was posted for a bucket. */
  public static final class PostedMapper implements RowMapper<Posted> {
    @Override
    public Posted map(ResultSet rs, StatementContext ctx) throws SQLException {
      return new Posted(
          key(rs),
          rs.getLong(4),
          rs.getBigDecimal(5),
          rs.getInt(6),
          List.of((UUID[]) rs.getArray(7).getArray()));
    }
  }
}
