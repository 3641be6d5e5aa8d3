package plus.svc.billing.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import plus.svc.billing.api.DualReport;
import plus.svc.billing.collector.SourceOutcome.Ending;
import plus.svc.billing.emulator.EmulatorConfig;
import plus.svc.billing.emulator.ExporterEmulator;
import plus.svc.billing.emulator.SteppedClock;
import plus.svc.billing.emulator.fault.FaultScript;
import plus.svc.billing.emulator.window.Access;
import plus.svc.billing.emulator.window.Flavour;
import plus.svc.billing.emulator.window.NodeConfig;
import plus.svc.billing.emulator.window.Request;
import plus.svc.billing.emulator.window.SampleRow;
import plus.svc.billing.emulator.window.SnapshotRow;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.pipeline.source.SourceMode;
import plus.svc.billing.pipeline.source.Sources;
import plus.svc.billing.pipeline.source.http.ExporterClient;
import plus.svc.billing.pipeline.source.page.DecoderLimits;
import plus.svc.billing.pipeline.source.page.WindowDecoder;
import plus.svc.billing.platform.SecretRefs;
import plus.svc.billing.testing.Database;

/** Reading the latest endpoint, alone and beside the window, from emulated exporters. */
@Timeout(120)
final class TwoEndpointsIT {

  private static final Instant TEN_PAST = Instant.parse("2026-04-08T12:10:00Z");

  @RegisterExtension static final Database database = Database.migrated();

  private final Jdbi jdbi = database.jdbi();
  private final SteppedClock clock = new SteppedClock(TEN_PAST.plusSeconds(30));
  private final RecordingSink sink = new RecordingSink(jdbi, TEN_PAST);
  private final ExporterClient client =
      new ExporterClient(
          new WindowDecoder(DecoderLimits.DEFAULT), new SecretRefs(Map.of("TOKEN", "t")));
  private final List<Collector> collectors = new ArrayList<>();

  @AfterEach
  void close() throws InterruptedException {
    for (Collector collector : collectors) {
      collector.stop();
    }
    client.close();
  }

  @ParameterizedTest
  @EnumSource(Flavour.class)
  void anOldExporterIsReadByItsLatestSnapshotAlone(Flavour flavour) throws Exception {
    try (ExporterEmulator exporter = exporter(flavour)) {
      Collector collector = collector(exporter, SourceMode.LATEST, flavour + "-latest");
      SourceOutcome none = collect(collector);
      assertThat(none.ending()).isEqualTo(Ending.READ);
      assertThat(none.error()).as("no snapshot yet is no failure").isNull();

      exporter.load(List.of(minute(9, 90), minute(10, 100)));
      SourceOutcome one = collect(collector);

      assertThat(one.error()).isNull();
      assertThat(instants()).containsExactly(TEN_PAST);
      assertThat(collector.standings().get(0).progress().lastCompletedUntil()).isEqualTo(TEN_PAST);
      assertThat(exporter.recentRequests()).extracting(Request::path).containsOnly(Request.LATEST);
    }
  }

  @Test
  void aLatestSnapshotOfTheFutureIsSetAside() throws Exception {
    try (ExporterEmulator exporter = exporter(Flavour.A)) {
      exporter.load(List.of(minute(12, 90)));
      Collector collector = collector(exporter, SourceMode.LATEST, "future");
      assertThat(collect(collector).error()).startsWith("outside_window: ");
      assertThat(sink.deliveries()).isEmpty();
      assertThat(collector.standings().get(0).progress().lastCompletedUntil()).isNull();
    }
  }

  @Test
  void bothEndpointsAreComparedAndOnlyTheWindowIsWritten() throws Exception {
    try (ExporterEmulator exporter = exporter(Flavour.A)) {
      Collector collector = collector(exporter, SourceMode.DUAL, "dual");
      exporter.load(List.of(minute(9, 90), minute(10, 100)));
      collect(collector);
      assertThat(report(collector).both()).isZero();
      step(exporter, minute(11, 110), minute(12, 130));
      collect(collector);
      step(exporter, minute(13, 140), minute(14, 500));
      collect(collector);

      DualReport report = report(collector);
      assertThat(report.since()).isEqualTo(TEN_PAST);
      assertThat(report.until()).isEqualTo(TEN_PAST.plusSeconds(120));
      assertThat(report.both()).isEqualTo(2);
      assertThat(report.differing()).isZero();
      assertThat(report.onlyLatest()).isZero();
      assertThat(report.onlyWindow()).as("the minutes between the readings").isEqualTo(2);
      assertThat(report.latestBytes()).isEqualTo(report.windowBytes()).isEqualTo(60);
      assertThat(report.differingMinutes()).as("12:11 lumped into 12:12").isEqualTo(2);
      assertThat(instants())
          .as("the window's, each once but for the overlap; nothing newer than it may read")
          .contains(TEN_PAST.plusSeconds(180))
          .allMatch(at -> !at.isAfter(TEN_PAST.plusSeconds(180)));

      step(exporter, minute(15, 50), minute(16, 700));
      collect(collector);
      step(exporter, minute(17, 700), minute(18, 700));
      collect(collector);
      DualReport hidden = report(collector);
      assertThat(hidden.until()).isEqualTo(TEN_PAST.plusSeconds(360));
      assertThat(hidden.windowBytes() - hidden.latestBytes())
          .as("what a restart between two readings hides from who reads the latest alone")
          .isEqualTo(2 * 500);
    }
  }

  @Test
  void anExporterWithoutTheLatestEndpointIsReadByItsWindowAllTheSame() throws Exception {
    try (ExporterEmulator exporter = exporter(Flavour.A)) {
      exporter.load(List.of(minute(8, 80), minute(9, 90)));
      exporter
          .faults()
          .addAll(
              FaultScript.parse(
                  "[{\"kind\":\"status\",\"status\":404,\"body\":\"404 page not found\","
                      + "\"when\":{\"requests\":1}}]",
                  TEN_PAST));
      Collector collector = collector(exporter, SourceMode.DUAL, "dual-old");
      assertThat(collect(collector).error()).isNull();
      assertThat(instants()).hasSize(2);
      assertThat(report(collector).latestFailures()).isEqualTo(1);
      assertThat(report(collector).latestError()).startsWith("not_found: ");
    }
  }

  @Test
  void aNodeWithThousandsOfAccountsIsReadInPagesOfBoundedSize() throws Exception {
    int accounts = 2_000;
    try (ExporterEmulator exporter = exporter(Flavour.A)) {
      List<SnapshotRow> history = new ArrayList<>();
      for (int minute = -30; minute < 10; minute++) {
        history.add(big(minute, accounts));
      }
      exporter.load(history);
      Collector collector = collector(exporter, SourceMode.WINDOW, "big");
      SourceOutcome outcome = collect(collector);
      assertThat(outcome.error()).isNull();
      assertThat(instants()).hasSize(40);
      List<Integer> samples =
          sink.deliveries().stream()
              .map(d -> d.snapshots().stream().mapToInt(s -> s.samples().size()).sum())
              .toList();
      assertThat(samples.get(0)).isEqualTo(16 * accounts);
      assertThat(samples.subList(1, samples.size()))
          .allMatch(count -> count <= CollectorPlan.DEFAULT_PAGE_SAMPLES);
    }
  }

  private void step(ExporterEmulator exporter, SnapshotRow... rows) {
    clock.advance(Duration.ofMinutes(rows.length));
    exporter.load(List.of(rows));
  }

  private List<Instant> instants() {
    return sink.deliveries().stream()
        .flatMap(delivery -> delivery.snapshots().stream())
        .map(Snapshot::collectedAt)
        .distinct()
        .toList();
  }

  private static DualReport report(Collector collector) {
    DualReport report = collector.standings().get(0).dual();
    if (report == null) {
      throw new AssertionError("both endpoints are read, and nothing is told of it");
    }
    return report;
  }

  private static SourceOutcome collect(Collector collector) {
    return collector.collectNow().join().outcomes().get(0);
  }

  private Collector collector(ExporterEmulator exporter, SourceMode mode, String id) {
    Sources source =
        Sources.at(exporter.baseUri()).named(id).of("prod", "jp-node").bearer("env:TOKEN");
    Collector collector =
        new Collector(
            List.of(source.spec(mode)),
            new CollectorPlan(
                "me", 2, 120, Duration.ofDays(3), Duration.ofMinutes(1), Duration.ofSeconds(20)),
            jdbi,
            client,
            sink,
            clock);
    collectors.add(collector);
    return collector;
  }

  private ExporterEmulator exporter(Flavour flavour) throws IOException {
    return ExporterEmulator.start(
        EmulatorConfig.plain(NodeConfig.of(flavour, "jp-node", "prod", Access.bearer("t"))), clock);
  }

  /** A snapshot at 12:00 and so many minutes, of one account with that total up and down. */
  private static SnapshotRow minute(int minute, long total) {
    return row(
        minute,
        List.of(
            new SampleRow(
                "00000000-0000-4000-8000-00000000000a", "a@example.com", "tcp", total, total)));
  }

  private static SnapshotRow big(int minute, int accounts) {
    List<SampleRow> samples = new ArrayList<>();
    for (int i = 0; i < accounts; i++) {
      samples.add(
          new SampleRow(
              String.format(Locale.ROOT, "00000000-0000-4000-8000-%012d", i),
              "a@example.com",
              "tcp",
              1_000 + minute,
              1));
    }
    return row(minute, samples);
  }

  private static SnapshotRow row(int minute, List<SampleRow> samples) {
    return new SnapshotRow(
        Instant.parse("2026-04-08T12:00:00Z").plus(Duration.ofMinutes(minute)),
        "jp-node",
        "prod",
        null,
        samples);
  }
}
