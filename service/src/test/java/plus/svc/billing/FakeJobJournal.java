package plus.svc.billing;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.api.JobResult;
import plus.svc.billing.job.JobJournal;
import plus.svc.billing.job.JobKind;
import plus.svc.billing.job.JobRunRow;

/** Keeps the record in memory. */
final class FakeJobJournal implements JobJournal {

  final List<JobResult> results = new ArrayList<>();
  @Nullable JobRunRow last;

  @Override
  public OptionalLong started(JobKind kind, Instant at) {
    return OptionalLong.of(1);
  }

  @Override
  public synchronized void finished(OptionalLong id, JobResult result) {
    results.add(result);
  }

  @Override
  public Optional<JobRunRow> lastFinished() {
    return Optional.ofNullable(last);
  }
}
