package plus.svc.billing.pipeline.metering;

/** Why the metering set a sample aside. */
public enum SetAsideReason {
  /** The counter fell, yet the counting process did not restart. */
  FELL_WITHOUT_RESTART,
  /** The counter rose faster than the source can move bytes. */
  JUMP
}
