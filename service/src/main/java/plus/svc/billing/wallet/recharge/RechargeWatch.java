package plus.svc.billing.wallet.recharge;

import plus.svc.billing.wallet.recharge.Told.Effect;

/** Is told what happens to orders, after it is committed. */
public interface RechargeWatch {

  /** Nobody watches. */
  RechargeWatch NONE =
      new RechargeWatch() {
        @Override
        public void ordered() {}

        @Override
        public void told(Report.Origin origin, Effect effect) {}
      };

  /** An order was made. */
  void ordered();

  /** A report was taken or refused. */
  void told(Report.Origin origin, Effect effect);
}
