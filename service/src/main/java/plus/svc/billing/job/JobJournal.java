package plus.svc.billing.job;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import plus.svc.billing.api.JobResult;

/** Where runs are recorded. None of it throws: a run does not depend on its record. */
public interface JobJournal {

  /**
   * Notes that a run began.
   *
   * @return the record's id, empty if it could not be written
   */
  OptionalLong started(JobKind kind, Instant at);

  /** Notes a run's outcome in the record of that id; does nothing without an id. */
  void finished(OptionalLong id, JobResult result);

  /** The run that finished last, also before this process started. */
  Optional<JobRunRow> lastFinished();
}
