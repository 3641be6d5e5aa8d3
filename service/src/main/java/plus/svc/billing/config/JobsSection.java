package plus.svc.billing.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.platform.setting.SettingReader;

/** {@code jobs}: how the two job calls answer. */
public record JobsSection(
    @Nullable String answerWithin,
    @Nullable String reconcileLookBack,
    @Nullable String allowUnauthenticatedLoopback) {

  /** Nothing given: every default. */
  public static final JobsSection EMPTY = new JobsSection(null, null, null);

  /**
   * The same, as checked.
   *
   * @param answerWithin a job that takes longer answers 202 and goes on
   * @param reconcileLookBack how far back {@code reconcile} reads again
   * @param allowUnauthenticatedLoopback lets the job calls in from loopback without a token
   */
  public record Settings(
      Duration answerWithin, Duration reconcileLookBack, boolean allowUnauthenticatedLoopback) {}

  /** Checks the texts; problems go to the reader. */
  public Settings read(SettingReader reader) {
    return new Settings(
        reader.interval("jobs.answerWithin", answerWithin, "10s"),
        reader.interval("jobs.reconcileLookBack", reconcileLookBack, "1h"),
        reader.flag(
            "BILLING_JOBS_ALLOW_LOOPBACK (jobs.allowUnauthenticatedLoopback)",
            allowUnauthenticatedLoopback,
            false));
  }
}
