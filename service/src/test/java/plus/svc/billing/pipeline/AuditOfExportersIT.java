package plus.svc.billing.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static plus.svc.billing.pipeline.World.NODE;
import static plus.svc.billing.pipeline.World.at;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import plus.svc.billing.api.report.Verdict;
import plus.svc.billing.audit.Audit;
import plus.svc.billing.audit.AuditRequest;
import plus.svc.billing.audit.ExporterAccess;
import plus.svc.billing.pipeline.rating.PeakHours;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.pipeline.source.ScriptedFetcher;
import plus.svc.billing.pipeline.source.SourceFailure;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.pipeline.source.Sources;
import plus.svc.billing.pipeline.source.page.WindowPage;
import plus.svc.billing.pipeline.source.page.WindowQuery;
import plus.svc.billing.testing.PostgresHarness;

/** Exporters are asked afresh: what they have and we have not is named. */
class AuditOfExportersIT {

  private static final Instant FROM = at("10:00");
  private static final Instant UNTIL = at("10:40");

  private World world = new World(PostgresHarness.shared().freshDatabase());
  private UUID user = new UUID(0, 0);
  private final TreeMap<Instant, Snapshot> exporter = new TreeMap<>();
  private boolean fails;

  @BeforeEach
  void aNodeWhoseExporterRemembersEverything() {
    world = new World(PostgresHarness.shared().freshDatabase());
    user = world.user();
    world.source = "jp";
    world.now = at("10:40");
    for (int minute = 0; minute < 30; minute++) {
      remember(minute, minute * 10L + 5);
    }
  }

  private void remember(int minute, long total) {
    Instant at = at("10:00").plusSeconds(60L * minute);
    exporter.put(at, new World.Shot(at).of(user, total, 1).snapshot());
  }

  private void deliverAllBut(String... missing) {
    Map<Instant, Snapshot> some = new TreeMap<>(exporter);
    for (String time : missing) {
      some.remove(at(time));
    }
    world.deliver(new ArrayList<>(some.values()));
  }

  private WindowPage answer(SourceSpec source, WindowQuery query) throws SourceFailure {
    if (fails) {
      throw new SourceFailure(SourceFailure.Kind.TIMEOUT, "it did not answer within 10 s");
    }
    Instant after = query.cursor() == null ? Instant.MIN : Instant.parse(query.cursor());
    List<Snapshot> found =
        exporter.subMap(query.since(), true, query.until(), true).values().stream()
            .filter(snapshot -> snapshot.collectedAt().isAfter(after))
            .toList();
    List<Snapshot> page = found.subList(0, Math.min(query.limit(), found.size()));
    return page.size() < found.size()
        ? ScriptedFetcher.more(
            page.get(page.size() - 1).collectedAt().toString(), page.toArray(Snapshot[]::new))
        : ScriptedFetcher.last(page.toArray(Snapshot[]::new));
  }

  private AuditReport audit() {
    SourceSpec spec =
        Sources.at(URI.create("http://127.0.0.1:9")).of(NODE.env(), NODE.node()).spec();
    ExporterAccess access =
        new ExporterAccess(new ScriptedFetcher(this::answer), 7, Duration.ofDays(3));
    return AuditReport.of(
        new Audit(world.jdbi, PeakHours.NONE, () -> List.of(spec), access),
        new AuditRequest(
            Set.of("jp"),
            Set.of(),
            FROM,
            UNTIL,
            world.now,
            AuditRequest.From.EXPORTER,
            true,
            1_000));
  }

  private static List<@Nullable Object> told(AuditReport report) {
    List<@Nullable Object> told = new ArrayList<>();
    report.findings().forEach(row -> told.add(row.get("kind") + " " + row.get("at")));
    return told;
  }

  @Test
  void whatBothHaveIsClean() {
    deliverAllBut();
    AuditReport report = audit();
    assertThat(report.findings()).isEmpty();
    assertThat(report.verdict).isEqualTo(Verdict.CLEAN);
    assertThat(report.sections.get("sources"))
        .singleElement()
        .satisfies(row -> assertThat(row).containsEntry("evidence", "exporter"));
    assertThat(report.sections.get("minutes")).hasSize(30);
  }

  @Test
  void whatTheExporterHasBeyondOurHeadIsPending() {
    deliverAllBut("10:28", "10:29");
    AuditReport report = audit();
    assertThat(report.findings()).isEmpty();
    assertThat(report.summary).containsEntry("pending", 12L);
  }

  @Test
  void aSnapshotThatTheArchiveLostIsNamedByItsInstant() {
    deliverAllBut();
    world.jdbi.useHandle(
        h ->
            h.execute(
                "DELETE FROM billing.snapshots WHERE collected_at = ?",
                at("10:07").atOffset(ZoneOffset.UTC)));
    assertThat(told(audit())).containsExactly("lost_snapshot 2026-04-08T10:07:00Z");
  }

  @Test
  void aSnapshotThatNeverCameIsNamedWithWhatItChanges() {
    deliverAllBut("10:07");
    assertThat(told(audit()))
        .containsExactlyInAnyOrder(
            "lost_snapshot 2026-04-08T10:07:00Z",
            "missing_bucket 2026-04-08T10:07:00Z",
            "bucket_differs 2026-04-08T10:08:00Z");
  }

  @Test
  void aTamperedArchiveRowIsNamedAndTheExporterStandsInForIt() {
    deliverAllBut();
    world.jdbi.useHandle(
        h ->
            h.execute(
                "UPDATE billing.snapshots SET uplink[1] = 1 WHERE collected_at = ?",
                at("10:07").atOffset(ZoneOffset.UTC)));
    assertThat(told(audit())).containsExactly("tampered_snapshot 2026-04-08T10:07:00Z");
  }

  @Test
  void largerCountersOfTheExporterAreNamed() {
    deliverAllBut();
    remember(7, 77);
    assertThat(told(audit()))
        .containsExactlyInAnyOrder(
            "snapshot_differs 2026-04-08T10:07:00Z",
            "bucket_differs 2026-04-08T10:07:00Z",
            "bucket_differs 2026-04-08T10:08:00Z");
  }

  @Test
  void smallerCountersOfTheExporterAreNoNews() {
    deliverAllBut();
    remember(7, 74);
    assertThat(told(audit())).isEmpty();
  }

  @Test
  void aSourceThatFailsIsToldAndStopsNothing() {
    deliverAllBut();
    fails = true;
    AuditReport report = audit();
    assertThat(told(report)).containsExactly("unchecked 2026-04-08T10:00:00Z");
    assertThat(report.verdict).isEqualTo(Verdict.FAILED);
    world.jdbi.useHandle(
        h -> h.execute("UPDATE public.account_quota_states SET current_balance = 7"));
    assertThat(audit().verdict).isEqualTo(Verdict.FOUND);
  }

  @Test
  void theSameIsToldTwice() {
    deliverAllBut("10:07");
    assertThat(audit().sections).isEqualTo(audit().sections);
  }

  /** Deliveries are atomic and an audit sees one instant: work under way raises no alarm. */
  @Test
  void aCollectorThatWritesMeanwhileRaisesNoAlarm() throws InterruptedException {
    Thread collector =
        new Thread(
            () -> exporter.values().forEach(snapshot -> world.deliver(List.of(snapshot))),
            "collector");
    collector.start();
    int audits = 0;
    while (collector.isAlive() || audits == 0) {
      assertThat(told(audit())).isEmpty();
      audits++;
    }
    collector.join();
    assertThat(told(audit())).isEmpty();
  }
}
