package plus.svc.billing.wallet.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One stream of changes. A bounded number is under way; results are written in the order of the
 * lines. Reading waits while the wallet or the reader of the results is slow.
 */
final class BulkRun {

  private static final int UNDER_WAY = 2_000;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Map<String, WalletCall> OPERATIONS =
      Map.of(
          "deduct", WalletCall.DEDUCT_QUOTA,
          "account", WalletCall.SET_UP_ACCOUNT,
          "credit", WalletCall.CREDIT,
          "debit", WalletCall.DEBIT,
          "group", WalletCall.POST_GROUP,
          "transfer", WalletCall.TRANSFER,
          "hold", WalletCall.RESERVE,
          "commit", WalletCall.COMMIT_HOLD,
          "void", WalletCall.VOID_HOLD,
          "reversal", WalletCall.REVERSE);

  private final WalletFacade facade;
  private final ObjectMapper json;
  private final Ask whole;
  private final Deque<Item> underWay = new ArrayDeque<>();
  private long line;
  private long done;
  private long failed;

  BulkRun(WalletFacade facade, ObjectMapper json, Ask whole) {
    this.facade = facade;
    this.json = json;
    this.whole = whole;
  }

  /** A line that was begun, or could not be. */
  private record Item(
      long line,
      String key,
      WalletFacade.@Nullable Submitted submitted,
      @Nullable WalletFailure failure) {}

  /** What became of a line. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Result(
      long line,
      String idempotencyKey,
      boolean success,
      @Nullable String errorCode,
      @Nullable String errorMessage,
      @JsonUnwrapped Replies.@Nullable OperationReply operation) {}

  /** The last line; an answer without it was cut. */
  record Summary(boolean end, long lines, long done, long failed) {}

  void run(InputStream in, OutputStream out) throws IOException {
    BufferedInputStream lines = new BufferedInputStream(in, 1 << 16);
    ByteArrayOutputStream buffer = new ByteArrayOutputStream();
    boolean more = true;
    while (more) {
      // Nothing more has come: who waits for results before they send gets them.
      if (lines.available() == 0) {
        writeAll(out);
        out.flush();
      }
      buffer.reset();
      more = readLine(lines, buffer);
      if (buffer.size() > 0) {
        line++;
        underWay.add(begin(buffer));
      }
      while (underWay.size() >= UNDER_WAY) {
        write(out);
      }
    }
    writeAll(out);
    json.writeValue(new Unclosed(out), new Summary(true, line, done, failed));
    out.write('\n');
    out.flush();
  }

  private Item begin(ByteArrayOutputStream buffer) {
    String text = buffer.toString(StandardCharsets.UTF_8);
    String key = "";
    WalletCall call = WalletCall.BULK;
    try {
      if (buffer.size() > FieldsReader.MOST_CHARACTERS) {
        text = "";
        throw WalletFailure.bad(
            "the line is too long: must have at most "
                + FieldsReader.MOST_CHARACTERS
                + " characters");
      }
      Fields fields = FieldsReader.read(text);
      key = fields.text("idempotencyKey").orElse("");
      String operation = fields.required("operation");
      call = OPERATIONS.getOrDefault(operation, WalletCall.BULK);
      if (call == WalletCall.BULK) {
        throw WalletFailure.bad(
            "operation is '"
                + Fields.shown(operation)
                + "': must be one of "
                + OPERATIONS.keySet().stream().sorted().toList());
      }
      return new Item(line, key, facade.begin(call, item(fields, text)), null);
    } catch (WalletFailure e) {
      if (call == WalletCall.BULK) {
        facade.unreadable(call, item(Fields.NONE, text), e);
      }
      return new Item(line, key, null, e);
    }
  }

  /** The key beside the body is none: each line has its own. */
  private Ask item(Fields fields, String text) {
    return new Ask(whole.caller(), "bulk", whole.source(), "", fields, text, PATIENCE);
  }

  private void writeAll(OutputStream out) throws IOException {
    while (!underWay.isEmpty()) {
      write(out);
    }
  }

  private void write(OutputStream out) throws IOException {
    Result result = result(underWay.remove());
    if (result.success()) {
      done++;
    } else {
      failed++;
    }
    json.writeValue(new Unclosed(out), result);
    out.write('\n');
  }

  private Result result(Item item) {
    @Nullable WalletFailure failure = item.failure();
    WalletFacade.@Nullable Submitted submitted = item.submitted();
    if (failure == null && submitted != null) {
      try {
        return new Result(item.line(), item.key(), true, null, null, facade.end(submitted));
      } catch (WalletFailure e) {
        failure = e;
      }
    }
    if (failure == null) {
      throw new IllegalStateException("a line has an outcome");
    }
    return new Result(item.line(), item.key(), false, failure.code(), failure.text(), null);
  }

  /** Reads up to the line's end; of one that is too long only so much is kept as shows that. */
  private static boolean readLine(InputStream in, ByteArrayOutputStream line) throws IOException {
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

  /** Jackson ends what it writes to. */
  private static final class Unclosed extends java.io.FilterOutputStream {
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
