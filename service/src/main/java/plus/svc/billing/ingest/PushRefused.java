package plus.svc.billing.ingest;

/** A push was refused as a whole; nothing of it was written. The message is for its sender. */
public final class PushRefused extends Exception {

  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** The body is not what is described. */
    UNREADABLE,
    /** A limit was passed. */
    TOO_LARGE,
    /** It speaks for a node that is not the caller's. */
    FOREIGN_NODE,
    /** It took too long to come in. */
    TOO_SLOW,
    /** Too many pushes at the same time. */
    BUSY
  }

  private final Reason reason;

  public PushRefused(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
