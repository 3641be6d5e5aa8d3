package plus.svc.billing.pipeline.metering;

/** What a person decided about a sample that was set aside. */
public enum Decision {
  /** The difference counts, however large. */
  ACCEPT,
  /** The counter began at zero: the sample counts whole. */
  RESTART,
  /** The counters are history: they are remembered and count nothing. */
  BASELINE
}
