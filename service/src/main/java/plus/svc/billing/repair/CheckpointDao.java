package plus.svc.billing.repair;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jspecify.annotations.Nullable;

/** Statements on how far sources and series were read. */
public interface CheckpointDao {

  /**
   * A source's progress and who works on it.
   *
   * @param holder '' if nobody has its lease
   */
  record Source(
      String sourceId,
      @Nullable Instant lastCompletedUntil,
      @Nullable Instant lastAttemptedAt,
      @Nullable Instant lastSucceededAt,
      String lastError,
      String holder,
      long fence) {}

  /** Progress of these sources, each of them, in their order. */
  @SqlQuery(
      """
      SELECT w.source_id, p.last_completed_until, p.last_attempted_at, p.last_succeeded_at,
             coalesce(p.last_error, '') AS last_error,
             CASE WHEN l.expires_at > clock_timestamp() THEN l.holder ELSE '' END AS holder,
             coalesce(l.fence, 0) AS fence
        FROM unnest(:sources) WITH ORDINALITY AS w (source_id, place)
        LEFT JOIN public.billing_source_sync_state p ON p.source_id = w.source_id
        LEFT JOIN billing.source_leases l ON l.source_id = w.source_id
       ORDER BY w.place
      """)
  @RegisterConstructorMapper(Source.class)
  List<Source> sources(@Bind("sources") String[] sources);

  /**
   * A series as its node's state has it.
   *
   * @param startedAt epoch of the counting process, null if it sends none
   * @param seenMicros when it was last present, in microseconds
   * @param held whether its newest sample was set aside
   * @param setAside how many of its samples are set aside
   */
  record Series(
      String node,
      int ordinal,
      String identifier,
      String inbound,
      @Nullable UUID account,
      long uplink,
      long downlink,
      @Nullable Instant startedAt,
      long seenMicros,
      int restarts,
      boolean held,
      long setAside) {}

  /**
   * Series by node and ordinal, a bounded number after one.
   *
   * @param nodes only of these, {@code account} only of this one, null for all
   * @param seenBefore only those last present before, in microseconds
   */
  @SqlQuery(
      """
      WITH page AS (
        SELECT n.node_key, n.composed, n.started_at, s.ordinal, s.identifier::text AS identifier,
               s.inbound_tag, s.account_uuid,
               n.uplink[s.ordinal + 1] AS uplink, n.downlink[s.ordinal + 1] AS downlink,
               n.seen_at[s.ordinal + 1] AS seen_at, n.restarts[s.ordinal + 1] AS restarts,
               s.ordinal = ANY (n.aside) AS held
          FROM billing.nodes n
          JOIN billing.series s ON s.node_key = n.node_key
         WHERE n.node_key = ANY(:nodes)
           AND (:account::uuid IS NULL OR s.account_uuid = :account)
           AND n.seen_at[s.ordinal + 1] >= 0
           AND n.seen_at[s.ordinal + 1] < :seenBefore
           AND (n.composed COLLATE "C", s.ordinal) > (:afterNode COLLATE "C", :afterOrdinal)
         ORDER BY n.composed COLLATE "C", s.ordinal
         LIMIT :most)
      SELECT p.composed AS node, p.ordinal, p.identifier, p.inbound_tag AS inbound,
             p.account_uuid AS account, p.uplink, p.downlink, p.started_at,
             p.seen_at AS seen_micros, p.restarts, p.held,
             (SELECT count(*)
                FROM billing.set_asides a
               WHERE a.node_key = p.node_key
                 AND a.identifier = p.identifier
                 AND a.inbound_tag = p.inbound_tag) AS set_aside
        FROM page p
       ORDER BY p.composed COLLATE "C", p.ordinal
      """)
  @RegisterConstructorMapper(Series.class)
  @SuppressWarnings("TooManyParameters")
  List<Series> series(
      @Bind("nodes") Integer[] nodes,
      @Bind("account") @Nullable UUID account,
      @Bind("seenBefore") long seenBefore,
      @Bind("afterNode") String afterNode,
      @Bind("afterOrdinal") int afterOrdinal,
      @Bind("most") int most);

  /**
   * Takes a source's lease from whoever has it and lets go of it at once: what its holder still
   * writes is refused, and whoever comes next reads the progress anew. Waits for a page being
   * written.
   */
  @SqlUpdate(
      """
      INSERT INTO billing.source_leases AS lease (source_id, holder, fence, expires_at)
      VALUES (:source, :holder, 1, clock_timestamp())
          ON CONFLICT (source_id) DO UPDATE
         SET holder = excluded.holder, fence = lease.fence + 1, expires_at = excluded.expires_at
      """)
  void seize(@Bind("source") String source, @Bind("holder") String holder);

  /** Sets how far a source was read, forth or back. */
  @SqlUpdate(
      """
      INSERT INTO public.billing_source_sync_state AS s
             (source_id, last_completed_until, last_error, last_cursor, updated_at)
      VALUES (:source, :until, '', '', :now)
          ON CONFLICT (source_id) DO UPDATE
         SET last_completed_until = excluded.last_completed_until, last_cursor = '',
             updated_at = excluded.updated_at
      """)
  void setProgress(
      @Bind("source") String source, @Bind("until") Instant until, @Bind("now") Instant now);
}
