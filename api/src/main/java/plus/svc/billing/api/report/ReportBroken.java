package plus.svc.billing.api.report;

import java.io.IOException;
import java.io.UncheckedIOException;

/** A report could not be written: whoever reads it went away, or the disk is full. */
public final class ReportBroken extends UncheckedIOException {

  private static final long serialVersionUID = 1L;

  public ReportBroken(IOException cause) {
    super("the report could not be written", cause);
  }
}
