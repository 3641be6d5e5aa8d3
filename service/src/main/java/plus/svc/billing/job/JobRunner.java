package plus.svc.billing.job;

import io.dropwizard.lifecycle.Managed;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import plus.svc.billing.api.Health;
import plus.svc.billing.api.JobResult;
import plus.svc.billing.api.SourceStatus;
import plus.svc.billing.platform.log.Happening;

/**
 * Runs the jobs on threads of its own, one active run a kind. Locks are held for moments only, so
 * status and health answer at once whatever runs.
 */
public final class JobRunner implements Jobs, Managed {

  private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);
  private static final JobOutcome NOTHING = new JobOutcome(List.of(), 0, 0, 0, 0);

  private record Run(
      JobKind kind,
      @Nullable ReconcileRange range,
      Instant startedAt,
      CompletableFuture<JobResult> done) {}

  private final CollectJob job;
  private final ReconcileRequest reconcile;
  private final JobJournal journal;
  private final InstantSource clock;
  private final Duration stopWait;
  private final ExecutorService executor;

  // All guarded by this.
  private final Map<JobKind, Run> active = new EnumMap<>(JobKind.class);
  private final Map<JobKind, JobResult> finished = new EnumMap<>(JobKind.class);
  private JobResult last = never();

  /**
   * Makes a runner that has run nothing yet.
   *
   * @param stopWait how long a stop waits for runs before it interrupts them
   */
  public JobRunner(
      CollectJob job,
      ReconcileRequest reconcile,
      JobJournal journal,
      InstantSource clock,
      Duration stopWait) {
    this.job = job;
    this.reconcile = reconcile;
    this.journal = journal;
    this.clock = clock;
    this.stopWait = stopWait;
    this.executor =
        Executors.newFixedThreadPool(
            JobKind.values().length,
            work -> {
              Thread thread = new Thread(work, "job");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Remembers the last run of before a restart. */
  @Override
  public void start() {
    journal.lastFinished().ifPresent(this::remember);
  }

  @Override
  public void stop() throws InterruptedException {
    executor.shutdown();
    if (!executor.awaitTermination(stopWait.toMillis(), TimeUnit.MILLISECONDS)) {
      LOG.warn(Happening.STOP_TOO_LONG, "a job still runs after {}: interrupting it", stopWait);
      executor.shutdownNow();
    }
  }

  @Override
  public synchronized CompletionStage<JobResult> trigger(JobKind kind) {
    return begin(kind, null).done().minimalCompletionStage();
  }

  @Override
  public CompletionStage<JobResult> reconcile(ReconcileRange range) {
    String id = range.sourceId();
    List<String> known = job.sources().stream().map(SourceStatus::sourceId).sorted().toList();
    if (id != null && !known.contains(id)) {
      throw ReconcileRefused.wrong("source_id", id, "no enabled source has that id");
    }
    range.ends(clock.instant(), reconcile.lookBack());
    synchronized (this) {
      Run run = begin(JobKind.RECONCILE_RANGE, range);
      if (!range.equals(run.range())) {
        throw ReconcileRefused.busy(
            "another stretch is being reconciled since " + run.startedAt() + "; ask again later");
      }
      return run.done().minimalCompletionStage();
    }
  }

  /** The active run of the job, or a new one. */
  private synchronized Run begin(JobKind kind, @Nullable ReconcileRange range) {
    Run run = active.get(kind);
    if (run == null) {
      run = new Run(kind, range, clock.instant(), new CompletableFuture<>());
      active.put(kind, run);
      start(run);
    }
    return run;
  }

  @Override
  public JobResult progress(JobKind kind) {
    List<SourceStatus> sources = job.sources();
    synchronized (this) {
      Run run = active.get(kind);
      return run == null
          ? finished.getOrDefault(kind, never())
          : result(run, JobResult.NEVER, NOTHING, JobResult.RUNNING, "", sources);
    }
  }

  @Override
  public JobResult status() {
    List<SourceStatus> sources = job.sourcesInDetail();
    synchronized (this) {
      return new JobResult(
          last.job(),
          last.startedAt(),
          last.finishedAt(),
          last.processedSamples(),
          last.writtenMinutes(),
          last.replayedMinutes(),
          last.status(),
          last.error(),
          active.keySet().stream().map(JobKind::text).distinct().toList(),
          sources);
    }
  }

  @Override
  public Health health() {
    return SourcesHealth.of(job.sources());
  }

  private void start(Run run) {
    try {
      executor.execute(() -> work(run));
    } catch (RejectedExecutionException e) {
      complete(run, failed(run, "the service is stopping"));
    }
  }

  private void work(Run run) {
    OptionalLong id = journal.started(run.kind(), run.startedAt());
    JobResult result = attempt(run);
    journal.finished(id, result);
    complete(run, result);
  }

  private JobResult attempt(Run run) {
    try {
      JobOutcome outcome = outcome(run);
      return result(
          run, clock.instant(), outcome, outcome.status(), outcome.error(), job.sources());
    } catch (RuntimeException | Error e) {
      String reference = UUID.randomUUID().toString();
      LOG.error(Happening.JOB_FAILED, "{} failed, reference {}", run.kind().text(), reference, e);
      return failed(run, "unexpected error, reference " + reference);
    }
  }

  private JobOutcome outcome(Run run) {
    ReconcileRange range = run.range();
    if (range != null) {
      return job.reconcile(range.sourceId(), range.ends(run.startedAt(), reconcile.lookBack()));
    }
    return run.kind() == JobKind.COLLECT ? job.collectAll() : job.reconcile(reconcile);
  }

  /** The result is there before anybody is told that the run is over. */
  private void complete(Run run, JobResult result) {
    synchronized (this) {
      active.remove(run.kind());
      finished.put(run.kind(), result);
      last = result;
    }
    run.done().complete(result);
  }

  private synchronized void remember(JobRunRow row) {
    Instant finishedAt = row.finishedAt() == null ? JobResult.NEVER : row.finishedAt();
    last =
        new JobResult(
            row.job(),
            row.startedAt(),
            finishedAt,
            row.processedSamples(),
            row.writtenMinutes(),
            row.replayedMinutes(),
            row.status(),
            row.error(),
            List.of(),
            List.of());
  }

  private JobResult failed(Run run, String error) {
    return result(run, clock.instant(), NOTHING, JobResult.ERROR, error, List.of());
  }

  private static JobResult result(
      Run run,
      Instant finishedAt,
      JobOutcome outcome,
      String status,
      String error,
      List<SourceStatus> sources) {
    return new JobResult(
        run.kind().text(),
        run.startedAt(),
        finishedAt,
        outcome.processedSamples(),
        outcome.writtenMinutes(),
        outcome.replayedMinutes(),
        status,
        error,
        List.of(),
        sources);
  }

  private static JobResult never() {
    return new JobResult(
        "", JobResult.NEVER, JobResult.NEVER, 0, 0, 0, "", "", List.of(), List.of());
  }
}
