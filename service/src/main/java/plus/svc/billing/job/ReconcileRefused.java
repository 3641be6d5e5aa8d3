package plus.svc.billing.job;

/** What was asked to be reconciled can't be; the message says why and what would do. */
public final class ReconcileRefused extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final boolean busy;

  private ReconcileRefused(String message, boolean busy) {
    super(message);
    this.busy = busy;
  }

  /** The request is wrong: names the field, its value and the mend. */
  static ReconcileRefused wrong(String field, String value, String mend) {
    String shown = value.length() <= 100 ? value : value.substring(0, 100) + "...";
    return new ReconcileRefused(field + ": '" + shown + "' can't be used; " + mend, false);
  }

  /** Another stretch is being reconciled. */
  static ReconcileRefused busy(String message) {
    return new ReconcileRefused(message, true);
  }

  /** Whether it would do later. */
  boolean isBusy() {
    return busy;
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
