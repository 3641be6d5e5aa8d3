package plus.svc.billing.cli;

import java.io.PrintWriter;
import java.time.Duration;
import plus.svc.billing.api.JobResult;

/** Starts a job, or joins the one that runs, and tells how it went. */
final class JobCall {

  /** The service answers after some 10 s at the latest, with 202 if the job goes on. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private JobCall() {}

  /**
   * Calls a job.
   *
   * @param job the last part of its path
   * @return the verdict; of a job that goes on there is none yet, which is fine
   */
  static int run(String job, ServiceClient service, PrintWriter out) {
    JobResult result = JobReport.read(service.post("/v1/jobs/" + job, "jobs", PATIENCE));
    JobReport.print(result, out);
    if (result.status().equals(JobResult.RUNNING)) {
      out.println();
      out.println("It goes on in the service; see billing-admin status.");
    }
    return JobReport.verdict(result);
  }
}
