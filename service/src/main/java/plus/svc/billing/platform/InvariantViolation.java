package plus.svc.billing.platform;

/** A law would have been broken; the transaction is given up. */
public final class InvariantViolation extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public InvariantViolation(String message) {
    super(message);
  }
}
