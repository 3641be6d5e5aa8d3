package plus.svc.billing.collector;

/**
 * The collector is being stopped, or the source was changed; the run ends where it is, and that is
 * nobody's failure.
 */
final class Stopping extends Exception {

  private static final long serialVersionUID = 1L;

  Stopping(String why) {
    super(why);
  }
}
