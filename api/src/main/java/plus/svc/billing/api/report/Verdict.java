package plus.svc.billing.api.report;

import java.util.Locale;

/** What an answer comes to. */
public enum Verdict {
  /** Nothing to tell, or done: exit code 0. */
  CLEAN(0),
  /** Something that wants a person, or that an applied run would change: exit code 1. */
  FOUND(1),
  /** Not done, since something stands against it: exit code 1. */
  REFUSED(1),
  /** Could not be found out or done: exit code 2. */
  FAILED(2);

  private final int exitCode;

  Verdict(int exitCode) {
    this.exitCode = exitCode;
  }

  /** For the command line. */
  public int exitCode() {
    return exitCode;
  }

  /** As it is written in JSON. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
