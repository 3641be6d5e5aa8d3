package plus.svc.billing.ingest;

import plus.svc.billing.pipeline.Delivery;
import plus.svc.billing.pipeline.Receipt;

/** Where pushed snapshots go: the pipeline. */
public interface PushSink {

  /** Takes a delivery whole, in one transaction, or not at all. */
  Receipt accept(Delivery delivery);
}
