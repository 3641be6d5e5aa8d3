package plus.svc.billing.ops;

import java.util.LinkedHashMap;
import java.util.Map;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.api.report.Verdict;

/** The lines of a checkup. */
final class Checkup {

  private final Report report;
  private int fine;
  private int odd;
  private int wrong;

  Checkup(Report report) {
    this.report = report;
    report.section("checks", "check", "result", "what", "what_to_do");
  }

  /** A check that may fail to be made. */
  interface Check {
    void make() throws Exception;
  }

  /** Makes a check; one that can't be made is wrong. */
  void attempt(String name, Check check) {
    try {
      check.make();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      wrong(name, "the check was interrupted", "try again");
    } catch (Exception e) {
      wrong(name, "could not be checked: " + e.getClass().getSimpleName(), "see the service's log");
    }
  }

  void fine(String check, String what) {
    fine++;
    report.row(check, "ok", what, null);
  }

  void odd(String check, String what, String mend) {
    odd++;
    report.row(check, "warn", what, mend);
  }

  void wrong(String check, String what, String mend) {
    wrong++;
    report.row(check, "fail", what, mend);
  }

  void end() {
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("ok", fine);
    summary.put("warn", odd);
    summary.put("fail", wrong);
    report.end(summary, odd + wrong == 0 ? Verdict.CLEAN : Verdict.FOUND);
  }
}
