package plus.svc.billing.config;

/** Who brings the snapshots. */
public enum IngestMode {
  /** We ask the exporters. */
  PULL,
  /** The exporters send; nothing is pulled. */
  PUSH
}
