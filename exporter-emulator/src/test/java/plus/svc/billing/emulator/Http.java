package plus.svc.billing.emulator;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A client for the tests. */
final class Http {
  static final String TOKEN = "recording-token";
  static final Map<String, String> WITH_TOKEN = Map.of("Authorization", "Bearer " + TOKEN);

  private final HttpClient client;

  private Http(HttpClient client) {
    this.client = client;
  }

  static Http plain() {
    return new Http(HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build());
  }

  static Http tls(@Nullable SSLContext context) {
    return new Http(
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).sslContext(context).build());
  }

  HttpResponse<String> get(URI base, String target, Map<String, String> headers)
      throws IOException, InterruptedException {
    return send("GET", base, target, headers);
  }

  HttpResponse<String> get(URI base, String target) throws IOException, InterruptedException {
    return send("GET", base, target, WITH_TOKEN);
  }

  HttpResponse<String> send(String method, URI base, String target, Map<String, String> headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + target))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .timeout(Duration.ofSeconds(20));
    headers.forEach(request::header);
    return client.send(request.build(), BodyHandlers.ofString());
  }

  HttpResponse<byte[]> bytes(URI base, String target) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + target)).timeout(Duration.ofSeconds(20));
    WITH_TOKEN.forEach(request::header);
    return client.send(request.build(), BodyHandlers.ofByteArray());
  }
}
