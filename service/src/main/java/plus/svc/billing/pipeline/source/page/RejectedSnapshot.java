package plus.svc.billing.pipeline.source.page;

/**
 * A snapshot that cannot be placed and was set aside as a whole.
 *
 * @param reason why; the page's other snapshots are not touched by it
 */
public record RejectedSnapshot(Reason reason) {

  /** What is wrong with its head. */
  public enum Reason {
    NOT_AN_OBJECT("it is not an object"),
    COLLECTED_AT("collected_at is missing or no RFC 3339 instant"),
    NODE("node_id is missing or blank, or holds control characters"),
    SAMPLES("samples is no array"),
    STARTED_AT("started_at or uptime_seconds cannot be read");

    private final String text;

    Reason(String text) {
      this.text = text;
    }

    /** For an operator. */
    public String text() {
      return text;
    }
  }
}
