package plus.svc.billing.job;

/** The jobs there are; of each at most one run is active. */
public enum JobKind {
  /** Takes what is new from every enabled source. */
  COLLECT("collect-and-rate"),
  /** Reads the configured look-back again and posts only what is missing. */
  RECONCILE("reconcile"),
  /** Reads a stretch of time again that somebody names; beside the usual one. */
  RECONCILE_RANGE("reconcile");

  private final String text;

  JobKind(String text) {
    this.text = text;
  }

  /** As callers and the database name it. */
  public String text() {
    return text;
  }
}
