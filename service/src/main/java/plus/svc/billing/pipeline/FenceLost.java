package plus.svc.billing.pipeline;

import plus.svc.billing.pipeline.source.SourceId;

/** Another instance took the source over; nothing of the delivery was written. */
public final class FenceLost extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public FenceLost(SourceId source, long fence) {
    super("source " + source + ": lease number " + fence + " is no longer current; wrote nothing");
  }
}
