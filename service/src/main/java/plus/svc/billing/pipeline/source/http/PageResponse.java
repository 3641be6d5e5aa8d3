package plus.svc.billing.pipeline.source.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.source.SourceFailure;
import plus.svc.billing.pipeline.source.SourceFailure.Kind;
import plus.svc.billing.pipeline.source.page.WindowDecoder;
import plus.svc.billing.pipeline.source.page.WindowPage;

/** Reads the page out of an answer, or the reason why there is none. */
final class PageResponse {

  private static final int GZIP_BUFFER_BYTES = 16 * 1024;

  private static final String NO_SNAPSHOT = "no snapshot available";

  private PageResponse() {}

  static WindowPage window(ClassicHttpResponse response, WindowDecoder decoder)
      throws IOException, SourceFailure {
    checkStatus(response.getCode());
    return decoder.decode(body(response));
  }

  /** One exporter says 404 where it has no snapshot yet. */
  static WindowPage latest(ClassicHttpResponse response, WindowDecoder decoder)
      throws IOException, SourceFailure {
    if (response.getCode() == 404 && saysNoSnapshot(response.getEntity())) {
      return WindowPage.EMPTY;
    }
    checkStatus(response.getCode());
    return decoder.decodeLatest(body(response));
  }

  private static boolean saysNoSnapshot(@Nullable HttpEntity entity) throws IOException {
    if (entity == null) {
      return false;
    }
    byte[] start = entity.getContent().readNBytes(NO_SNAPSHOT.length());
    return new String(start, StandardCharsets.UTF_8).equals(NO_SNAPSHOT);
  }

  private static InputStream body(ClassicHttpResponse response) throws IOException, SourceFailure {
    HttpEntity entity = response.getEntity();
    if (entity == null) {
      throw new SourceFailure(Kind.TRUNCATED, "the body is empty");
    }
    checkType(entity.getContentType());
    return unzipped(entity);
  }

  private static void checkStatus(int status) throws SourceFailure {
    if (status >= 300 && status < 400) {
      throw new SourceFailure(
          Kind.REDIRECT,
          "it answers " + status + ", which is not followed: base_url must be exact");
    }
    switch (status) {
      case 200 -> {}
      case 401, 403 ->
          throw new SourceFailure(
              Kind.UNAUTHORIZED, "it answers " + status + " to the credential of this source");
      case 404 ->
          throw new SourceFailure(
              Kind.NOT_FOUND,
              "it answers 404: an old exporter without the window, or a wrong prefix");
      default -> throw new SourceFailure(Kind.HTTP_STATUS, "it answers " + status);
    }
  }

  private static void checkType(@Nullable String contentType) throws SourceFailure {
    if (contentType == null) {
      return;
    }
    String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    if (type.equals("application/json") || type.endsWith("+json")) {
      return;
    }
    String shown = type.matches("[a-z0-9.+/-]{1,60}") ? type : "no JSON";
    throw new SourceFailure(
        Kind.NOT_JSON,
        "it answers 200 with " + shown + ": its snapshots are switched off, or a wrong prefix");
  }

  private static InputStream unzipped(HttpEntity entity) throws IOException, SourceFailure {
    String encoding =
        entity.getContentEncoding() == null
            ? ""
            : entity.getContentEncoding().strip().toLowerCase(Locale.ROOT);
    return switch (encoding) {
      case "", "identity" -> entity.getContent();
      case "gzip", "x-gzip" -> new GZIPInputStream(entity.getContent(), GZIP_BUFFER_BYTES);
      default -> throw new SourceFailure(Kind.MALFORMED, "an encoding that was not asked for");
    };
  }
}
