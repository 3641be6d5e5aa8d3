package plus.svc.billing.wallet.api;

import java.util.Map;
import plus.svc.billing.auth.Gate;
import plus.svc.billing.wallet.Refusal;

/** A call that is not done, as both faces tell it. */
public final class WalletFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Of the contract: a required field is missing. */
  private static final String MISSING = "100002";

  private static final int BAD_REQUEST = 400;
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int UNAVAILABLE = 503;

  /** Business codes; those from 1908 on are ours, the contract has none for them. */
  private static final Map<Refusal, String> CODES =
      Map.ofEntries(
          Map.entry(Refusal.ACCOUNT_NOT_FOUND, "190101"),
          Map.entry(Refusal.INSUFFICIENT_BALANCE, "190102"),
          Map.entry(Refusal.UNKNOWN_SERVICE, "190205"),
          Map.entry(Refusal.ACCOUNT_EXISTS, "190801"),
          Map.entry(Refusal.UNIT_DIFFERS, "190802"),
          Map.entry(Refusal.NOT_BALANCED, "190803"),
          Map.entry(Refusal.HOLD_NOT_FOUND, "190804"),
          Map.entry(Refusal.HOLD_ENDED, "190805"),
          Map.entry(Refusal.HOLD_EXCEEDED, "190806"),
          Map.entry(Refusal.OPERATION_NOT_FOUND, "190807"),
          Map.entry(Refusal.ALREADY_REVERSED, "190808"));

  private final Kind kind;
  private final int status;
  private final String code;
  private final long retryAfterSeconds;

  /** What sort of failure it is, for metrics and for the gRPC status. */
  public enum Kind {
    /** It can't be understood or accepted. */
    BAD,
    /** It was understood, and is not done. */
    REFUSED,
    /** Something that it names isn't there. */
    NOT_FOUND,
    /** It contradicts what is there. */
    CONFLICT,
    /** The caller may not. */
    DENIED,
    /** Nobody knows who calls. */
    UNAUTHENTICATED,
    /** Nobody knows who calls, too often. */
    THROTTLED,
    /** Not now. */
    BUSY,
    /** Nobody knows whether it is done. */
    UNKNOWN
  }

  private WalletFailure(Kind kind, int status, String code, String message) {
    this(kind, status, code, message, status == UNAVAILABLE ? 1 : 0);
  }

  private WalletFailure(
      Kind kind, int status, String code, String message, long retryAfterSeconds) {
    super(message, null, false, false);
    this.kind = kind;
    this.status = status;
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  public Kind kind() {
    return kind;
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** The business code, or where the contract has none the HTTP status as a text. */
  public String code() {
    return code;
  }

  /** When it may be tried again, 0 if time makes no difference. */
  long retryAfterSeconds() {
    return retryAfterSeconds;
  }

  /** The message, never null. */
  public String text() {
    return String.valueOf(getMessage());
  }

  /** A field is not as it must be. */
  public static WalletFailure bad(String message) {
    return new WalletFailure(Kind.BAD, BAD_REQUEST, "400", message);
  }

  /** A field is missing. */
  public static WalletFailure missing(String message) {
    return new WalletFailure(Kind.BAD, BAD_REQUEST, MISSING, message);
  }

  /** A user's id is none. */
  static WalletFailure badUser(String message) {
    return new WalletFailure(Kind.BAD, BAD_REQUEST, "190709", message);
  }

  /** The body is too large. */
  static WalletFailure tooLarge(String message) {
    return new WalletFailure(Kind.BAD, 413, "413", message);
  }

  /** The caller lacks a right, or may not use the account. */
  static WalletFailure denied(String message) {
    return new WalletFailure(Kind.DENIED, 403, "403", message);
  }

  /** Neither a token nor a signature that is believed. */
  static WalletFailure unauthenticated(String message) {
    return new WalletFailure(Kind.UNAUTHENTICATED, 401, "401", message);
  }

  /** The address showed too often what is not believed. */
  static WalletFailure throttled(long delaySeconds) {
    return new WalletFailure(
        Kind.THROTTLED, 429, "429", Gate.TOO_MANY + " in " + delaySeconds + " s", delaySeconds);
  }

  /** The key stands for another request. */
  static WalletFailure keyTaken(String message) {
    return new WalletFailure(Kind.CONFLICT, CONFLICT, "409", message);
  }

  /** Nothing was stored. */
  static WalletFailure busy(String message) {
    return new WalletFailure(Kind.BUSY, UNAVAILABLE, "503", message);
  }

  /** It may or may not be applied. */
  static WalletFailure unknown(String message) {
    return new WalletFailure(Kind.UNKNOWN, UNAVAILABLE, "503", message);
  }

  /** As another part names it; the contract answers 400 for every business code. */
  public static WalletFailure business(Kind kind, String code, String message) {
    return new WalletFailure(kind, BAD_REQUEST, code, message);
  }

  /** What the wallet refuses. The contract's own codes answer 400, whatever they say. */
  static WalletFailure refused(Refusal refusal, String message) {
    String code = CODES.getOrDefault(refusal, "190401");
    return switch (refusal) {
      case ACCOUNT_NOT_FOUND -> new WalletFailure(Kind.NOT_FOUND, BAD_REQUEST, code, message);
      case HOLD_NOT_FOUND, OPERATION_NOT_FOUND ->
          new WalletFailure(Kind.NOT_FOUND, NOT_FOUND, code, message);
      case ACCOUNT_EXISTS, ALREADY_REVERSED, HOLD_ENDED ->
          new WalletFailure(Kind.CONFLICT, CONFLICT, code, message);
      default -> new WalletFailure(Kind.REFUSED, BAD_REQUEST, code, message);
    };
  }
}
