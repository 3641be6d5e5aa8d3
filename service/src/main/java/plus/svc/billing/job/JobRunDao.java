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
