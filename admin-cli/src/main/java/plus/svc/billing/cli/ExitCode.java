package plus.svc.billing.cli;

/** The verdict of a verb, for scripts. */
final class ExitCode {

  static final int FINE = 0;
  static final int FOUND_SOMETHING = 1;
  static final int COULD_NOT_RUN = 2;

  private ExitCode() {}
}
