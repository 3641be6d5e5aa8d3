package plus.svc.billing.pipeline.snapshot;

/**
 * The counters of one series at one instant.
 *
 * @param uplinkBytes bytes since the counting process started, {@code >= 0}
 * @param downlinkBytes likewise; the sum of both fits a long
 */
public record Sample(SeriesKey series, long uplinkBytes, long downlinkBytes) {

  public Sample {
    if (uplinkBytes < 0 || downlinkBytes < 0) {
      throw new IllegalArgumentException("counter below zero in " + series.inboundTag());
    }
    Math.addExact(uplinkBytes, downlinkBytes);
  }
}
