package plus.svc.billing.demo.wallet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** The wallet over HTTP. */
final class HttpCaller implements Caller {

  private static final String CALLS = "/internal/v1/billing/";
  private static final Duration BLINK = Duration.ofMillis(3);

  private final URI service;
  private final String token;
  private final ObjectMapper json = new ObjectMapper();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  HttpCaller(URI service, String token) {
    this.service = service;
    this.token = token;
  }

  @Override
  public Reply call(Call call, String key) throws IOException {
    return post(CALLS + call.path(), key, call.body().toString());
  }

  /** Makes a call that may have another address. */
  Reply post(String path, String key, String body) throws IOException {
    JsonNode envelope = json.readTree(send(path, key, body, PATIENCE));
    return envelope.path("success").asBoolean()
        ? new Reply("", envelope.path("data"))
        : Reply.refused(envelope.path("errorCode").asText());
  }

  /** Sends lines and gives the lines that were answered. */
  String bulk(String lines) throws IOException {
    return send(CALLS + "bulk", "", lines, PATIENCE);
  }

  @Override
  public void callAndVanish(Call call, String key) {
    try {
      send(CALLS + call.path(), key, call.body().toString(), BLINK);
    } catch (IOException e) {
      // As wanted: the answer is lost, and nobody knows whether the call was.
    }
  }

  @Override
  public String protocol() {
    return "HTTP";
  }

  @Override
  public void close() {
    // A client of the JDK's has nothing to close before Java 21.
  }

  private String send(String path, String key, String body, Duration patience) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(service.resolve(path))
            .timeout(patience)
            .header("Authorization", "Bearer " + token)
            .header("Idempotency-Key", key)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    }
  }
}
