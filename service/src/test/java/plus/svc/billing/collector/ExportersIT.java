package plus.svc.billing.collector;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import plus.svc.billing.collector.SourceOutcome.Ending;
import plus.svc.billing.emulator.EmulatorConfig;
import plus.svc.billing.emulator.ExporterEmulator;
import plus.svc.billing.emulator.fault.FaultScript;
import plus.svc.billing.emulator.window.Access;
import plus.svc.billing.emulator.window.Flavour;
import plus.svc.billing.emulator.window.NodeConfig;
import plus.svc.billing.emulator.window.SampleRow;
import plus.svc.billing.emulator.window.SnapshotRow;
import plus.svc.billing.pipeline.Pipeline;
import plus.svc.billing.pipeline.PipelineSettings;
import plus.svc.billing.pipeline.rating.PeakHours;
import plus.svc.billing.pipeline.rating.RatingPolicy;
import plus.svc.billing.pipeline.source.SourceProgress;
import plus.svc.billing.pipeline.source.SourceProgressDao;
import plus.svc.billing.pipeline.source.Sources;
import plus.svc.billing.pipeline.source.http.ExporterClient;
import plus.svc.billing.pipeline.source.page.DecoderLimits;
import plus.svc.billing.pipeline.source.page.WindowDecoder;
import plus.svc.billing.platform.SecretRefs;
import plus.svc.billing.testing.Database;

/** Both exporters, emulated, over real sockets into a real database. */
@Timeout(120)
final class ExportersIT {

  private static final String TOKEN = "recording-token";
  private static final Instant NOW = Instant.parse("2026-04-08T12:40:30Z");
  private static final Instant NEWEST = Instant.parse("2026-04-08T12:10:00Z");

  @RegisterExtension static final Database database = Database.migrated();

  private final Jdbi jdbi = database.jdbi();
  private final ExporterClient client =
      new ExporterClient(
          new WindowDecoder(DecoderLimits.DEFAULT), new SecretRefs(Map.of("TOKEN", TOKEN)));

  @AfterEach
  void close() {
    client.close();
  }

  @ParameterizedTest
  @CsvSource({"A, exporter-a, prod, jp-node", "B, exporter-b, uat, uat-node"})
  void whatARealExporterSaidIsBilledToTheByte(
      Flavour flavour, String recording, String env, String node) throws Exception {
    List<SnapshotRow> history = history(recording, env, node);
    history.stream()
        .flatMap(row -> row.samples().stream())
        .map(sample -> UUID.fromString(sample.uuid()))
        .distinct()
        .forEach(this::user);
    long before = billedBytes();
    try (ExporterEmulator exporter = exporter(flavour, env, node)) {
      exporter.load(history);
      Sources source =
          Sources.at(exporter.baseUri()).named(recording).of(env, node).bearer("env:TOKEN");

      SourceOutcome outcome = collect(source, 8, pipeline()::accept);

      assertThat(outcome.error()).isNull();
      assertThat(outcome.snapshots()).isEqualTo(history.size());
      assertThat(outcome.pages()).isEqualTo((history.size() + 7) / 8);
      assertThat(outcome.receipt().setAside()).isZero();
      assertThat(billedBytes() - before)
          .isEqualTo(usage(history))
          .isEqualTo(outcome.receipt().bytes());

      SourceOutcome again = collect(source, 8, pipeline()::accept);
      assertThat(again.receipt().repeated()).isEqualTo(again.snapshots()).isPositive();
      assertThat(billedBytes() - before).isEqualTo(usage(history));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'\"status\",\"status\":500,\"body\":\"no\"', http_status, 0",
    "'\"html\"', not_json, 0",
    "'\"truncated\",\"keep_percent\":50', truncated, 0",
    "'\"invalid_json\"', truncated, 0",
    "'\"deep_nesting\",\"depth\":5000', too_large, 0",
    "'\"gzip_bomb\",\"unpacked_bytes\":100000000', too_large, 0",
    "'\"redirect\",\"status\":307,\"location\":\"http://127.0.0.1:1/\"', redirect, 0",
    "'\"silent\",\"mode\":\"dropped\"', unreachable, 0",
    "'\"delay\",\"time\":\"PT1H\"', timeout, 0",
    "'\"drip\",\"piece_bytes\":1,\"pause\":\"PT0.05S\"', timeout, 0",
    "'\"missing_cursor\"', cursor, 0",
    "'\"empty_but_more\"', cursor, 0",
    "'\"repeated_cursor\"', cursor, 4",
    "'\"backward_cursor\"', cursor, 4",
    "'\"foreign_node\",\"node_id\":\"us-node\"', wrong_node, 8",
    "'\"wrong_instant\",\"collected_at\":\"2999-01-01T00:00:00Z\"', outside_window, 8",
    "'\"wrong_instant\",\"collected_at\":\"0001-01-01T00:00:00Z\"', outside_window, 8",
    "'\"outside_window\"', outside_window, 11"
  })
  void aHostileReplyEndsInAClearErrorAndOnlyTheGoodPartIsTaken(
      String fault, String error, int taken) throws IOException {
    try (ExporterEmulator exporter = exporter(Flavour.A, "prod", "jp-node")) {
      exporter.load(minutes(11));
      exporter.faults().addAll(FaultScript.parse("[{\"kind\":" + fault + "}]", NOW));
      String id = "hostile " + UUID.randomUUID();
      Sources source =
          Sources.at(exporter.baseUri())
              .named(id)
              .of("prod", "jp-node")
              .bearer("env:TOKEN")
              .within(Duration.ofMillis(fault.contains("bomb") ? 30_000 : 1_500));
      RecordingSink sink = new RecordingSink(jdbi, NOW);

      SourceOutcome outcome = collect(source, 4, sink);

      SourceProgress row = jdbi.onDemand(SourceProgressDao.class).find(id).orElseThrow();
      assertThat(row.lastError()).startsWith(error + ": ").isEqualTo(outcome.error());
      assertThat(outcome.snapshots()).isEqualTo(taken);
      assertThat(sink.deliveries().stream().mapToInt(d -> d.snapshots().size()).sum())
          .isEqualTo(taken);
      if (taken == 0) {
        assertThat(row.lastCompletedUntil()).isNull();
      } else {
        assertThat(row.lastCompletedUntil()).isBeforeOrEqualTo(NEWEST);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1.5, NOT_AN_INTEGER",
    "1e3, NOT_AN_INTEGER",
    "9223372036854775808, OUT_OF_RANGE",
    "-1, NEGATIVE_TOTAL"
  })
  void oneBadSampleBlocksNeitherItsSnapshotNorItsSource(String literal, String reason)
      throws IOException {
    try (ExporterEmulator exporter = exporter(Flavour.A, "prod", "jp-node")) {
      exporter.load(minutes(11));
      exporter
          .faults()
          .addAll(
              FaultScript.parse("[{\"kind\":\"odd_total\",\"literal\":\"" + literal + "\"}]", NOW));
      RecordingSink sink = new RecordingSink(jdbi, NOW);
      SourceOutcome outcome =
          collect(
              Sources.at(exporter.baseUri())
                  .named(UUID.randomUUID().toString())
                  .bearer("env:TOKEN"),
              120,
              sink);
      assertThat(outcome.ending()).isEqualTo(Ending.READ);
      assertThat(outcome.error()).isNull();
      assertThat(sink.deliveries().get(0).snapshots()).hasSize(11);
      assertThat(sink.deliveries().get(0).snapshots().get(0).rejected())
          .singleElement()
          .extracting(rejected -> rejected.reason().name())
          .isEqualTo(reason);
    }
  }

  @Test
  void t08ASilentNodeIsCaughtUpWithWhenItSpeaksAgain() throws IOException {
    try (ExporterEmulator exporter = exporter(Flavour.A, "prod", "jp-node")) {
      exporter.load(minutes(11));
      exporter
          .faults()
          .addAll(
              FaultScript.parse(
                  "[{\"kind\":\"silent\",\"mode\":\"empty\",\"when\":{\"requests\":1}}]", NOW));
      Sources source =
          Sources.at(exporter.baseUri()).named(UUID.randomUUID().toString()).bearer("env:TOKEN");
      RecordingSink sink = new RecordingSink(jdbi, NOW);
      assertThat(collect(source, 120, sink).snapshots()).isZero();
      assertThat(collect(source, 120, sink).snapshots()).isEqualTo(11);
    }
  }

  private SourceOutcome collect(Sources source, int pageSnapshots, PageSink sink) {
    Collector collector =
        new Collector(
            List.of(source.spec()),
            new CollectorPlan(
                "me",
                2,
                pageSnapshots,
                Duration.ofDays(3),
                Duration.ofMinutes(1),
                Duration.ofSeconds(20)),
            jdbi,
            client,
            sink,
            InstantSource.fixed(NOW));
    try {
      return collector.collectNow().join().outcomes().get(0);
    } finally {
      stop(collector);
    }
  }

  private static void stop(Collector collector) {
    try {
      collector.stop();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Pipeline pipeline() {
    RatingPolicy rating =
        new RatingPolicy(
            new BigDecimal("0.5"),
            0,
            BigDecimal.ZERO,
            "test-v1",
            Map.of(),
            PeakHours.NONE,
            ZoneOffset.UTC);
    return new Pipeline(
        jdbi,
        new PipelineSettings(rating, "", "test-rev", false),
        Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private static ExporterEmulator exporter(Flavour flavour, String env, String node)
      throws IOException {
    return ExporterEmulator.start(
        EmulatorConfig.plain(NodeConfig.of(flavour, node, env, Access.bearer(TOKEN))),
        InstantSource.fixed(NOW));
  }

  private void user(UUID id) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                """
                INSERT INTO public.users (uuid, proxy_uuid)
                VALUES (?, ?)
                    ON CONFLICT DO NOTHING
                """,
                id,
                id));
  }

  private long billedBytes() {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT coalesce(sum(total_bytes), 0)::bigint FROM public.traffic_minute_buckets")
                .mapTo(Long.class)
                .one());
  }

  /**
   * What the history is worth, by the plain rule: the first snapshot is where counting starts, a
   * series that comes later began at zero, one that fell in either direction began again at zero.
   */
  private static long usage(List<SnapshotRow> history) {
    Map<String, SampleRow> known = new HashMap<>();
    long bytes = 0;
    for (SnapshotRow row : history) {
      boolean first = row.equals(history.get(0));
      for (SampleRow now : row.samples()) {
        SampleRow before = known.put(now.uuid() + now.inboundTag(), now);
        boolean fell =
            before != null
                && (now.uplinkBytesTotal() < before.uplinkBytesTotal()
                    || now.downlinkBytesTotal() < before.downlinkBytesTotal());
        if (!first) {
          bytes += total(now) - (before == null || fell ? 0 : total(before));
        }
      }
    }
    return bytes;
  }

  private static long total(SampleRow sample) {
    return sample.uplinkBytesTotal() + sample.downlinkBytesTotal();
  }

  /** So many snapshots, one a minute, the newest at 12:10, of one growing counter. */
  private static List<SnapshotRow> minutes(int count) {
    List<SnapshotRow> rows = new ArrayList<>();
    for (int i = count - 1; i >= 0; i--) {
      rows.add(
          new SnapshotRow(
              NEWEST.minus(Duration.ofMinutes(i)),
              "jp-node",
              "prod",
              null,
              List.of(
                  new SampleRow(
                      "00000000-0000-4000-8000-00000000000a",
                      "a@example.com",
                      "tcp",
                      1_000 - i,
                      2_000 - i))));
    }
    return rows;
  }

  /** Every snapshot that the recording shows, once, ascending. */
  private static List<SnapshotRow> history(String recording, String env, String node)
      throws IOException {
    Map<Instant, SnapshotRow> rows = new TreeMap<>();
    ObjectMapper json = new ObjectMapper();
    try (InputStream in =
        ExportersIT.class.getResourceAsStream("/recordings/" + recording + ".json")) {
      for (JsonNode entry : json.readTree(in)) {
        if (entry.path("status").asInt() == 200) {
          for (JsonNode snapshot : json.readTree(entry.path("body").asText()).path("snapshots")) {
            SnapshotRow row = row(snapshot, env, node);
            rows.put(row.collectedAt(), row);
          }
        }
      }
    }
    return List.copyOf(rows.values());
  }

  private static SnapshotRow row(JsonNode snapshot, String env, String node) {
    List<SampleRow> samples = new ArrayList<>();
    for (JsonNode sample : snapshot.path("samples")) {
      samples.add(
          new SampleRow(
              sample.path("uuid").asText(),
              sample.path("email").asText(),
              sample.path("inbound_tag").asText(),
              sample.path("uplink_bytes_total").asLong(),
              sample.path("downlink_bytes_total").asLong()));
    }
    return new SnapshotRow(
        Instant.parse(snapshot.path("collected_at").asText()), node, env, null, samples);
  }
}
