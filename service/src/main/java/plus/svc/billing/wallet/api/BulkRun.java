package plus.svc.billing.wallet.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One stream of changes. A bounded number is under way; results are written in the order of the
 * lines. Reading waits while the wallet or the reader of the results is slow.
 */
public final class BulkRun {

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
  private final Ask whole;
  private final Runnable over;
  private final Deque<Item> underWay = new ArrayDeque<>();
  private long line;
  private long done;
  private long failed;

  /**
   * @param over is run once it is over
   */
  BulkRun(WalletFacade facade, Ask whole, Runnable over) {
    this.facade = facade;
    this.whole = whole;
    this.over = over;
  }

  /** A line that was begun, or could not be. */
  private record Item(
      long line,
      String key,
      WalletFacade.@Nullable Submitted submitted,
      @Nullable WalletFailure failure) {}

  /** What became of a line. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Result(
      long line,
      String idempotencyKey,
      boolean success,
      @Nullable String errorCode,
      @Nullable String errorMessage,
      @JsonUnwrapped Replies.@Nullable OperationReply operation) {}

  /** The last line; an answer without it was cut. */
  public record Summary(boolean end, long lines, long done, long failed) {}

  /**
   * Does all of it, once.
   *
   * @throws IOException if the other side is gone; what was begun goes on
   */
  public void run(BulkExchange exchange) throws IOException {
    try {
      BulkExchange.@Nullable Line next = exchange.next();
      while (next != null) {
        line++;
        underWay.add(begin(next));
        while (underWay.size() >= UNDER_WAY) {
          write(exchange);
        }
        // Nothing more has come: who waits for results before they send gets them.
        if (exchange.isEmpty()) {
          writeAll(exchange);
          exchange.flush();
        }
        next = exchange.next();
      }
      writeAll(exchange);
      exchange.end(new Summary(true, line, done, failed));
    } finally {
      over.run();
    }
  }

  private Item begin(BulkExchange.Line read) {
    String text = read.text();
    String key = "";
    WalletCall call = WalletCall.BULK;
    try {
      if (read.isTooLong()) {
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

  private void writeAll(BulkExchange exchange) throws IOException {
    while (!underWay.isEmpty()) {
      write(exchange);
    }
  }

  private void write(BulkExchange exchange) throws IOException {
    Result result = result(underWay.remove());
    if (result.success()) {
      done++;
    } else {
      failed++;
    }
    exchange.result(result);
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
}
