package plus.svc.billing.pipeline.source.http;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Sends a blank every few milliseconds, for ever: no single read waits long. */
final class DrippingServer implements AutoCloseable {

  private final CountDownLatch closed = new CountDownLatch(1);
  private final AtomicInteger drops = new AtomicInteger();
  private final ScriptedServer server = ScriptedServer.plain((head, out) -> drip(out));

  URI uri() {
    return server.uri();
  }

  int drops() {
    return drops.get();
  }

  @Override
  public void close() {
    closed.countDown();
    server.close();
  }

  private void drip(OutputStream out) throws IOException, InterruptedException {
    ScriptedServer.head(
        out, "200 OK", "Content-Type: application/json\r\nContent-Length: 100000\r\n");
    while (!closed.await(20, TimeUnit.MILLISECONDS)) {
      out.write(' ');
      out.flush();
      drops.incrementAndGet();
    }
  }
}
