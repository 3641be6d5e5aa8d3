package plus.svc.billing.repair;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jspecify.annotations.Nullable;

/** Reads samples set aside. */
public interface QuarantineDao {

  /**
   * A sample set aside.
   *
   * @param known whether its identifier is one of the node's series
   * @param heldBytes bytes that would have counted since the last accepted sample
   * @param decision what was decided on it before, '' if nothing was
   */
  record Sample(
      String env,
      String nodeId,
      String node,
      Instant at,
      String identifier,
      String inbound,
      String reason,
      String uplink,
      String downlink,
      long heldBytes,
      boolean known,
      @Nullable UUID account,
      String decision) {}

  /** Samples by node and instant, as many as asked for. */
  @SqlQuery(
      """
      SELECT n.env, n.node AS node_id, n.composed AS node, a.collected_at AS at, a.identifier,
             a.inbound_tag AS inbound, a.reason, a.uplink, a.downlink, a.held_bytes,
             s.ordinal IS NOT NULL AS known, s.account_uuid AS account,
             coalesce(r.decision, '') AS decision
        FROM billing.set_asides a
        JOIN billing.nodes n ON n.node_key = a.node_key
        LEFT JOIN billing.series s
               ON s.node_key = a.node_key
              AND s.identifier::text = a.identifier
              AND s.inbound_tag = a.inbound_tag
        LEFT JOIN billing.resolutions r
               ON r.node_key = a.node_key
              AND r.ordinal = s.ordinal
              AND r.collected_at = a.collected_at
       WHERE a.node_key = ANY(:nodes)
         AND (:account::uuid IS NULL OR s.account_uuid = :account)
         AND (:cause::text IS NULL OR a.reason = :cause)
         AND a.collected_at >= :since AND a.collected_at <= :until
       ORDER BY n.composed COLLATE "C", a.collected_at, a.identifier, a.inbound_tag
       LIMIT :most
      """)
  @RegisterConstructorMapper(Sample.class)
  @SuppressWarnings("TooManyParameters")
  List<Sample> samples(
      @Bind("nodes") Integer[] nodes,
      @Bind("account") @Nullable UUID account,
      @Bind("cause") @Nullable String cause,
      @Bind("since") Instant since,
      @Bind("until") Instant until,
      @Bind("most") int most);
}
