package plus.svc.billing.wallet.api;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A bulk as lines of text in the body of a request and of its answer. */
final class LineExchange implements BulkExchange {

  private final BufferedInputStream in;
  private final OutputStream out;
  private final ObjectMapper json;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private boolean isMore = true;

  LineExchange(InputStream in, OutputStream out, ObjectMapper json) {
    this.in = new BufferedInputStream(in, 1 << 16);
    this.out = out;
    this.json = json;
  }

  /** Empty lines are passed over. */
  @Override
  public @Nullable Line next() throws IOException {
    line.reset();
    while (isMore && line.size() == 0) {
      isMore = read();
    }
    if (line.size() == 0) {
      return null;
    }
    boolean tooLong = line.size() > FieldsReader.MOST_CHARACTERS;
    return new Line(tooLong ? "" : line.toString(StandardCharsets.UTF_8), tooLong);
  }

  /** Reads up to the line's end; of one that is too long only so much is kept as shows that. */
  private boolean read() throws IOException {
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        return false;
      }
      if (next != '\r' && line.size() <= FieldsReader.MOST_CHARACTERS) {
        line.write(next);
      }
    }
    return true;
  }

  @Override
  public boolean isEmpty() throws IOException {
    return in.available() == 0;
  }

  @Override
  public void result(BulkRun.Result result) throws IOException {
    write(result);
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }

  @Override
  public void end(BulkRun.Summary summary) throws IOException {
    write(summary);
    out.flush();
  }

  private void write(Object value) throws IOException {
    json.writeValue(new Unclosed(out), value);
    out.write('\n');
  }

  /** Jackson ends what it writes to. */
  private static final class Unclosed extends FilterOutputStream {
    Unclosed(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() {}

    @Override
    public void flush() {}
  }
}
