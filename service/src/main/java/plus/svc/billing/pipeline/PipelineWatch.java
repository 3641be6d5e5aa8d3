package plus.svc.billing.pipeline;

import java.util.List;
import plus.svc.billing.pipeline.ledger.LedgerTurn;
import plus.svc.billing.platform.StageWatch;

/** Is told what transactions did, once they are committed. It changes nothing. */
public interface PipelineWatch extends StageWatch {

  /** Nobody watches. */
  PipelineWatch NONE =
      new PipelineWatch() {
        @Override
        public Running begin(Stage stage) {
          return StageWatch.NONE.begin(stage);
        }

        @Override
        public void committed(List<Delivery> deliveries, LedgerTurn.Posted posted) {}
      };

  /**
   * A transaction is committed.
   *
   * @param deliveries that shared it; none where it only settled accounts
   */
  void committed(List<Delivery> deliveries, LedgerTurn.Posted posted);
}
