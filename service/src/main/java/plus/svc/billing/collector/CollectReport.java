package plus.svc.billing.collector;

import java.util.List;
import plus.svc.billing.pipeline.Receipt;

/** What a collection of all sources did, an outcome a source. */
public record CollectReport(List<SourceOutcome> outcomes) {

  public CollectReport {
    outcomes = List.copyOf(outcomes);
  }

  /** What all of it changed. */
  public Receipt total() {
    return outcomes.stream().map(SourceOutcome::receipt).reduce(Receipt.NOTHING, Receipt::plus);
  }
}
