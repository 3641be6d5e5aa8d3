package plus.svc.billing.cli;

import java.io.PrintWriter;
import java.util.Set;
import plus.svc.billing.api.JobResult;
import plus.svc.billing.api.SourceStatus;

/** Tells a {@link JobResult} to a person, and judges it. */
final class JobReport {

  /** '' stands for a service that has run no job yet. */
  private static final Set<String> FINE =
      Set.of(JobResult.OK, JobResult.IDLE, JobResult.RUNNING, "");

  private JobReport() {}

  /** The fields that no such document lacks. */
  static JobResult read(Reply reply) {
    return reply.as(JobResult.class, "job", "started_at", "finished_at", "status");
  }

  /** What the run did, what runs now, and a table of the sources. */
  static void print(JobResult result, PrintWriter out) {
    printRun(result, out);
    if (!result.error().isEmpty()) {
      out.println("error: " + Text.line(result.error()));
    }
    if (!result.runningJobs().isEmpty()) {
      out.println("running now: " + Text.line(String.join(", ", result.runningJobs())));
    }
    if (!result.sourceStatuses().isEmpty()) {
      out.println();
      SourceTable.lines(result.sourceStatuses()).forEach(out::println);
    }
  }

  private static void printRun(JobResult result, PrintWriter out) {
    String job = Text.line(result.job());
    switch (result.status()) {
      case JobResult.IDLE -> out.println("idle: snapshots are pushed, nothing is collected");
      case "" -> out.println("no job has run yet");
      case JobResult.RUNNING ->
          out.println(job + ": running since " + Text.instant(result.startedAt()));
      default -> {
        out.println(
            job
                + ": "
                + Text.line(result.status())
                + ", "
                + Text.instant(result.startedAt())
                + " to "
                + Text.instant(result.finishedAt()));
        out.println(
            result.processedSamples()
                + " samples taken, "
                + result.writtenMinutes()
                + " minutes written, "
                + result.replayedMinutes()
                + " minutes changed");
      }
    }
  }

  /** Of a job: whether it did all it should. */
  static int verdict(JobResult result) {
    return FINE.contains(result.status()) ? ExitCode.FINE : ExitCode.FOUND_SOMETHING;
  }

  /** Of the whole service: whether the last job did all it should and no source fails now. */
  static int verdictWithSources(JobResult result) {
    return result.sourceStatuses().stream().anyMatch(JobReport::isFailing)
        ? ExitCode.FOUND_SOMETHING
        : verdict(result);
  }

  private static boolean isFailing(SourceStatus source) {
    return source.consecutiveFailures() > 0
        || !source.lastError().isEmpty()
        || !source.credentialAlarm().isEmpty();
  }
}
