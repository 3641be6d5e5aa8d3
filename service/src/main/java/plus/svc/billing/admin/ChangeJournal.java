package plus.svc.billing.admin;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.api.report.Verdict;

/** Keeps what operators change; nothing is changed that it did not take down first. */
public interface ChangeJournal {

  /**
   * Takes down that a change begins.
   *
   * @param caller name of the token
   * @param request the inputs, without secrets
   * @return its number
   */
  long begin(
      Instant at, String caller, String operation, String reason, Map<String, Object> request);

  /** Takes down how the change ended. */
  void end(
      long change, Instant at, Map<String, ? extends @Nullable Object> summary, Verdict verdict);
}
