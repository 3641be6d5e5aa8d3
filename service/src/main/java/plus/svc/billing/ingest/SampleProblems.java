package plus.svc.billing.ingest;

import plus.svc.billing.api.IngestProblem;
import plus.svc.billing.pipeline.snapshot.RejectReason;
import plus.svc.billing.pipeline.snapshot.RejectedSample;

/** Tells the sender which field of a sample was at fault. */
final class SampleProblems {

  private static final String UPLINK = "samples[].uplink_bytes_total";
  private static final String DOWNLINK = "samples[].downlink_bytes_total";
  private static final String COUNTER =
      "must be a whole number of 0 or more that, with the other direction, fits 64 bits";

  private SampleProblems() {}

  /**
   * @param index the snapshot's place in the body
   */
  static IngestProblem of(int index, RejectedSample sample) {
    boolean noIdentifier = sample.identifier().isEmpty();
    if (sample.reason() == RejectReason.BAD_IDENTIFIER
        || (sample.reason() == RejectReason.MISSING_FIELD && noIdentifier)) {
      return new IngestProblem(
          index,
          "samples[].uuid",
          sample.identifier(),
          "set aside: must be a UUID, with an inbound_tag of at most 200 characters");
    }
    boolean uplink = !isCounter(sample.uplink()) || isCounter(sample.downlink());
    return new IngestProblem(
        index,
        uplink ? UPLINK : DOWNLINK,
        uplink ? sample.uplink() : sample.downlink(),
        "set aside: " + COUNTER);
  }

  private static boolean isCounter(String text) {
    try {
      return Long.parseLong(text) >= 0;
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
