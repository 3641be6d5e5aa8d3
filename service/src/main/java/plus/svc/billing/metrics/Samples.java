package plus.svc.billing.metrics;

import plus.svc.billing.pipeline.Delivery;

/** Counts samples. */
final class Samples {

  private Samples() {}

  /** How many samples a delivery holds, without those that the decoder set aside. */
  static int of(Delivery delivery) {
    return delivery.snapshots().stream().mapToInt(snapshot -> snapshot.samples().size()).sum();
  }
}
