package plus.svc.billing.pipeline.source.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.source.SourceFailure;
import plus.svc.billing.pipeline.source.SourceFailure.Kind;
import plus.svc.billing.pipeline.source.Sources;
import plus.svc.billing.pipeline.source.page.DecoderLimits;
import plus.svc.billing.pipeline.source.page.WindowDecoder;
import plus.svc.billing.pipeline.source.page.WindowPage;
import plus.svc.billing.pipeline.source.page.WindowQuery;
import plus.svc.billing.platform.SecretRefs;

/** A client under test and what it is asked. */
final class Asking implements AutoCloseable {

  static final String TOKEN = "correct-horse-battery";
  static final String EMPTY_PAGE = "{\"node_id\":\"jp\",\"snapshots\":null,\"has_more\":false}";

  private static final Instant TEN = Instant.parse("2026-04-08T10:00:00Z");

  private final ExporterClient client =
      new ExporterClient(
          new WindowDecoder(new DecoderLimits(100_000, 100, 100, 1_000, 200, 8)),
          new SecretRefs(Map.of("TOKEN", TOKEN)));

  static WindowQuery query(@Nullable String cursor) {
    return new WindowQuery(TEN, TEN.plusSeconds(600), 120, cursor);
  }

  WindowPage page(Sources source) throws SourceFailure {
    return client.fetchWindow(source.spec(), query(null));
  }

  WindowPage page(Sources source, String cursor) throws SourceFailure {
    return client.fetchWindow(source.spec(), query(cursor));
  }

  /** The failure that the source ends in, which must be of such a kind and quote nothing. */
  SourceFailure failure(Sources source, Kind... kinds) {
    SourceFailure failure = catchThrowableOfType(SourceFailure.class, () -> page(source));
    assertThat(failure).as("a failure").isNotNull();
    assertThat(failure.kind()).as(failure.getMessage()).isIn((Object[]) kinds);
    assertThat(failure.getMessage()).doesNotContain(TOKEN);
    assertThat(failure.getCause()).isNull();
    return failure;
  }

  ExporterClient client() {
    return client;
  }

  @Override
  public void close() {
    client.close();
  }
}
