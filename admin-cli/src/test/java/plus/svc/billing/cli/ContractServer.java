package plus.svc.billing.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import plus.svc.billing.api.ErrorMessage;

/** A real HTTP server on loopback that answers, and guards its calls, as the service does. */
final class ContractServer implements AutoCloseable {

  /** Tokens and their one right each. */
  static final String STATUS_TOKEN = "status-token-4711";

  static final String JOBS_TOKEN = "jobs-token-4712";
  static final String ADMIN_TOKEN = "admin-token-4713";

  private static final Map<String, String> RIGHTS =
      Map.of(STATUS_TOKEN, "status", JOBS_TOKEN, "jobs", ADMIN_TOKEN, "admin:write");

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .build();

  private final HttpServer server;
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final List<String> bodies = new CopyOnWriteArrayList<>();
  private final List<String> tokensSeen = new CopyOnWriteArrayList<>();

  /**
   * What a call is answered.
   *
   * @param right '' if everybody may call
   */
  private record Answer(String right, int status, String body) {}

  private ContractServer(HttpServer server) {
    this.server = server;
  }

  static ContractServer start() throws IOException {
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    ContractServer server = new ContractServer(http);
    http.createContext("/", server::handle);
    http.start();
    return server;
  }

  /**
   * Sets an answer.
   *
   * @param call method and path with its query, like {@code GET /v1/status}
   * @param body a record of the API, or text that is sent as it is
   */
  ContractServer answers(String call, String right, int status, Object body) {
    answers.put(call, new Answer(right, status, body instanceof String s ? s : json(body)));
    return this;
  }

  static String json(Object body) {
    try {
      return JSON.writeValueAsString(body) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  List<String> calls() {
    return List.copyOf(calls);
  }

  /** What was sent with the calls, '' where nothing was. */
  List<String> bodies() {
    return List.copyOf(bodies);
  }

  List<String> tokensSeen() {
    return List.copyOf(tokensSeen);
  }

  private void handle(HttpExchange exchange) throws IOException {
    String call = exchange.getRequestMethod() + " " + exchange.getRequestURI();
    calls.add(call);
    bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    Answer answer = answers.get(call);
    if (answer == null) {
      send(exchange, 404, json(new ErrorMessage("not_found", "no such path")));
      return;
    }
    String header = exchange.getRequestHeaders().getFirst("Authorization");
    String token = header == null ? "" : header.replaceFirst("^Bearer ", "");
    if (header != null) {
      tokensSeen.add(token);
    }
    String right = RIGHTS.getOrDefault(token, "");
    if (!answer.right().isEmpty() && right.isEmpty()) {
      send(exchange, 401, json(new ErrorMessage("unauthorized", "needs a bearer token")));
    } else if (!answer.right().isEmpty() && !right.equals(answer.right())) {
      send(exchange, 403, json(new ErrorMessage("forbidden", "needs another right")));
    } else {
      send(exchange, answer.status(), answer.body());
    }
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    if (status >= 300 && status < 400) {
      exchange.getResponseHeaders().set("Location", "http://127.0.0.1:1/elsewhere");
    }
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
