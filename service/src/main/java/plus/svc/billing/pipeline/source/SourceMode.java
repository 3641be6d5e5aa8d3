package plus.svc.billing.pipeline.source;

/** Which of an exporter's two endpoints is read. */
public enum SourceMode {
  /** {@code /v1/snapshots/window}, in pages: the whole history. */
  WINDOW,
  /** {@code /v1/snapshots/latest}: for exporters that have nothing else. */
  LATEST,
  /** Both, comparing them; only the window is written. */
  DUAL
}
