package plus.svc.billing.wallet;

/** A request that can't be accepted as it is; the message names field, value and mend. */
public final class Unacceptable extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public Unacceptable(String message) {
    super(message);
  }
}
