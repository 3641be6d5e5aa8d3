package plus.svc.billing.ops;

import java.time.Instant;
import java.util.List;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jspecify.annotations.Nullable;

/** What a checkup reads from the database. */
public interface DoctorDao {

  /**
   * How the clock of a node differs, by the quickest of its snapshots since an instant.
   *
   * @param quickestSeconds from collecting to arriving, negative if it arrived before it was
   *     collected; null if none came
   */
  record NodeClock(String node, @Nullable Double quickestSeconds) {}

  @SqlQuery(
      """
      SELECT n.composed AS node,
             (SELECT min(extract(epoch FROM s.received_at - s.collected_at))
                FROM billing.snapshots s
               WHERE s.node_key = n.node_key AND s.collected_at >= :since)::double precision
               AS quickest_seconds
        FROM billing.nodes n
       WHERE n.head_at >= :since
       ORDER BY n.composed COLLATE "C"
      """)
  @RegisterConstructorMapper(NodeClock.class)
  List<NodeClock> nodeClocks(@Bind("since") Instant since);

  /** Changes by operators that began before an instant and have not ended. */
  @SqlQuery(
      """
      SELECT count(*)
        FROM billing.admin_changes b
       WHERE b.phase = 'begun' AND b.at < :before
         AND NOT EXISTS (SELECT FROM billing.admin_changes e WHERE e.ends = b.id)
      """)
  long unfinishedChanges(@Bind("before") Instant before);

  /** Which of the archive's days have no partition of their own. */
  @SqlQuery(
      """
      SELECT day
        FROM unnest(:days) AS d (day)
       WHERE to_regclass('billing.snapshots_' || day) IS NULL
       ORDER BY day
      """)
  List<String> unprepared(@Bind("days") String[] days);
}
