package plus.svc.billing.pipeline.source;

/** What a node's first snapshot ever means. */
public enum FirstSnapshot {
  /** Its counters are history: they are remembered and count nothing. */
  BASELINE,
  /** Its counters began at zero under our eyes: they count whole. */
  FROM_ZERO
}
