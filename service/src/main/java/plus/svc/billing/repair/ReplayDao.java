package plus.svc.billing.repair;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jspecify.annotations.Nullable;

/** Reads which nodes and accounts a replay is about. */
public interface ReplayDao {

  /**
   * A node that was ever seen.
   *
   * @param series how many series it has
   * @param firstAt its first snapshot, null if there was none yet
   */
  record Node(
      int nodeKey,
      String env,
      String node,
      String composed,
      int series,
      @Nullable Instant firstAt) {}

  /**
   * Nodes in the order in which they are locked.
   *
   * @param composed only this one, null for all
   * @param source only those that this source brought lately, null for all
   * @param env environment and {@code id} the node that the source is configured for, '' if any
   */
  @SqlQuery(
      """
      SELECT n.node_key, n.env, n.node, n.composed, cardinality(n.uplink) AS series, n.first_at
        FROM billing.nodes n
       WHERE (:composed::text IS NULL OR n.composed = :composed OR n.node = :composed)
         AND (:source::text IS NULL
              OR (n.node = :id AND n.env = :env)
              OR (:id = '' AND EXISTS (SELECT FROM billing.snapshots s
                          WHERE s.node_key = n.node_key
                            AND s.source_id = :source
                            AND s.collected_at >= n.head_at - INTERVAL '1 day')))
       ORDER BY n.composed COLLATE "C"
      """)
  @RegisterConstructorMapper(Node.class)
  List<Node> nodes(
      @Bind("composed") @Nullable String composed,
      @Bind("source") @Nullable String source,
      @Bind("env") String env,
      @Bind("id") String id);

  /** Accounts that have series on the nodes, ascending, a bounded number after one. */
  @SqlQuery(
      """
      SELECT DISTINCT account_uuid
        FROM billing.series
       WHERE node_key = ANY(:nodes) AND account_uuid > :after
       ORDER BY account_uuid
       LIMIT :most
      """)
  List<UUID> accounts(
      @Bind("nodes") Integer[] nodes, @Bind("after") UUID after, @Bind("most") int most);
}
