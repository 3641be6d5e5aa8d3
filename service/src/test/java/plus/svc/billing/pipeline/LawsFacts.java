package plus.svc.billing.pipeline;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;
import plus.svc.billing.pipeline.LawsReference.Aside;
import plus.svc.billing.pipeline.LawsReference.Bucket;
import plus.svc.billing.pipeline.LawsReference.BucketKey;
import plus.svc.billing.pipeline.LawsReference.Bytes;
import plus.svc.billing.pipeline.LawsReference.Facts;
import plus.svc.billing.pipeline.LawsReference.Orphan;
import plus.svc.billing.pipeline.LawsReference.Restart;
import plus.svc.billing.pipeline.snapshot.SeriesKey;
import plus.svc.billing.quantity.NodeKey;

/** Reads the facts of some nodes and accounts from the tables, with SQL of its own. */
final class LawsFacts {

  private final Jdbi jdbi;
  private final String[] nodes;
  private final UUID[] accounts;

  LawsFacts(Jdbi jdbi, List<NodeKey> nodes, List<UUID> accounts) {
    this.jdbi = jdbi;
    this.nodes = nodes.stream().map(NodeKey::composed).toArray(String[]::new);
    this.accounts = accounts.toArray(UUID[]::new);
  }

  Facts read() {
    return new Facts(buckets(), orphans(), asides(), restarts(), used(), spent());
  }

  /** Reads one row. */
  private interface Row {
    void read(ResultSet rs) throws SQLException;
  }

  private void each(String sql, Row row) {
    jdbi.useHandle(
        h -> {
          Query query = h.createQuery(sql);
          if (sql.contains(":nodes")) {
            query.bind("nodes", nodes);
          }
          if (sql.contains(":accounts")) {
            query.bind("accounts", accounts);
          }
          query.scanResultSet(
              (rows, ctx) -> {
                try (ResultSet rs = rows.get()) {
                  while (rs.next()) {
                    row.read(rs);
                  }
                }
                return null;
              });
        });
  }

  private static Instant instant(ResultSet rs, int column) throws SQLException {
    return rs.getObject(column, OffsetDateTime.class).toInstant();
  }

  private NavigableMap<BucketKey, Bucket> buckets() {
    NavigableMap<BucketKey, Bucket> buckets = new TreeMap<>();
    each(
        """
        SELECT bucket_start, node_id, line_code, account_uuid, uplink_bytes, downlink_bytes,
               included_bytes, charged_bytes, amount
          FROM public.traffic_minute_buckets
         WHERE node_id = ANY(:nodes)
           AND (total_bytes <> 0 OR uplink_bytes <> 0 OR downlink_bytes <> 0
                OR included_bytes <> 0 OR charged_bytes <> 0 OR amount <> 0)
        """,
        rs ->
            buckets.put(
                new BucketKey(
                    instant(rs, 1), rs.getString(2), rs.getString(3), rs.getObject(4, UUID.class)),
                new Bucket(
                    rs.getLong(5),
                    rs.getLong(6),
                    rs.getLong(7),
                    rs.getLong(8),
                    LawsReference.plain(rs.getBigDecimal(9)))));
    return buckets;
  }

  private NavigableMap<Orphan, Bytes> orphans() {
    NavigableMap<Orphan, Bytes> orphans = new TreeMap<>();
    each(
        """
        SELECT n.composed, s.identifier::text, s.inbound_tag, u.bucket_start, u.uplink_bytes,
               u.downlink_bytes
          FROM billing.unattributed_usage u
          JOIN billing.nodes n ON n.node_key = u.node_key
          JOIN billing.series s ON s.node_key = u.node_key AND s.ordinal = u.ordinal
         WHERE n.composed = ANY(:nodes)
           AND (u.uplink_bytes <> 0 OR u.downlink_bytes <> 0)
        """,
        rs ->
            orphans.put(
                new Orphan(
                    rs.getString(1),
                    new SeriesKey(rs.getString(2), rs.getString(3)),
                    instant(rs, 4)),
                new Bytes(rs.getLong(5), rs.getLong(6))));
    return orphans;
  }

  private Set<Aside> asides() {
    Set<Aside> asides = new TreeSet<>();
    each(
        """
        SELECT n.composed, a.collected_at, a.identifier, a.inbound_tag, a.reason
          FROM billing.set_asides a
          JOIN billing.nodes n ON n.node_key = a.node_key
         WHERE n.composed = ANY(:nodes)
        """,
        rs ->
            asides.add(
                new Aside(
                    rs.getString(1),
                    instant(rs, 2),
                    new SeriesKey(rs.getString(3), rs.getString(4)),
                    rs.getString(5))));
    return asides;
  }

  private Set<Restart> restarts() {
    Set<Restart> restarts = new TreeSet<>();
    each(
        """
        SELECT n.composed, r.at, r.by_epoch
          FROM billing.restarts r
          JOIN billing.nodes n ON n.node_key = r.node_key
         WHERE n.composed = ANY(:nodes)
        """,
        rs -> restarts.add(new Restart(rs.getString(1), instant(rs, 2), rs.getBoolean(3))));
    return restarts;
  }

  private NavigableMap<UUID, NavigableMap<YearMonth, Long>> used() {
    NavigableMap<UUID, NavigableMap<YearMonth, Long>> used = new TreeMap<>();
    each(
        """
        SELECT account_uuid, period_start, used
          FROM billing.quotas
         WHERE account_uuid = ANY(:accounts) AND meter = 'traffic'
        """,
        rs ->
            used.computeIfAbsent(rs.getObject(1, UUID.class), account -> new TreeMap<>())
                .put(LawsReference.month(instant(rs, 2)), rs.getLong(3)));
    return used;
  }

  /** Money of the traffic rows by account. */
  private NavigableMap<UUID, BigDecimal> spent() {
    return money(
        """
        SELECT account_uuid, sum(amount_delta)
          FROM public.billing_ledger
         WHERE account_uuid = ANY(:accounts)
           AND entry_type IN ('traffic_charge', 'traffic_adjustment')
         GROUP BY account_uuid
        """);
  }

  /** Sum of all ledger rows by account. */
  NavigableMap<UUID, BigDecimal> ledgerSums() {
    return money(
        """
        SELECT account_uuid, sum(amount_delta)
          FROM public.billing_ledger
         WHERE account_uuid = ANY(:accounts)
         GROUP BY account_uuid
        """);
  }

  /** Balance by account, as accounts.svc.plus reads it. */
  NavigableMap<UUID, BigDecimal> sharedBalances() {
    return money(
        """
        SELECT account_uuid, current_balance
          FROM public.account_quota_states
         WHERE account_uuid = ANY(:accounts)
        """);
  }

  /** Balance by account, as this service keeps it. */
  NavigableMap<UUID, BigDecimal> ownBalances() {
    return money(
        """
        SELECT account_uuid, balance
          FROM billing.account_states
         WHERE account_uuid = ANY(:accounts)
        """);
  }

  /** Remaining quota by account, as accounts.svc.plus reads it. */
  NavigableMap<UUID, BigDecimal> remaining() {
    return money(
        """
        SELECT account_uuid, remaining_included_quota
          FROM public.account_quota_states
         WHERE account_uuid = ANY(:accounts)
        """);
  }

  /** Opening entries by account. */
  NavigableMap<UUID, BigDecimal> openings() {
    return money(
        """
        SELECT account_uuid, sum(amount_delta)
          FROM public.billing_ledger
         WHERE account_uuid = ANY(:accounts) AND entry_type = 'opening_balance'
         GROUP BY account_uuid
        """);
  }

  private NavigableMap<UUID, BigDecimal> money(String sql) {
    NavigableMap<UUID, BigDecimal> money = new TreeMap<>();
    each(
        sql,
        rs -> money.put(rs.getObject(1, UUID.class), LawsReference.plain(rs.getBigDecimal(2))));
    return money;
  }

  /** Buckets whose ledger rows don't add up to what stands in them. */
  List<String> bucketsThatDifferFromTheirRows() {
    List<String> different = new java.util.ArrayList<>();
    each(
        """
        SELECT b.bucket_start, b.node_id, b.line_code
          FROM public.traffic_minute_buckets b
          LEFT JOIN (SELECT bucket_start, node_id, line_code, account_uuid,
                            sum(amount_delta) AS amount, sum(rated_bytes) AS rated,
                            count(*) AS entries,
                            count(*) FILTER (WHERE corrects IS NULL) AS firsts
                       FROM public.billing_ledger
                      WHERE node_id = ANY(:nodes)
                      GROUP BY bucket_start, node_id, line_code, account_uuid) l
                 ON (l.bucket_start, l.node_id, l.line_code, l.account_uuid)
                  = (b.bucket_start, b.node_id, b.line_code, b.account_uuid)
         WHERE b.node_id = ANY(:nodes)
           AND b.revision > 0
           AND (l.amount IS DISTINCT FROM b.amount
                OR l.rated IS DISTINCT FROM b.charged_bytes
                OR l.entries <> b.revision
                OR l.firsts <> 1
                OR b.total_bytes <> b.uplink_bytes + b.downlink_bytes
                OR b.total_bytes <> b.included_bytes + b.charged_bytes)
        """,
        rs -> different.add(rs.getString(1) + " " + rs.getString(2) + " " + rs.getString(3)));
    return different;
  }

  /** Rows that correct a row which is not there, or is not of the same bucket. */
  long corruptCorrections() {
    long[] count = {0};
    each(
        """
        SELECT count(*)
          FROM public.billing_ledger c
          LEFT JOIN public.billing_ledger f
                 ON f.id = c.corrects
                AND (f.bucket_start, f.node_id, f.line_code, f.account_uuid)
                  = (c.bucket_start, c.node_id, c.line_code, c.account_uuid)
         WHERE c.node_id = ANY(:nodes)
           AND (c.entry_type = 'traffic_adjustment') IS DISTINCT FROM (f.id IS NOT NULL)
        """,
        rs -> count[0] = rs.getLong(1));
    return count[0];
  }
}
