package plus.svc.billing.pipeline.snapshot;

/** Why a sample was set aside before it was metered. */
public enum RejectReason {
  BAD_IDENTIFIER,
  NEGATIVE_TOTAL,
  NOT_AN_INTEGER,
  OUT_OF_RANGE,
  MISSING_FIELD
}
