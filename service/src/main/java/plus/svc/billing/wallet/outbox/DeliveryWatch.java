package plus.svc.billing.wallet.outbox;

/** Is told how deliveries fare. */
public interface DeliveryWatch {

  /** Nobody watches. */
  DeliveryWatch NONE = (target, outcome, nanos) -> {};

  /**
   * An attempt ended.
   *
   * @param target its name
   * @param nanos how long it took
   */
  void attempted(String target, Outcome outcome, long nanos);
}
