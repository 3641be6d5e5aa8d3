package plus.svc.billing.collector;

import java.util.List;
import java.util.Optional;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/**
 * Rows of {@code billing.source_leases}. All times are the database's, so that the clocks of the
 * instances don't matter. One that is to last for more than three times of ours was given before
 * the database's clock was set back: it is over, else its source stood still if its holder died.
 * The fence keeps a holder that lives from writing beside us.
 */
public interface SourceLeaseDao {

  /**
   * Takes the source's lease if it is free, ours or over, or prolongs it. Where another's is in
   * force that is seen without waiting: the row is locked while a page of its holder is written.
   *
   * @return its fence, which grew by one if another held it before; empty if another holds it
   */
  @SqlQuery(
      """
      INSERT INTO billing.source_leases AS lease (source_id, holder, fence, expires_at)
      SELECT :source, :holder, 1, clock_timestamp() + :millis * INTERVAL '1 millisecond'
       WHERE NOT EXISTS (SELECT FROM billing.source_leases AS other
                          WHERE other.source_id = :source
                            AND other.holder <> :holder
                            AND other.expires_at > clock_timestamp()
                            AND other.expires_at <= clock_timestamp()
                                + 3 * :millis * INTERVAL '1 millisecond')
          ON CONFLICT (source_id) DO UPDATE
         SET holder = excluded.holder,
             fence = CASE WHEN lease.holder = excluded.holder
                          THEN lease.fence
                          ELSE lease.fence + 1 END,
             expires_at = excluded.expires_at
       WHERE lease.holder = excluded.holder
          OR lease.expires_at <= clock_timestamp()
          OR lease.expires_at - clock_timestamp() > 3 * (excluded.expires_at - clock_timestamp())
      RETURNING fence
      """)
  Optional<Long> acquire(
      @Bind("source") String source, @Bind("holder") String holder, @Bind("millis") long millis);

  /** A lease that the asking instance has. */
  record Lease(String sourceId, long fence) {}

  /**
   * As {@link #acquire} for many sources at once.
   *
   * @param millis how long, by source
   * @return the leases that the holder has now; those of other sources are held by others
   */
  @SqlQuery(
      """
      INSERT INTO billing.source_leases AS lease (source_id, holder, fence, expires_at)
      SELECT source, :holder, 1, clock_timestamp() + millis * INTERVAL '1 millisecond'
        FROM unnest(:sources, :millis) AS s (source, millis)
       ORDER BY source
          ON CONFLICT (source_id) DO UPDATE
         SET holder = excluded.holder,
             fence = CASE WHEN lease.holder = excluded.holder
                          THEN lease.fence
                          ELSE lease.fence + 1 END,
             expires_at = excluded.expires_at
       WHERE lease.holder = excluded.holder
          OR lease.expires_at <= clock_timestamp()
          OR lease.expires_at - clock_timestamp() > 3 * (excluded.expires_at - clock_timestamp())
      RETURNING source_id, fence
      """)
  @RegisterConstructorMapper(Lease.class)
  List<Lease> acquireAll(
      @Bind("sources") String[] sources,
      @Bind("holder") String holder,
      @Bind("millis") Long[] millis);

  /**
   * Lets go of the sources that the holder has, so that another takes over at once.
   *
   * @return how many there were
   */
  @SqlUpdate(
      """
      UPDATE billing.source_leases
         SET expires_at = clock_timestamp()
       WHERE holder = :holder
         AND source_id = ANY (:sources)
         AND expires_at > clock_timestamp()
      """)
  int release(@Bind("holder") String holder, @Bind("sources") String[] sources);
}
