package plus.svc.billing.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.LawsReference.Facts;
import plus.svc.billing.pipeline.snapshot.Sample;
import plus.svc.billing.pipeline.snapshot.SeriesKey;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.platform.BillingJdbiPlugin;
import plus.svc.billing.quantity.NodeKey;

/**
 * Looks at a database as it is at one instant, whoever works on it, and holds every fact against
 * what the reference calculates from the snapshots that the archive holds at that instant. A
 * snapshot that took effect in part, or in two transactions, shows as a difference.
 */
public final class ArchiveJudge {

  /**
   * What an account is charged, without a profile of its own.
   *
   * @param opening balance it begins with
   */
  public record Terms(
      BigDecimal pricePerByte, long monthlyQuota, BigDecimal opening, long maxBytesPerSecond) {}

  private final DataSource database;
  private final List<NodeKey> nodes;
  private final Map<String, UUID> owners;
  private final Terms terms;

  /**
   * @param owners account by identifier, as samples name it
   */
  public ArchiveJudge(
      DataSource database, List<NodeKey> nodes, Map<String, UUID> owners, Terms terms) {
    this.database = database;
    this.nodes = nodes;
    this.owners = owners;
    this.terms = terms;
  }

  /**
   * Fails if a fact is not what the archive says.
   *
   * @return the archived snapshots
   */
  public List<Snapshot> judge() {
    try (OneConnection connection = new OneConnection(database)) {
      Jdbi view = Jdbi.create(connection).installPlugin(new BillingJdbiPlugin());
      view.useHandle(h -> h.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"));
      List<Snapshot> archived = archived(view);
      Facts expected = expected(archived);
      LawsFacts reader = new LawsFacts(view, nodes, List.copyOf(owners.values()));
      Facts facts = reader.read();
      assertThat(facts.asides()).isEqualTo(expected.asides());
      assertThat(facts.restarts()).isEqualTo(expected.restarts());
      assertThat(facts.orphans()).isEqualTo(expected.orphans());
      assertThat(facts.buckets()).isEqualTo(expected.buckets());
      assertThat(facts.used()).isEqualTo(expected.used());
      assertThat(facts.spent()).isEqualTo(expected.spent());
      assertThat(reader.bucketsThatDifferFromTheirRows()).isEmpty();
      assertThat(reader.corruptCorrections()).isZero();
      NavigableMap<UUID, BigDecimal> balances = new TreeMap<>();
      expected
          .spent()
          .forEach(
              (account, spent) ->
                  balances.put(account, LawsReference.plain(terms.opening().add(spent))));
      assertThat(reader.ledgerSums()).isEqualTo(balances);
      assertThat(reader.sharedBalances()).isEqualTo(balances);
      assertThat(reader.ownBalances()).isEqualTo(balances);
      assertThat(behind(view)).as("progress that differs from the archive").isEmpty();
      view.useHandle(h -> h.execute("COMMIT"));
      return archived;
    }
  }

  /** Rows and content of every table that a repeat may not change, at rest. */
  public Map<String, String> digests() {
    Jdbi jdbi = Jdbi.create(database);
    Map<String, String> digests = TableDigests.of(jdbi);
    // A service that just started may only now note how far back its archive reaches.
    digests.put(
        "billing.nodes",
        jdbi.withHandle(
            h ->
                h.createQuery(
                        """
                        SELECT string_agg((to_jsonb(n) - 'archive_from')::text, ' ' ORDER BY node)
                          FROM billing.nodes n
                        """)
                    .mapTo(String.class)
                    .one()));
    // When something was last asked for, by whom, and that it was.
    digests.remove("public.billing_source_sync_state");
    digests.remove("billing.source_leases");
    digests.remove("billing.job_runs");
    // How far the service looked after itself.
    digests.remove("billing.audit_marks");
    digests.remove("billing.audit_state");
    return digests;
  }

  private Facts expected(List<Snapshot> archived) {
    LawsReference.Price price =
        new LawsReference.Price(
            Instant.EPOCH,
            terms.pricePerByte(),
            BigDecimal.ONE,
            BigDecimal.ONE,
            BigDecimal.ONE,
            false);
    Map<UUID, LawsReference.Plan> plans = new HashMap<>();
    owners
        .values()
        .forEach(
            account ->
                plans.put(
                    account,
                    new LawsReference.Plan(List.of(price), null, terms.monthlyQuota(), List.of())));
    return new LawsReference(new LawsReference.Rules(true, Instant.EPOCH), owners, plans)
        .of(
            archived.stream()
                .map(snapshot -> new LawsReference.Told(snapshot, terms.maxBytesPerSecond()))
                .toList());
  }

  private static List<Snapshot> archived(Jdbi view) {
    Map<String, SeriesKey> series = new HashMap<>();
    view.useHandle(
        h ->
            h.createQuery(
                    "SELECT node_key || '/' || ordinal, identifier::text, inbound_tag"
                        + " FROM billing.series")
                .map(
                    (rs, ctx) ->
                        series.put(
                            rs.getString(1), new SeriesKey(rs.getString(2), rs.getString(3))))
                .list());
    return view.withHandle(
        h ->
            h.createQuery(
                    """
                    SELECT n.node_key, n.env, n.node, s.collected_at, s.started_at, s.ordinals,
                           s.uplink, s.downlink
                      FROM billing.snapshots s
                      JOIN billing.nodes n USING (node_key)
                     ORDER BY s.node_key, s.collected_at
                    """)
                .map((rs, ctx) -> snapshot(rs, series))
                .list());
  }

  private static Snapshot snapshot(ResultSet rs, Map<String, SeriesKey> series)
      throws SQLException {
    Integer[] ordinals = (Integer[]) array(rs.getArray(6));
    Long[] up = (Long[]) array(rs.getArray(7));
    Long[] down = (Long[]) array(rs.getArray(8));
    Map<SeriesKey, Sample> samples = new TreeMap<>();
    for (int i = 0; i < ordinals.length; i++) {
      SeriesKey key = Objects.requireNonNull(series.get(rs.getInt(1) + "/" + ordinals[i]));
      samples.put(key, new Sample(key, up[i], down[i]));
    }
    return new Snapshot(
        new NodeKey(rs.getString(2), rs.getString(3)),
        Objects.requireNonNull(instant(rs, 4)),
        instant(rs, 5),
        List.copyOf(samples.values()),
        List.of());
  }

  private static Object array(Array array) throws SQLException {
    return array.getArray();
  }

  private static @Nullable Instant instant(ResultSet rs, int column) throws SQLException {
    OffsetDateTime time = rs.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  /** Nodes, sources and checkpoints that don't stand where the archive does. */
  private static List<String> behind(Jdbi view) {
    List<String> behind = new ArrayList<>();
    view.useHandle(
        h ->
            behind.addAll(
                h.createQuery(
                        """
                        SELECT 'node ' || n.composed
                          FROM billing.nodes n
                         WHERE n.head_at IS DISTINCT FROM
                               (SELECT max(s.collected_at) FROM billing.snapshots s
                                 WHERE s.node_key = n.node_key)
                         UNION ALL
                        SELECT 'source ' || p.source_id
                          FROM public.billing_source_sync_state p
                         WHERE p.last_completed_until IS DISTINCT FROM
                               (SELECT max(s.collected_at) FROM billing.snapshots s
                                 WHERE s.source_id = p.source_id)
                         UNION ALL
                        SELECT 'checkpoint ' || b.node_id || ' ' || b.account_uuid
                          FROM (SELECT node_id, account_uuid, max(bucket_start) AS newest
                                  FROM public.traffic_minute_buckets
                                 GROUP BY 1, 2) b
                          LEFT JOIN public.traffic_stat_checkpoints c
                                 ON c.node_id = b.node_id AND c.account_uuid = b.account_uuid
                         WHERE c.last_seen_at IS NULL
                            OR c.last_seen_at < b.newest
                            OR NOT EXISTS
                               (SELECT FROM billing.snapshots s JOIN billing.nodes n USING (node_key)
                                 WHERE n.composed = c.node_id AND s.collected_at = c.last_seen_at)
                        """)
                    .mapTo(String.class)
                    .list()));
    return behind;
  }
}
