package plus.svc.billing.pipeline.source;

/** Names one exporter endpoint; unique in the configuration. */
public record SourceId(String value) {

  public SourceId {
    value = value.strip();
    if (value.isEmpty()) {
      throw new IllegalArgumentException("source_id is blank");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
