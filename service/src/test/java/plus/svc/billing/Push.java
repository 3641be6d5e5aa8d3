package plus.svc.billing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;

/** A node that pushes: the texts it sends, and the ways in which it sends them. */
final class Push {

  static final String PATH = "/v1/ingest/snapshots";
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final ObjectMapper JSON = new ObjectMapper();

  private final URI base;
  private final String token;

  Push(URI base, String token) {
    this.base = base;
    this.token = token;
  }

  /** An answer, and its body as JSON. */
  record Answer(int status, JsonNode body, HttpResponse<String> response) {

    int count(String field) {
      return body.path(field).asInt(-1);
    }

    String text(String field) {
      return body.path(field).asText("");
    }
  }

  Answer send(String body) {
    return send(BodyPublishers.ofString(body));
  }

  Answer gzipped(byte[] body) {
    return send(BodyPublishers.ofByteArray(body), "Content-Encoding", "gzip");
  }

  Answer send(BodyPublisher body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(base.resolve(PATH))
            .timeout(Duration.ofSeconds(60))
            .header("Authorization", "Bearer " + token)
            .POST(body);
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      HttpResponse<String> response = HTTP.send(request.build(), BodyHandlers.ofString());
      ApiContract.check(ApiContract.Port.APPLICATION, "POST", PATH, response);
      return new Answer(response.statusCode(), JSON.readTree(response.body()), response);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Sends this much of the body, then cuts the connection without reading anything. */
  void cutAfter(int bytes, String body) throws IOException {
    byte[] whole = body.getBytes(StandardCharsets.UTF_8);
    try (Socket socket = connect(whole.length)) {
      socket.getOutputStream().write(whole, 0, bytes);
      socket.getOutputStream().flush();
      socket.setSoLinger(bytes < whole.length, 0);
    }
  }

  /** A connection on which a push of so many bytes was announced. */
  Socket connect(long contentLength) throws IOException {
    Socket socket = new Socket(base.getHost(), base.getPort());
    OutputStream out = socket.getOutputStream();
    out.write(
        String.format(
                Locale.ROOT,
                "POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n",
                PATH,
                token,
                contentLength)
            .getBytes(StandardCharsets.US_ASCII));
    out.flush();
    return socket;
  }

  static String snapshot(String node, String at, String... samples) {
    return head("\"collected_at\":\"" + at + "\",\"node_id\":\"" + node + "\"", samples);
  }

  /** A snapshot of env prod with this in its head. */
  static String head(String head, String... samples) {
    return "{" + head + ",\"env\":\"prod\",\"samples\":[" + String.join(",", samples) + "]}";
  }

  static String sample(UUID user, long uplink, long downlink) {
    return sample("\"" + user + "\"", "\"\"", "" + uplink, "" + downlink);
  }

  /** A sample whose values stand in the JSON as given. */
  static String sample(String uuid, String tag, String uplink, String downlink) {
    return String.format(
        Locale.ROOT,
        "{\"uuid\":%s,\"email\":\"a@example.com\",\"inbound_tag\":%s,"
            + "\"uplink_bytes_total\":%s,\"downlink_bytes_total\":%s}",
        uuid,
        tag,
        uplink,
        downlink);
  }

  static byte[] gzip(byte[] plain) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(plain);
    }
    return bytes.toByteArray();
  }
}
