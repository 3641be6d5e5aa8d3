package plus.svc.billing.pipeline.snapshot;

/**
 * A sample that cannot be used, kept as it was sent (each value cut to 200 characters) with the
 * reason. It never blocks its snapshot.
 */
public record RejectedSample(
    String identifier, String inboundTag, String uplink, String downlink, RejectReason reason) {}
