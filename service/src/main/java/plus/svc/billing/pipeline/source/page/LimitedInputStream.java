package plus.svc.billing.pipeline.source.page;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Ends with {@link TooLong} once more bytes came through than allowed; skips nothing. */
final class LimitedInputStream extends FilterInputStream {

  /** More bytes than allowed. */
  static final class TooLong extends IOException {
    private static final long serialVersionUID = 1L;
  }

  private long leftBytes;

  LimitedInputStream(InputStream in, long limitBytes) {
    super(in);
    this.leftBytes = limitBytes;
  }

  @Override
  public int read() throws IOException {
    int read = super.read();
    if (read >= 0) {
      count(1);
    }
    return read;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int read = super.read(bytes, offset, length);
    if (read > 0) {
      count(read);
    }
    return read;
  }

  private void count(int bytes) throws TooLong {
    leftBytes -= bytes;
    if (leftBytes < 0) {
      throw new TooLong();
    }
  }
}
