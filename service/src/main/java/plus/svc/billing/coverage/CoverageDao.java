package plus.svc.billing.coverage;

import java.time.Instant;
import java.util.List;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/** Reads the evidence of how complete the sources are. */
public interface CoverageDao {

  /**
   * What is known of a source's nodes in a stretch of time; the columns as in {@link
   * plus.svc.billing.api.Coverage}.
   */
  record Row(
      String sourceId,
      long minutes,
      long observed,
      long atRisk,
      long pending,
      long restarts,
      long blindSeconds,
      long setAside,
      long heldSeries,
      long jumpHolds) {}

  /**
   * Counts minutes by evidence, for all sources at once. A node that several sources have counts
   * for each of them, with whatever any of them brought.
   *
   * <p>A restart lies between two snapshots that follow each other, so no minute strictly between
   * them has one: those are at risk. The same holds for a counter that fell though the process ran
   * on, if it fell just then. Minutes after the newest snapshot are pending, a node that was never
   * seen is pending as a whole. What is left has no snapshot and nothing against it: spanned.
   *
   * @param sources by pairs of a source and one of its nodes; {@code envs} and {@code nodes} run in
   *     parallel
   * @param from a whole minute, {@code until} a later one, excluded
   */
  @SqlQuery(
      """
      WITH wanted AS (
        SELECT source_id, env, node
          FROM unnest(:sources, :envs, :nodes) AS w (source_id, env, node)
      ), node AS (
        SELECT n.node_key, n.env, n.node, n.head_at, cardinality(n.aside) AS held,
               greatest(date_trunc('minute', n.first_at), :from) AS since
          FROM billing.nodes n
         WHERE n.first_at IS NOT NULL
           AND (n.env, n.node) IN (SELECT env, node FROM wanted)
      ), seen AS (
        SELECT n.node_key, count(DISTINCT date_trunc('minute', s.collected_at)) AS observed
          FROM node n
          JOIN billing.snapshots s
            ON s.node_key = n.node_key AND s.collected_at >= :from AND s.collected_at < :until
         GROUP BY n.node_key
      ), restart AS (
        SELECT n.node_key, r.blind_from, r.at
          FROM node n
          JOIN billing.restarts r
            ON r.node_key = n.node_key AND r.at >= :from AND r.blind_from < :until
      ), fell AS (
        SELECT DISTINCT a.node_key, p.before AS blind_from, a.collected_at AS at
          FROM node n
          JOIN billing.set_asides a
            ON a.node_key = n.node_key AND a.collected_at >= :from
           AND a.reason = 'FELL_WITHOUT_RESTART'
         CROSS JOIN LATERAL (
               SELECT s.collected_at AS before
                 FROM billing.snapshots s
                WHERE s.node_key = a.node_key
                  AND s.collected_at < a.collected_at
                  AND s.collected_at >= :from::timestamptz - INTERVAL '1 day'
                ORDER BY s.collected_at DESC
                LIMIT 1) p
         WHERE p.before < :until
           AND NOT EXISTS (
               SELECT FROM restart r WHERE r.node_key = a.node_key AND r.at = a.collected_at)
           AND NOT EXISTS (
               SELECT FROM billing.set_asides b
                WHERE b.node_key = a.node_key AND b.collected_at = p.before
                  AND b.identifier = a.identifier AND b.inbound_tag = a.inbound_tag
                  AND b.reason = a.reason)
      ), risk AS (
        SELECT node_key, count(*) FILTER (WHERE restarted) AS restarts,
               coalesce(sum(extract(epoch FROM at - blind_from)) FILTER (WHERE restarted), 0)
                 AS blind,
               sum(greatest(0, extract(epoch FROM least(date_trunc('minute', at), :until)
                 - greatest(date_trunc('minute', blind_from) + INTERVAL '1 minute', since)) / 60))
                 AS minutes
          FROM (SELECT r.*, TRUE AS restarted FROM restart r
                 UNION ALL
                SELECT f.*, FALSE FROM fell f) b
          JOIN node USING (node_key)
         GROUP BY node_key
      ), aside AS (
        SELECT n.node_key,
               count(*) FILTER (WHERE a.collected_at < :until) AS samples,
               count(*) FILTER (WHERE a.collected_at = n.head_at AND a.reason = 'JUMP') AS jumps
          FROM node n
          JOIN billing.set_asides a
            ON a.node_key = n.node_key AND a.collected_at >= least(:from, n.head_at)
         GROUP BY n.node_key
      )
      SELECT w.source_id,
             sum(greatest(0, extract(epoch FROM :until - coalesce(n.since, :from)) / 60))::bigint
               AS minutes,
             coalesce(sum(s.observed), 0)::bigint AS observed,
             coalesce(sum(r.minutes), 0)::bigint AS at_risk,
             sum(greatest(0, extract(epoch FROM :until
               - greatest(coalesce(date_trunc('minute', n.head_at) + INTERVAL '1 minute', :from),
                          coalesce(n.since, :from))) / 60))::bigint AS pending,
             coalesce(sum(r.restarts), 0)::bigint AS restarts,
             coalesce(sum(r.blind), 0)::bigint AS blind_seconds,
             coalesce(sum(a.samples), 0)::bigint AS set_aside,
             coalesce(sum(n.held), 0)::bigint AS held_series,
             coalesce(sum(a.jumps), 0)::bigint AS jump_holds
        FROM wanted w
        LEFT JOIN node n ON n.env = w.env AND n.node = w.node
        LEFT JOIN seen s ON s.node_key = n.node_key
        LEFT JOIN risk r ON r.node_key = n.node_key
        LEFT JOIN aside a ON a.node_key = n.node_key
       GROUP BY w.source_id
      """)
  @RegisterConstructorMapper(Row.class)
  List<Row> count(
      @Bind("sources") String[] sources,
      @Bind("envs") String[] envs,
      @Bind("nodes") String[] nodes,
      @Bind("from") Instant from,
      @Bind("until") Instant until);
}
