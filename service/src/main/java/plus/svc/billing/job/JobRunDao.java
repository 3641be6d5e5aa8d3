package plus.svc.billing.job;

import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.customizer.BindMethods;
import org.jdbi.v3.sqlobject.statement.GetGeneratedKeys;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** Runs of jobs, for the record and for the first status after a restart. */
public interface JobRunDao {

  /**
   * Notes that a run began.
   *
   * @return the run's id
   */
  @SqlUpdate(
      """
      INSERT INTO billing.job_runs (job, started_at, status, instance)
      VALUES (:job, :startedAt, 'running', :instance)
      """)
  @GetGeneratedKeys("id")
  long started(
      @Bind("job") String job,
      @Bind("startedAt") Instant startedAt,
      @Bind("instance") String instance);

  /** Writes the outcome of a run. */
  @SqlUpdate(
      """
      UPDATE billing.job_runs
         SET finished_at = :finishedAt,
             status = :status,
             error = :error,
             processed_samples = :processedSamples,
             written_minutes = :writtenMinutes,
             replayed_minutes = :replayedMinutes
       WHERE id = :id
      """)
  void finished(@Bind("id") long id, @BindMethods JobRunRow row);

  /**
   * Marks runs whose process ended in mid-run: those that began under our name before we did, and
   * those of instances that have no lease any more. Should such an instance live after all, it
   * writes its outcome over the mark.
   *
   * @param at when that was noticed; stands for the end, which nobody saw
   * @param ourStart runs of ours that began earlier are a predecessor's
   * @param begunBefore others' runs that began later may yet have to take their leases
   * @return how many there were
   */
  @SqlUpdate(
      """
      UPDATE billing.job_runs AS r
         SET finished_at = :at,
             status = 'abandoned',
             error = 'its process ended in mid-run; noticed by ' || :instance
       WHERE r.finished_at IS NULL
         AND CASE WHEN r.instance = :instance
                  THEN r.started_at < :ourStart
                  ELSE r.started_at < :begunBefore
                       AND NOT EXISTS (SELECT FROM billing.source_leases AS l
                                        WHERE l.holder = r.instance
                                          AND l.expires_at > clock_timestamp())
             END
      """)
  int markAbandoned(
      @Bind("instance") String instance,
      @Bind("at") Instant at,
      @Bind("ourStart") Instant ourStart,
      @Bind("begunBefore") Instant begunBefore);

  /** The run that finished last, of any job and any instance. */
  @SqlQuery(
      """
      SELECT job, started_at, finished_at, status, error,
             processed_samples, written_minutes, replayed_minutes, instance
        FROM billing.job_runs
       WHERE finished_at IS NOT NULL
       ORDER BY started_at DESC, id DESC
       LIMIT 1
      """)
  @RegisterConstructorMapper(JobRunRow.class)
  Optional<JobRunRow> lastFinished();
}
