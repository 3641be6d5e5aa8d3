package plus.svc.billing.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.api.report.Format;

/** Calls one port of the service. A redirect is never followed: it would carry the token away. */
final class ServiceClient {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final int LONGEST_REFUSAL = 64 * 1024;

  private final ServiceUrl url;
  private final Optional<Token> token;
  private final String tokenVariable;
  private final HttpClient http;

  /**
   * @param tokenVariable which environment variable gives the token, for the error
   */
  ServiceClient(ServiceUrl url, Optional<Token> token, String tokenVariable) {
    this.url = url;
    this.token = token;
    this.tokenVariable = tokenVariable;
    HttpClient.Builder client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT_TIMEOUT);
    // What is for this machine alone goes through no proxy.
    this.http =
        url.isLoopback() ? client.proxy(HttpClient.Builder.NO_PROXY).build() : client.build();
  }

  /**
   * Reads.
   *
   * @param right that the call needs, null if it is open to everybody
   * @param patience until the whole answer is there
   * @throws CannotRun if no answer comes, or one that refuses the call
   */
  Reply get(String path, @Nullable String right, Duration patience) {
    return send(request(path).GET().build(), right, patience);
  }

  /** Makes the service do something; otherwise as {@link #get}. */
  Reply post(String path, String right, Duration patience) {
    return send(request(path).POST(BodyPublishers.noBody()).build(), right, patience);
  }

  /**
   * Asks for a report, which is read while it comes.
   *
   * @param patience until the answer begins
   * @throws CannotRun as {@link #get}, or if the question is refused
   */
  InputStream report(Question question, Duration patience) {
    HttpRequest asked =
        request(question.path())
            .header("Accept", Format.EVENTS.mediaType())
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(question.body(), StandardCharsets.UTF_8))
            .build();
    HttpResponse<InputStream> response =
        awaited(asked, BodyHandlers.ofInputStream(), question.right(), patience);
    if (response.statusCode() == 200) {
      return response.body();
    }
    try (InputStream body = response.body()) {
      String text = new String(body.readNBytes(LONGEST_REFUSAL), StandardCharsets.UTF_8);
      throw new Reply(asked.uri(), response.statusCode(), text).refusal();
    } catch (IOException e) {
      throw noAnswer(e);
    }
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(url.at(path));
    token.ifPresent(present -> request.header("Authorization", present.header()));
    return request;
  }

  private Reply send(HttpRequest request, @Nullable String right, Duration patience) {
    HttpResponse<String> response =
        awaited(request, BodyHandlers.ofString(StandardCharsets.UTF_8), right, patience);
    return new Reply(request.uri(), response.statusCode(), response.body());
  }

  private <T> HttpResponse<T> awaited(
      HttpRequest request, BodyHandler<T> body, @Nullable String right, Duration patience) {
    CompletableFuture<HttpResponse<T>> answer = http.sendAsync(request, body);
    try {
      HttpResponse<T> response = answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      checkAccepted(request.uri(), response.statusCode(), right);
      return response;
    } catch (ExecutionException e) {
      throw noAnswer(e.getCause());
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new CannotRun(
          request.uri()
              + " gave no answer within "
              + patience.toSeconds()
              + " s; what it was asked to do may still go on, see the service's log");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CannotRun("interrupted; what the service was asked to do may still go on");
    }
  }

  private CannotRun noAnswer(@Nullable Throwable cause) {
    if (cause instanceof HttpConnectTimeoutException) {
      return new CannotRun(
          "no connection to "
              + url
              + " within "
              + CONNECT_TIMEOUT.toSeconds()
              + " s; check the network between, and that the URL is right");
    }
    if (cause instanceof ConnectException) {
      return new CannotRun(
          "no connection to " + url + "; check that the service runs and that the URL is right");
    }
    if (cause instanceof SSLException) {
      return new CannotRun(
          "no TLS connection to "
              + url
              + " ("
              + Text.line(String.valueOf(cause.getMessage()))
              + "); check the URL and that this machine trusts the certificate");
    }
    return new CannotRun(
        "the connection to " + url + " broke; check that this is the service's port, then retry");
  }

  private void checkAccepted(URI called, int status, @Nullable String right) {
    if (status == 401) {
      throw new CannotRun(called + " " + unauthorized(right));
    }
    if (status == 403) {
      String lacks = right == null ? "" : "; the token lacks the right " + right;
      throw new CannotRun(
          called + " is forbidden" + lacks + (right == null ? "" : ": use another"));
    }
    if (status >= 300 && status < 400) {
      throw new CannotRun(
          called + " redirects elsewhere, which is not followed; give the final URL");
    }
    if (status == 404 || status == 405) {
      throw new CannotRun(
          called
              + " is not there ("
              + status
              + "); check that the URL is the right port of the"
              + " service");
    }
  }

  private String unauthorized(@Nullable String right) {
    String wanted = right == null ? "a token" : "a token with the right " + right;
    return token.isEmpty()
        ? "needs " + wanted + "; give --token-file or " + tokenVariable
        : "does not know this token (401); it needs " + wanted;
  }
}
