package plus.svc.billing.pipeline.ledger;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import plus.svc.billing.pipeline.rating.RatedBucket;
import plus.svc.billing.platform.CopyRows;
import plus.svc.billing.platform.InvariantViolation;
import plus.svc.billing.quantity.Minutes;

/** The minute buckets, with what was posted for each. Written under the account's lock. */
final class Buckets {

  private static final int CHUNK = 2_000;

  private final Handle handle;
  private final Dao dao;

  Buckets(Handle handle) {
    this.handle = handle;
    this.dao = handle.attach(Dao.class);
  }

  /** Free and charged bytes of several buckets. */
  record Sums(long included, long charged) {
    boolean any() {
      return included != 0 || charged != 0;
    }
  }

  /** A bucket of an account. */
  record OfAccount(UUID account, RatedBucket bucket) {}

  /** Names a bucket of one node. */
  record Key(UUID account, long minute, String line) {}

  /**
   * The buckets of one node that exist among the given ones. An earlier writer may have written a
   * minute under another region: ours, which have revisions, come last.
   */
  List<OfAccount> existing(String node, Collection<Key> keys) {
    return dao.existing(
        node,
        keys.stream().map(Key::account).toArray(UUID[]::new),
        keys.stream().map(key -> Minutes.start(key.minute())).toArray(Instant[]::new),
        keys.stream().map(Key::line).toArray(String[]::new));
  }

  Sums sumsFrom(UUID account, Instant from) {
    return dao.sums(account, from, Instant.parse("9999-12-31T00:00:00Z"));
  }

  Sums sumsBetween(UUID account, Instant from, Instant until) {
    return dao.sums(account, from, until);
  }

  /** An account's rated buckets in the order of rating, a bounded number from a position on. */
  List<RatedBucket> chunk(
      UUID account, Instant from, String afterNode, String afterLine, Instant until) {
    return dao.chunk(account, from, afterNode, afterLine, until, CHUNK);
  }

  /** Writes new buckets and changes those that were written before. */
  void write(Collection<Account> accounts, String revision, Instant now) {
    List<OfAccount> changed = new ArrayList<>();
    boolean fresh = false;
    for (Account account : accounts) {
      for (RatedBucket bucket : account.changed) {
        if (bucket.isPosted()) {
          changed.add(new OfAccount(account.id, bucket));
        } else {
          fresh = true;
        }
      }
    }
    if (fresh) {
      insert(accounts, revision, now);
    }
    if (!changed.isEmpty()) {
      update(changed, now);
    }
  }

  private void insert(Collection<Account> accounts, String revision, Instant now) {
    CopyRows.write(
        handle.getConnection(),
        "public.traffic_minute_buckets (bucket_start, node_id, account_uuid, region, line_code,"
            + " uplink_bytes, downlink_bytes, total_bytes, multiplier, rating_status,"
            + " source_revision, created_at, updated_at, included_bytes, charged_bytes, amount,"
            + " revision)",
        out -> {
          for (Account account : accounts) {
            for (RatedBucket bucket : account.changed) {
              if (!bucket.isPosted()) {
                out.add(Minutes.start(bucket.minute()))
                    .add(bucket.node())
                    .add(account.id)
                    .add(bucket.region())
                    .add(bucket.line())
                    .add(bucket.uplink())
                    .add(bucket.downlink())
                    .add(bucket.uplink() + bucket.downlink())
                    .add(bucket.multiplier())
                    .add("rated")
                    .add(revision)
                    .add(now)
                    .add(now)
                    .add(bucket.included())
                    .add(bucket.charged())
                    .add(bucket.amount())
                    .add(Posting.revisionAfter(bucket))
                    .endRow();
              }
            }
          }
        });
  }

  private void update(List<OfAccount> changed, Instant now) {
    int updated =
        dao.update(
            changed.stream().map(OfAccount::account).toArray(UUID[]::new),
            changed.stream().map(c -> Minutes.start(c.bucket().minute())).toArray(Instant[]::new),
            changed.stream().map(c -> c.bucket().node()).toArray(String[]::new),
            changed.stream().map(c -> c.bucket().region()).toArray(String[]::new),
            changed.stream().map(c -> c.bucket().line()).toArray(String[]::new),
            changed.stream().map(c -> c.bucket().moreUplink()).toArray(Long[]::new),
            changed.stream().map(c -> c.bucket().moreDownlink()).toArray(Long[]::new),
            changed.stream().map(c -> c.bucket().included()).toArray(Long[]::new),
            changed.stream().map(c -> c.bucket().charged()).toArray(Long[]::new),
            changed.stream().map(c -> c.bucket().amount()).toArray(BigDecimal[]::new),
            changed.stream().map(c -> c.bucket().multiplier()).toArray(BigDecimal[]::new),
            changed.stream().map(c -> Posting.revisionAfter(c.bucket())).toArray(Integer[]::new),
            now);
    if (updated != changed.size()) {
      throw new InvariantViolation(
          "of " + changed.size() + " buckets to change " + updated + " were found");
    }
  }

  /** Statements on {@code traffic_minute_buckets}. */
  interface Dao {

    @SqlQuery(
        """
        SELECT b.account_uuid, b.bucket_start, b.node_id, b.region, b.line_code, b.uplink_bytes,
               b.downlink_bytes, b.included_bytes, b.charged_bytes, b.amount, b.revision
          FROM unnest(:accounts, :starts, :lines) AS k (account_uuid, bucket_start, line_code)
          JOIN public.traffic_minute_buckets b
            ON b.bucket_start = k.bucket_start
           AND b.node_id = :node
           AND b.account_uuid = k.account_uuid
           AND b.line_code = k.line_code
         ORDER BY b.revision
        """)
    @RegisterRowMapper(OfAccountMapper.class)
    List<OfAccount> existing(
        @Bind("node") String node,
        @Bind("accounts") UUID[] accounts,
        @Bind("starts") Instant[] starts,
        @Bind("lines") String[] lines);

    @SqlQuery(
        """
        SELECT coalesce(sum(included_bytes), 0)::bigint, coalesce(sum(charged_bytes), 0)::bigint
          FROM public.traffic_minute_buckets
         WHERE account_uuid = :account
           AND bucket_start >= :from AND bucket_start < :until
           AND revision > 0
        """)
    @RegisterRowMapper(SumsMapper.class)
    Sums sums(
        @Bind("account") UUID account, @Bind("from") Instant from, @Bind("until") Instant until);

    @SqlQuery(
        """
        SELECT account_uuid, bucket_start, node_id, region, line_code, uplink_bytes,
               downlink_bytes, included_bytes, charged_bytes, amount, revision
          FROM public.traffic_minute_buckets
         WHERE account_uuid = :account
           AND bucket_start >= :from AND bucket_start < :until
           AND (bucket_start > :from
                OR (node_id COLLATE "C", line_code COLLATE "C") > (:node, :line))
           AND revision > 0
         ORDER BY bucket_start, node_id COLLATE "C", line_code COLLATE "C"
         LIMIT :most
        """)
    @RegisterRowMapper(BucketMapper.class)
    List<RatedBucket> chunk(
        @Bind("account") UUID account,
        @Bind("from") Instant from,
        @Bind("node") String afterNode,
        @Bind("line") String afterLine,
        @Bind("until") Instant until,
        @Bind("most") int most);

    @SqlUpdate(
        """
        UPDATE public.traffic_minute_buckets b
           SET uplink_bytes = b.uplink_bytes + c.uplink,
               downlink_bytes = b.downlink_bytes + c.downlink,
               total_bytes = b.total_bytes + c.uplink + c.downlink,
               included_bytes = c.included,
               charged_bytes = c.charged,
               amount = c.amount,
               multiplier = c.multiplier,
               rating_status = 'rated',
               revision = c.revision,
               updated_at = :now
          FROM unnest(:accounts, :starts, :nodes, :regions, :lines, :uplinks, :downlinks,
                      :included, :charged, :amounts, :multipliers, :revisions)
            AS c (account_uuid, bucket_start, node_id, region, line_code, uplink, downlink,
                  included, charged, amount, multiplier, revision)
         WHERE b.bucket_start = c.bucket_start
           AND b.node_id = c.node_id
           AND b.account_uuid = c.account_uuid
           AND b.region = c.region
           AND b.line_code = c.line_code
        """)
    @SuppressWarnings("TooManyParameters")
    int update(
        @Bind("accounts") UUID[] accounts,
        @Bind("starts") Instant[] starts,
        @Bind("nodes") String[] nodes,
        @Bind("regions") String[] regions,
        @Bind("lines") String[] lines,
        @Bind("uplinks") Long[] uplinks,
        @Bind("downlinks") Long[] downlinks,
        @Bind("included") Long[] included,
        @Bind("charged") Long[] charged,
        @Bind("amounts") BigDecimal[] amounts,
        @Bind("multipliers") BigDecimal[] multipliers,
        @Bind("revisions") Integer[] revisions,
        @Bind("now") Instant now);
  }

  private static RatedBucket bucket(ResultSet rs) throws SQLException {
    return RatedBucket.posted(
        Minutes.floor(rs.getObject(2, OffsetDateTime.class).toInstant()),
        rs.getString(3),
        rs.getString(4),
        rs.getString(5),
        rs.getLong(6),
        rs.getLong(7),
        rs.getLong(8),
        rs.getLong(9),
        rs.getBigDecimal(10),
        rs.getInt(11));
  }

  /** Maps a bucket with its account. */
  public static final class OfAccountMapper implements RowMapper<OfAccount> {
    @Override
    public OfAccount map(ResultSet rs, StatementContext ctx) throws SQLException {
      return new OfAccount(rs.getObject(1, UUID.class), bucket(rs));
    }
  }

  /** Maps a bucket. */
  public static final class BucketMapper implements RowMapper<RatedBucket> {
    @Override
    public RatedBucket map(ResultSet rs, StatementContext ctx) throws SQLException {
      return bucket(rs);
    }
  }

  /** Maps sums. */
  public static final class SumsMapper implements RowMapper<Sums> {
    @Override
    public Sums map(ResultSet rs, StatementContext ctx) throws SQLException {
      return new Sums(rs.getLong(1), rs.getLong(2));
    }
  }
}
