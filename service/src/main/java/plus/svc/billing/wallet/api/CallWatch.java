package plus.svc.billing.wallet.api;

/** Is told of every call that ended. */
@FunctionalInterface
public interface CallWatch {

  /** Nobody looks. */
  CallWatch NONE = (face, call, outcome, nanos) -> {};

  /**
   * A call ended.
   *
   * @param face {@code http}, {@code grpc}, or {@code bulk} for each operation of one
   * @param outcome {@code ok}, {@code failed}, or a {@link WalletFailure.Kind} in lower case
   */
  void ended(String face, WalletCall call, String outcome, long nanos);
}
