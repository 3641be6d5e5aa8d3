package plus.svc.billing.pipeline.source.page;

/**
 * A snapshot that cannot be placed and was set aside as a whole; the body's other snapshots are not
 * touched by it.
 *
 * @param index its place in the body, from 0
 * @param value what was sent in the field at fault, made safe to show, '' if nothing was
 */
public record RejectedSnapshot(int index, Reason reason, String value) {

  /** What is wrong with its head. */
  public enum Reason {
    NOT_AN_OBJECT("", "it is not an object", "send an object with collected_at and node_id"),
    COLLECTED_AT(
        "collected_at",
        "collected_at is missing or no RFC 3339 instant",
        "send the instant at which the counters were read, such as 2026-04-08T10:00:00Z"),
    NODE(
        "node_id",
        "node_id is missing or blank, longer than 200 characters, or holds control characters",
        "send the node's id"),
    ENV(
        "env",
        "env is longer than 200 characters, or holds control characters",
        "send the node's environment, such as prod"),
    SAMPLES("samples", "samples is no array", "send an array of samples, or null for none"),
    STARTED_AT(
        "started_at",
        "started_at or uptime_seconds cannot be read",
        "send started_at as an RFC 3339 instant, uptime_seconds as seconds, or leave both out");

    private final String field;
    private final String text;
    private final String mend;

    Reason(String field, String text, String mend) {
      this.field = field;
      this.text = text;
      this.mend = mend;
    }

    /** The field at fault, '' if it is the snapshot itself. */
    public String field() {
      return field;
    }

    /** For an operator. */
    public String text() {
      return text;
    }

    /** What the sender can do. */
    public String mend() {
      return mend;
    }
  }
}
