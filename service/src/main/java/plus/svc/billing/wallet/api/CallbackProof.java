package plus.svc.billing.wallet.api;

import java.time.Instant;
import java.util.Optional;
import plus.svc.billing.wallet.payment.CallbackSignature;

/** What a callback shows beside a token, to be believed by: its signature and what is signed. */
public final class CallbackProof {

  private final String address;
  private final String timestamp;
  private final String signature;
  private final byte[] signed;

  /**
   * A callback's.
   *
   * @param address where it comes from, as a literal
   * @param timestamp Unix seconds, as it was sent along; '' if it wasn't
   * @param signature in hex, as it was sent along; '' if it wasn't
   * @param signed the very bytes of the body; over gRPC {@link CallbackSignature#fields}
   */
  public CallbackProof(String address, String timestamp, String signature, byte[] signed) {
    this.address = address;
    this.timestamp = timestamp;
    this.signature = signature;
    this.signed = signed.clone();
  }

  String address() {
    return address;
  }

  /** What a check says; empty if there is no signature. */
  Optional<CallbackSignature.Verdict> verdict(CallbackSignature by, Instant now) {
    if (signature.isBlank()) {
      return Optional.empty();
    }
    long seconds;
    try {
      seconds = Long.parseLong(timestamp.strip());
    } catch (NumberFormatException e) {
      return Optional.of(CallbackSignature.Verdict.BAD);
    }
    return Optional.of(by.check(seconds, signed, signature, now));
  }
}
