package plus.svc.billing;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import plus.svc.billing.platform.trace.Trace;
import plus.svc.billing.platform.trace.Tracing;
import plus.svc.billing.testing.Database;
import plus.svc.billing.testing.Eventually;

/** One trace from the pull to the commit. */
@Timeout(120)
class TracesIT {

  @RegisterExtension static final Database database = Database.migrated();
  @TempDir Path directory;

  @BeforeEach
  @AfterEach
  void nobodyTraces() {
    GlobalOpenTelemetry.resetForTest();
  }

  private static InMemorySpanExporter remember() {
    InMemorySpanExporter spans = InMemorySpanExporter.create();
    GlobalOpenTelemetry.set(
        OpenTelemetrySdk.builder()
            .setTracerProvider(
                SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build())
            .build());
    return spans;
  }

  @Test
  void oneTraceHoldsThePullTheDecodingAndTheCommit() throws Exception {
    InMemorySpanExporter spans = remember();
    try (ObservedWorld world = new ObservedWorld(database, directory);
        RunningService service = world.service(Map.of())) {
      assertThat(service.baseUrl()).isNotNull();
      Eventually.holds(
          () ->
              assertThat(
                      spans.getFinishedSpanItems().stream()
                          .collect(
                              Collectors.groupingBy(
                                  SpanData::getTraceId,
                                  Collectors.mapping(SpanData::getName, Collectors.toSet())))
                          .values())
                  .anySatisfy(
                      names ->
                          assertThat(names)
                              .containsAll(
                                  Set.of(
                                      "collect",
                                      "fetch",
                                      "decode",
                                      "write_pages",
                                      "transaction",
                                      "meter",
                                      "rate",
                                      "write",
                                      "commit"))));
    }
    assertThat(spans.getFinishedSpanItems().toString())
        .doesNotContain("example.com")
        .doesNotContain("jp-token");
  }

  @Test
  void aTransactionOfSeveralPagesIsAPartOfTheFirstAndLinkedToTheOthers() {
    InMemorySpanExporter spans = remember();
    Trace.Here[] heres = new Trace.Here[2];
    for (int i = 0; i < 2; i++) {
      int page = i;
      try (Trace trace = Trace.begin("page")) {
        trace.run(() -> heres[page] = Trace.here());
      }
    }
    Trace.shared("write_pages", List.of(heres)).close();
    SpanData written = spans.getFinishedSpanItems().get(2);
    List<SpanData> pages = spans.getFinishedSpanItems().subList(0, 2);
    assertThat(written.getTraceId()).isEqualTo(pages.get(0).getTraceId());
    assertThat(written.getLinks()).hasSize(1);
    assertThat(written.getLinks().get(0).getSpanContext().getTraceId())
        .isEqualTo(pages.get(1).getTraceId());
  }

  @Test
  void tracesAreSentWhereAnEndpointIsNamedAndNotOtherwise() throws Exception {
    assertThat(Tracing.start(Map.of("OTEL_SERVICE_NAME", "x"))).isFalse();
    AtomicInteger sent = new AtomicInteger();
    HttpServer collector =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 5);
    collector.createContext(
        "/v1/traces",
        exchange -> {
          sent.addAndGet(exchange.getRequestBody().readAllBytes().length);
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    collector.start();
    try {
      String endpoint = "http://127.0.0.1:" + collector.getAddress().getPort() + "/v1/traces";
      assertThat(
              Tracing.start(
                  Map.of(
                      "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", endpoint,
                      "OTEL_TRACES_SAMPLER", "always_on",
                      "OTEL_BSP_SCHEDULE_DELAY", "50")))
          .isTrue();
      Trace.begin("page").close();
      Eventually.holds(() -> assertThat(sent).hasPositiveValue());
    } finally {
      collector.stop(0);
    }
  }
}
