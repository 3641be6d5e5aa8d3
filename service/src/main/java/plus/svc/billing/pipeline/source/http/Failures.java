package plus.svc.billing.pipeline.source.http;

import java.io.EOFException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.HttpHostConnectException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.NoHttpResponseException;
import plus.svc.billing.pipeline.source.SourceFailure;
import plus.svc.billing.pipeline.source.SourceFailure.Kind;

/**
 * Says in our own words what an exception means. Its own message is never passed on, since it may
 * quote the server.
 */
final class Failures {

  private static final Pattern ALERT = Pattern.compile("fatal alert: ([a-z_]{1,40})");
  private static final Pattern NO_NAME = Pattern.compile("^No (subject alternative|name matching)");

  private Failures() {}

  /**
   * Finds the reason of a request that broke.
   *
   * @param serverName the name that the certificate had to carry
   */
  static SourceFailure of(Throwable thrown, String serverName) {
    List<Throwable> chain = chain(thrown);
    return certificate(chain, serverName)
        .or(() -> handshake(chain))
        .or(() -> connection(chain))
        .or(() -> body(chain))
        .orElseGet(
            () ->
                new SourceFailure(
                    Kind.UNREACHABLE,
                    "the connection broke (" + thrown.getClass().getSimpleName() + ")"));
  }

  private static Optional<SourceFailure> certificate(List<Throwable> chain, String serverName) {
    if (has(chain, CertificateExpiredException.class)) {
      return tls("the server's certificate has expired");
    }
    if (has(chain, CertificateNotYetValidException.class)) {
      return tls("the server's certificate is not valid yet");
    }
    boolean otherName =
        has(chain, SSLPeerUnverifiedException.class)
            || chain.stream()
                .filter(CertificateException.class::isInstance)
                .anyMatch(e -> NO_NAME.matcher(message(e)).find());
    if (otherName) {
      return tls("the server's certificate does not carry the name " + serverName);
    }
    if (has(chain, CertPathBuilderException.class)
        || has(chain, CertPathValidatorException.class)
        || has(chain, CertificateException.class)) {
      return tls("the server's certificate comes of no CA that we trust");
    }
    return Optional.empty();
  }

  private static Optional<SourceFailure> handshake(List<Throwable> chain) {
    Optional<Throwable> broken = chain.stream().filter(SSLException.class::isInstance).findFirst();
    if (broken.isEmpty()) {
      return Optional.empty();
    }
    Matcher alert = ALERT.matcher(message(broken.get()));
    if (alert.find()) {
      boolean ours = alert.group(1).contains("certificate") || alert.group(1).equals("unknown_ca");
      return tls(
          (ours ? "the server refuses our client certificate" : "the server refuses the handshake")
              + " ("
              + alert.group(1)
              + ")");
    }
    if (message(broken.get()).startsWith("Unsupported or unrecognized SSL message")) {
      return tls("no TLS answers there");
    }
    return tls("the handshake failed: TLS 1.2 or 1.3 is needed");
  }

  private static Optional<SourceFailure> connection(List<Throwable> chain) {
    if (has(chain, UnknownHostException.class)) {
      return failure(Kind.UNREACHABLE, "its name does not resolve");
    }
    if (has(chain, ConnectTimeoutException.class) || has(chain, HttpHostConnectException.class)) {
      return failure(Kind.UNREACHABLE, "nothing accepts a connection there");
    }
    if (has(chain, SocketTimeoutException.class)) {
      return failure(Kind.TIMEOUT, "no answer within the request's time");
    }
    if (has(chain, NoHttpResponseException.class)) {
      return failure(Kind.UNREACHABLE, "it closed the connection without an answer");
    }
    return Optional.empty();
  }

  private static Optional<SourceFailure> body(List<Throwable> chain) {
    if (has(chain, MessageConstraintException.class)) {
      return failure(Kind.TOO_LARGE, "its headers pass the limit");
    }
    if (has(chain, ConnectionClosedException.class)
        || has(chain, MalformedChunkCodingException.class)
        || has(chain, EOFException.class)) {
      return failure(Kind.TRUNCATED, "the connection closed within the body");
    }
    if (has(chain, ZipException.class)) {
      return failure(Kind.MALFORMED, "the body is no gzip though it says so");
    }
    if (has(chain, HttpException.class)) {
      return failure(Kind.MALFORMED, "no HTTP answers there");
    }
    if (has(chain, SocketException.class)) {
      return failure(Kind.UNREACHABLE, "the connection was reset");
    }
    return Optional.empty();
  }

  private static Optional<SourceFailure> tls(String reason) {
    return failure(Kind.TLS, reason);
  }

  private static Optional<SourceFailure> failure(Kind kind, String reason) {
    return Optional.of(new SourceFailure(kind, reason));
  }

  private static boolean has(List<Throwable> chain, Class<? extends Throwable> type) {
    return chain.stream().anyMatch(type::isInstance);
  }

  private static String message(Throwable thrown) {
    return thrown.getMessage() == null ? "" : thrown.getMessage();
  }

  private static List<Throwable> chain(Throwable thrown) {
    List<Throwable> chain = new ArrayList<>();
    for (Throwable e = thrown; e != null && chain.size() < 20; e = e.getCause()) {
      chain.add(e);
    }
    return chain;
  }
}
