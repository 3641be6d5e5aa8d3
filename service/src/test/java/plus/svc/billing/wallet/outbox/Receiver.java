package plus.svc.billing.wallet.outbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Somebody who is told: keeps what came and answers as a test says. */
final class Receiver implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What came in one request. */
  record Got(Headers headers, String text, JsonNode body) {

    String account() {
      return body.path("account_uuid").asText();
    }

    String id() {
      return body.path("id").asText();
    }
  }

  /** Decides how to answer: a status. */
  @FunctionalInterface
  interface Answer {
    int to(Got got) throws Exception;
  }

  private final HttpServer server;
  private final String scheme;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Got> all = new CopyOnWriteArrayList<>();
  private final List<Got> taken = new CopyOnWriteArrayList<>();
  private volatile Answer answer;
  private volatile String location = "";

  private Receiver(HttpServer server, String scheme, Answer answer) {
    this.server = server;
    this.scheme = scheme;
    this.answer = answer;
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  static Receiver plain(Answer answer) throws IOException {
    return new Receiver(HttpServer.create(loopback(), 0), "http", answer);
  }

  static Receiver tls(SSLContext context, Answer answer) throws IOException {
    HttpsServer server = HttpsServer.create(loopback(), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    return new Receiver(server, "https", answer);
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  void answers(Answer other) {
    answer = other;
  }

  /** A {@code Location} with every answer. */
  void pointsTo(URI url) {
    location = url.toString();
  }

  URI uri() {
    return uri("127.0.0.1");
  }

  URI uri(String host) {
    return URI.create(scheme + "://" + host + ":" + server.getAddress().getPort() + "/hook?a=b");
  }

  /** Every request. */
  List<Got> all() {
    return all;
  }

  /** Those that were answered 2xx. */
  List<Got> taken() {
    return taken;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String text = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      Got got = new Got(exchange.getRequestHeaders(), text, JSON.readTree(text));
      all.add(got);
      int status = answered(got);
      if (!location.isEmpty()) {
        exchange.getResponseHeaders().set("Location", location);
      }
      byte[] words = "as told".getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, status == 204 ? -1 : words.length);
      if (status != 204) {
        exchange.getResponseBody().write(words);
      }
    }
  }

  private int answered(Got got) throws IOException {
    @Nullable Exception broken = null;
    try {
      int status = answer.to(got);
      if (status / 100 == 2) {
        taken.add(got);
      }
      return status;
    } catch (Exception e) {
      broken = e;
    }
    throw new IOException(broken);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
