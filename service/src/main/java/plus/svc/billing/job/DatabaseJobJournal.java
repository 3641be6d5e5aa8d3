package plus.svc.billing.job;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import plus.svc.billing.api.JobResult;
import plus.svc.billing.platform.log.Happening;

/**
 * Keeps runs in the database. A run does not depend on its record: where the database cannot be
 * reached the record is missing, the log says so, and the result is still told to who asked.
 */
public final class DatabaseJobJournal implements JobJournal {

  private static final Logger LOG = LoggerFactory.getLogger(DatabaseJobJournal.class);

  private final Jdbi jdbi;
  private final String instance;
  private final Instant ourStart;
  private final Duration grace;

  /**
   * Keeps the runs of this process.
   *
   * @param instance names this process in the record and in leases
   * @param ourStart when this process began
   * @param grace how long a run may go on without a lease before it counts as abandoned
   */
  public DatabaseJobJournal(Jdbi jdbi, String instance, Instant ourStart, Duration grace) {
    this.jdbi = jdbi;
    this.instance = instance;
    this.ourStart = ourStart;
    this.grace = grace;
  }

  @Override
  public OptionalLong started(JobKind kind, Instant at) {
    try {
      int abandoned =
          jdbi.withExtension(
              JobRunDao.class, runs -> runs.markAbandoned(instance, at, ourStart, at.minus(grace)));
      if (abandoned > 0) {
        LOG.warn(
            Happening.JOBS_ABANDONED,
            "{} runs of jobs were abandoned by processes that ended in mid-run",
            abandoned);
      }
      return OptionalLong.of(
          jdbi.withExtension(JobRunDao.class, runs -> runs.started(kind.text(), at, instance)));
    } catch (RuntimeException e) {
      LOG.warn(Happening.DATABASE_FAILED, "the start of {} could not be recorded", kind.text(), e);
      return OptionalLong.empty();
    }
  }

  @Override
  public void finished(OptionalLong id, JobResult result) {
    if (id.isEmpty()) {
      return;
    }
    try {
      jdbi.useExtension(JobRunDao.class, runs -> runs.finished(id.getAsLong(), row(result)));
    } catch (RuntimeException e) {
      LOG.warn(
          Happening.DATABASE_FAILED,
          "the outcome of {} could not be recorded: {}",
          result.job(),
          result,
          e);
    }
  }

  @Override
  public Optional<JobRunRow> lastFinished() {
    try {
      return jdbi.withExtension(JobRunDao.class, JobRunDao::lastFinished);
    } catch (RuntimeException e) {
      LOG.warn(Happening.DATABASE_FAILED, "the last run could not be read", e);
      return Optional.empty();
    }
  }

  private JobRunRow row(JobResult result) {
    return new JobRunRow(
        result.job(),
        result.startedAt(),
        result.finishedAt(),
        result.status(),
        result.error(),
        result.processedSamples(),
        result.writtenMinutes(),
        result.replayedMinutes(),
        instance);
  }
}
