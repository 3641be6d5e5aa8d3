package plus.svc.billing.wallet.api;

import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import plus.svc.billing.auth.Caller;
import plus.svc.billing.auth.Gate;
import plus.svc.billing.auth.Right;
import plus.svc.billing.wallet.payment.CallbackSignature;
import plus.svc.billing.wallet.payment.CallbackSignature.Verdict;

/**
 * Who may call back: who signs, or who shows a token with the right. One of the two is enough, and
 * whatever is shown must be good: a token doesn't make up for a wrong signature, nor a signature
 * for a wrong token.
 */
public final class CallbackGate {

  /** Who shows no token; has no right at all. */
  public static final Caller NOBODY = new Caller("nobody", Set.of());

  /** Who signs. */
  private static final Caller SIGNER = new Caller("payment-service", Set.of(Right.WALLET_CALLBACK));

  private final CallbackSignature signature;
  private final Gate gate;
  private final InstantSource clock;

  /**
   * @param signature checks what is signed
   * @param gate makes an address wait that is wrong too often
   */
  public CallbackGate(CallbackSignature signature, Gate gate, InstantSource clock) {
    this.signature = signature;
    this.gate = gate;
    this.clock = clock;
  }

  /**
   * Who it is that calls back.
   *
   * @param shown whose token was shown, {@link #NOBODY} if none was
   * @throws WalletFailure if that can't be believed
   */
  Caller admit(Caller shown, CallbackProof proof) {
    boolean hasToken = !shown.equals(NOBODY);
    if (hasToken) {
      Access.needs(shown, Right.WALLET_CALLBACK);
    }
    Optional<Verdict> verdict = proof.verdict(signature, clock.instant());
    if (verdict.isPresent() && verdict.get() == Verdict.GOOD) {
      return hasToken ? shown : SIGNER;
    }
    // Without a secret a signature says nothing, neither good nor bad: the token decides.
    boolean isWrong = verdict.isPresent() && verdict.get() != Verdict.NO_SECRET;
    if (hasToken && !isWrong) {
      return shown;
    }
    if (!hasToken) {
      Gate.Answer answer = gate.distrust(proof.address());
      if (answer.isThrottled()) {
        throw WalletFailure.throttled(answer.delaySeconds());
      }
    }
    throw WalletFailure.unauthenticated(verdict.map(CallbackGate::why).orElse(NEITHER));
  }

  private static final String NEITHER =
      "needs a signature (X-Payment-Timestamp and X-Payment-Signature; over gRPC the fields"
          + " timestampSeconds and signature), or a token with the right wallet:callback";

  private static String why(Verdict verdict) {
    return switch (verdict) {
      case STALE ->
          "the signature's timestamp is too far from now: must be signed when it is sent; check the"
              + " clock";
      case NO_SECRET ->
          "needs a token with the right wallet:callback: signatures are not believed before"
              + " wallet.payment.callbackSecretRef is set";
      default ->
          "the signature is not that of this timestamp and these very bytes: must be made with the"
              + " secret of wallet.payment.callbackSecretRef";
    };
  }
}
