package plus.svc.billing.ingest;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/**
 * Ends with {@link TooSlow} once reading has taken too long as a whole, however lively the drip. A
 * single read is bounded by the connector's idle timeout. Measured by a clock that nobody sets.
 */
final class TimedInputStream extends FilterInputStream {

  /** Reading has taken too long. */
  static final class TooSlow extends IOException {
    private static final long serialVersionUID = 1L;
  }

  private final long deadlineNanos;

  TimedInputStream(InputStream in, Duration allowed) {
    super(in);
    this.deadlineNanos = System.nanoTime() + allowed.toNanos();
  }

  @Override
  public int read() throws IOException {
    checkTime();
    return super.read();
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    checkTime();
    return super.read(bytes, offset, length);
  }

  private void checkTime() throws TooSlow {
    if (System.nanoTime() - deadlineNanos > 0) {
      throw new TooSlow();
    }
  }
}
