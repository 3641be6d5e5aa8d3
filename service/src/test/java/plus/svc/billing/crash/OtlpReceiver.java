package plus.svc.billing.crash;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Takes traces as an OpenTelemetry collector does: OTLP over HTTP, in protocol buffers. */
final class OtlpReceiver implements AutoCloseable {

  private final HttpServer server;

  /** Names of spans by the trace they belong to; guarded by itself. */
  private final Map<String, Set<String>> traces = new HashMap<>();

  private OtlpReceiver(HttpServer server) {
    this.server = server;
  }

  static OtlpReceiver start() throws IOException {
    OtlpReceiver receiver =
        new OtlpReceiver(
            HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 5));
    receiver.server.createContext("/v1/traces", receiver::take);
    receiver.server.start();
    return receiver;
  }

  /** What {@code OTEL_EXPORTER_OTLP_TRACES_ENDPOINT} takes. */
  String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/traces";
  }

  /** The names of the spans of each trace. */
  List<Set<String>> traces() {
    synchronized (traces) {
      return traces.values().stream().map(Set::copyOf).toList();
    }
  }

  private void take(HttpExchange exchange) throws IOException {
    ByteBuffer request = ByteBuffer.wrap(exchange.getRequestBody().readAllBytes());
    for (ByteBuffer resource : fields(request, 1)) {
      for (ByteBuffer scope : fields(resource, 2)) {
        for (ByteBuffer span : fields(scope, 2)) {
          note(
              StandardCharsets.ISO_8859_1.decode(fields(span, 1).get(0)).toString(),
              StandardCharsets.UTF_8.decode(fields(span, 5).get(0)).toString());
        }
      }
    }
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }

  private void note(String trace, String name) {
    synchronized (traces) {
      traces.computeIfAbsent(trace, id -> new TreeSet<>()).add(name);
    }
  }

  /** The fields of a message that have this number and a length. */
  private static List<ByteBuffer> fields(ByteBuffer whole, int number) {
    ByteBuffer message = whole.duplicate();
    List<ByteBuffer> fields = new ArrayList<>();
    while (message.hasRemaining()) {
      long key = varint(message);
      switch ((int) key & 7) {
        case 0 -> {
          long unused = varint(message);
        }
        case 1 -> message.position(message.position() + 8);
        case 5 -> message.position(message.position() + 4);
        default -> {
          int length = (int) varint(message);
          if (key >> 3 == number) {
            fields.add(message.slice(message.position(), length));
          }
          message.position(message.position() + length);
        }
      }
    }
    return fields;
  }

  private static long varint(ByteBuffer message) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte part = message.get();
      value |= (part & 0x7FL) << shift;
      if (part >= 0) {
        return value;
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
