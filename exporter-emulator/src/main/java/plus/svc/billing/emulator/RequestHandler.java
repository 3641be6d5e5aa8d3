package plus.svc.billing.emulator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.emulator.fault.Answer;
import plus.svc.billing.emulator.fault.Delivery;
import plus.svc.billing.emulator.fault.Faults;
import plus.svc.billing.emulator.window.Exporter;
import plus.svc.billing.emulator.window.Reply;
import plus.svc.billing.emulator.window.Request;

/** From the socket's request to an answer, and the answer's delivery. */
final class RequestHandler implements HttpHandler, AutoCloseable {
  private static final int REMEMBERED = 1000;

  private final Exporter exporter;
  private final Faults faults;
  private final InstantSource clock;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Deque<Request> recent = new ArrayDeque<>();
  private long count;

  RequestHandler(Exporter exporter, Faults faults, InstantSource clock) {
    this.exporter = exporter;
    this.faults = faults;
    this.clock = clock;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      deliver(exchange, answer(exchange));
    }
  }

  synchronized List<Request> recent() {
    return List.copyOf(recent);
  }

  synchronized long count() {
    return count;
  }

  /** Ends every wait of a slow reply. */
  @Override
  public void close() {
    closed.countDown();
  }

  private Answer answer(HttpExchange exchange) {
    Request request = request(exchange);
    if (request == null) {
      return Answer.honest(Reply.notFound());
    }
    remember(request);
    Answer honest = Answer.honest(exporter.answer(request));
    return request.path().startsWith(Request.SNAPSHOTS)
        ? faults.spoil(honest, request, exporter, clock.instant())
        : honest;
  }

  /** The request without the path prefix, null if it is not under it. */
  private @Nullable Request request(HttpExchange exchange) {
    URI uri = exchange.getRequestURI();
    String prefix = exporter.config().pathPrefix();
    if (!uri.getPath().startsWith(prefix + "/")) {
      return null;
    }
    return new Request(
        uri.getPath().substring(prefix.length()),
        uri.getRawQuery(),
        exchange.getRequestHeaders().getFirst("Authorization"));
  }

  private synchronized void remember(Request request) {
    count++;
    recent.add(request);
    if (recent.size() > REMEMBERED) {
      recent.remove();
    }
  }

  private void deliver(HttpExchange exchange, Answer answer) throws IOException {
    Delivery delivery = answer.delivery();
    pause(delivery.delay());
    if (delivery.dropped()) {
      return; // Closing the exchange without a reply closes the connection.
    }
    Reply reply = answer.reply();
    reply.headers().forEach(exchange.getResponseHeaders()::set);
    byte[] body = reply.body();
    if (body.length == 0 || exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(reply.status(), -1);
      return;
    }
    exchange.sendResponseHeaders(reply.status(), body.length);
    write(exchange.getResponseBody(), body, delivery);
  }

  private void write(OutputStream out, byte[] body, Delivery delivery) throws IOException {
    int end = (int) ((long) body.length * delivery.cutPercent() / 100);
    int piece = delivery.pieceBytes() == 0 ? Math.max(end, 1) : delivery.pieceBytes();
    for (int from = 0; from < end; from += piece) {
      out.write(body, from, Math.min(piece, end - from));
      out.flush();
      pause(delivery.pause());
    }
  }

  private void pause(Duration time) throws IOException {
    if (time.isZero()) {
      return;
    }
    try {
      if (closed.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new InterruptedIOException("the emulator was closed");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the emulator was closed");
    }
  }
}
