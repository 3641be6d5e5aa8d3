package plus.svc.billing.pipeline.source;

import java.util.Locale;

/**
 * A source could not be read. The message says why to an operator and holds nothing a source could
 * have written there: no secret, no e-mail, no piece of a body.
 */
public final class SourceFailure extends Exception {

  private static final long serialVersionUID = 1L;

  /** What kind of trouble it is. */
  public enum Kind {
    /** Its name does not resolve or nothing answers there. */
    UNREACHABLE,
    /** It did not answer whole within the request's time. */
    TIMEOUT,
    /** No trusted connection: certificate, name or protocol. */
    TLS,
    /** Our own credential or trust material cannot be read or used. */
    CREDENTIAL,
    /** It refuses our credential (401, 403). */
    UNAUTHORIZED,
    /** It has no window there (404): an old exporter or a wrong prefix. */
    NOT_FOUND,
    /** Another status than 200. */
    HTTP_STATUS,
    /** It points elsewhere, which is never followed. */
    REDIRECT,
    /** 200, but not JSON. */
    NOT_JSON,
    /** The body ended too early. */
    TRUNCATED,
    /** The body is not a page of a window. */
    MALFORMED,
    /** A limit was passed. */
    TOO_LARGE,
    /** Its paging does not come to an end. */
    CURSOR,
    /** Another node or environment answers than is expected there. */
    WRONG_NODE,
    /** It sends what was not asked for. */
    OUTSIDE_WINDOW,
    /** Snapshots without a usable instant or node were set aside. */
    BAD_SNAPSHOT;

    /** As it stands in messages: {@code too_large}. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Kind kind;
  private final String reason;

  /**
   * Makes a failure without a cause, since a cause's message may quote the source.
   *
   * @param reason one clause, without secrets and without anything the source sent
   */
  public SourceFailure(Kind kind, String reason) {
    super(kind.text() + ": " + reason);
    this.kind = kind;
    this.reason = reason;
  }

  public Kind kind() {
    return kind;
  }

  /** The message without the kind. */
  public String reason() {
    return reason;
  }
}
