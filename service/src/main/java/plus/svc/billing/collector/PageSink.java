package plus.svc.billing.collector;

import plus.svc.billing.pipeline.Delivery;
import plus.svc.billing.pipeline.Receipt;

/** Where pages go: the pipeline. */
@FunctionalInterface
public interface PageSink {

  /**
   * Takes a page, whole or not at all.
   *
   * @throws plus.svc.billing.pipeline.FenceLost if another instance works on the source by now
   */
  Receipt accept(Delivery delivery);
}
