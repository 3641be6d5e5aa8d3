package plus.svc.billing.wallet.api;

import java.util.UUID;

/** The calls about recharges; their errors are {@link WalletFailure}s with the contract's codes. */
public interface Recharges {

  /** Without a payment service nothing can be ordered. */
  Recharges NONE =
      new Recharges() {
        @Override
        public Replies.RechargeReply order(Ask ask, UUID account, String key) {
          throw unavailable();
        }

        @Override
        public Replies.GetRechargeReply find(UUID order) {
          throw unavailable();
        }

        @Override
        public Replies.RechargeCallbackReply told(Ask ask) {
          throw unavailable();
        }

        private WalletFailure unavailable() {
          return WalletFailure.business(
              WalletFailure.Kind.BUSY, "190501", "no payment service is configured");
        }
      };

  /** Makes an order and its payment. */
  Replies.RechargeReply order(Ask ask, UUID account, String key);

  /** An order as it stands. */
  Replies.GetRechargeReply find(UUID order);

  /** Takes what the payment service, or who else is entitled to, says of a payment. */
  Replies.RechargeCallbackReply told(Ask ask);
}
