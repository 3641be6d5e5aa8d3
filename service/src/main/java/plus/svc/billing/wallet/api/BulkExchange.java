package plus.svc.billing.wallet.api;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The other side of a bulk: where its lines come from, and where what became of them goes. Every
 * method may wait; one thread calls them.
 */
public interface BulkExchange {

  /**
   * A change, as JSON.
   *
   * @param text '' if it is too long
   */
  record Line(String text, boolean isTooLong) {}

  /** Waits for the next line; null after the last one. */
  @Nullable Line next() throws IOException;

  /** Whether nothing more has come yet. */
  boolean isEmpty() throws IOException;

  /** Waits until the other side takes it. */
  void result(BulkRun.Result result) throws IOException;

  /** Nothing more follows before the other side goes on. */
  void flush() throws IOException;

  /** The last of it. */
  void end(BulkRun.Summary summary) throws IOException;
}
