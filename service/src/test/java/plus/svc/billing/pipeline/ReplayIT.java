package plus.svc.billing.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static plus.svc.billing.pipeline.ReplayWorld.ANN;
import static plus.svc.billing.pipeline.ReplayWorld.BOB;
import static plus.svc.billing.pipeline.ReplayWorld.JP;
import static plus.svc.billing.pipeline.ReplayWorld.US;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.api.report.Verdict;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.repair.RecordedReport;
import plus.svc.billing.repair.Replay;
import plus.svc.billing.repair.ReplayRequest;

/** What was damaged is mended from its evidence, and the rest stays as it is. */
class ReplayIT {

  private static List<Object> undamaged = List.of();
  private ReplayWorld world = ReplayWorld.empty();

  @BeforeAll
  static void twin() {
    undamaged = ReplayWorld.make().written();
  }

  @BeforeEach
  void damagedTwin() {
    world = ReplayWorld.make();
  }

  @Test
  void healthyFactsDifferInNothingAndNothingIsWritten() {
    Map<String, String> before = TableDigests.of(world.jdbi());
    for (boolean apply : new boolean[] {false, true}) {
      RecordedReport report = world.fromArchive(apply);
      assertThat(report.rows("differences")).isEmpty();
      assertThat(report.rows("not_mended")).isEmpty();
      assertThat(report.verdict()).isEqualTo(Verdict.CLEAN);
    }
    assertThat(TableDigests.changes(before, TableDigests.of(world.jdbi()))).isEmpty();
    assertThat(world.written()).isEqualTo(undamaged);
  }

  /** Tells dry, applies, and holds what is written against the twin. */
  private RecordedReport mends() {
    Map<String, String> before = TableDigests.of(world.jdbi());
    RecordedReport dry = world.fromArchive(false);
    assertThat(TableDigests.changes(before, TableDigests.of(world.jdbi())))
        .as("a dry run writes nothing")
        .isEmpty();
    assertThat(dry.verdict()).isEqualTo(Verdict.FOUND);
    RecordedReport applied = world.fromArchive(true);
    assertThat(applied.rows("differences")).isEqualTo(dry.rows("differences")).isNotEmpty();
    assertThat(applied.verdict()).isEqualTo(Verdict.CLEAN);
    RecordedReport again = world.fromArchive(true);
    assertThat(again.rows("differences")).as("the second run is empty").isEmpty();
    assertThat(again.verdict()).isEqualTo(Verdict.CLEAN);
    return applied;
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a deleted bucket       | DELETE FROM public.traffic_minute_buckets WHERE node_id = 'prod:jp-node' AND bucket_start = '2026-04-08T11:13:00Z'
          all buckets of a node  | DELETE FROM public.traffic_minute_buckets WHERE node_id = 'prod:jp-node'
          a changed byte count   | UPDATE public.traffic_minute_buckets SET uplink_bytes = uplink_bytes + 17 WHERE bucket_start = '2026-04-08T10:28:00Z'
          a changed total        | UPDATE public.traffic_minute_buckets SET total_bytes = 3 WHERE bucket_start = '2026-04-08T10:28:00Z'
          a changed split        | UPDATE public.traffic_minute_buckets SET included_bytes = 0 WHERE bucket_start = '2026-04-08T10:08:00Z'
          changed posted money   | UPDATE public.traffic_minute_buckets SET amount = -1, charged_bytes = 5 WHERE bucket_start = '2026-04-08T12:08:00Z'
          a forged revision      | UPDATE public.traffic_minute_buckets SET revision = 4 WHERE bucket_start = '2026-04-08T12:08:00Z'
          a bucket of nothing    | INSERT INTO public.traffic_minute_buckets (bucket_start, node_id, account_uuid, uplink_bytes, total_bytes, line_code) VALUES ('2026-04-08T10:29:00Z', 'prod:jp-node', 'aaaaaaaa-0000-4000-8000-000000000001', 5, 5, 'tcp')
          a drifted balance      | UPDATE public.account_quota_states SET exact_balance = exact_balance - 7.25
          a drifted shown balance| UPDATE public.account_quota_states SET current_balance = current_balance + 1
          a drifted quota        | UPDATE public.account_quota_states SET quota_used = quota_used - 900, remaining_included_quota = remaining_included_quota + 900, shown_remaining = shown_remaining + 900 WHERE quota_granted > 0
          a damaged node state   | UPDATE billing.nodes SET uplink[1] = 1, restarts[2] = 9
          damaged kept states    | UPDATE billing.node_states SET downlink[1] = 1 WHERE at < '2026-04-08T12:00:00Z'
          a damaged kept state   | UPDATE billing.node_states SET seen_at[1] = 1 WHERE at > '2026-04-08T11:30:00Z'
          a lost set-aside       | DELETE FROM billing.set_asides WHERE reason = 'JUMP'
          a forged set-aside     | INSERT INTO billing.set_asides SELECT node_key, '2026-04-08T10:18:00Z', identifier, '', 'JUMP', '1', '1', 1 FROM billing.series LIMIT 1
          a lost restart         | DELETE FROM billing.restarts
          changed orphan usage   | UPDATE billing.unattributed_usage SET uplink_bytes = 3
          lost orphan usage      | DELETE FROM billing.unattributed_usage WHERE bucket_start > '2026-04-08T11:00:00Z'
          """)
  void damageIsMendedWithoutALedgerRow(String what, String sql) {
    world.damage(sql);
    assertThat(world.written()).as(what).isNotEqualTo(undamaged);
    RecordedReport report = mends();
    assertThat(world.written()).as(what).isEqualTo(undamaged);
    assertThat(report.total("ledger_rows")).as("the ledger was right").isEqualTo(0L);
  }

  @Test
  void whatWasPostedWithoutTheLockIsCountedAndShownOnce() {
    UUID entry = UUID.randomUUID();
    world.damage("UPDATE public.account_quota_states SET exact_balance = exact_balance - 7.25");
    world
        .jdbi()
        .useHandle(
            h -> {
              h.execute(
                  """
                  INSERT INTO public.billing_ledger
                         (id, account_uuid, bucket_start, bucket_end, entry_type, amount_delta,
                          operation_id, appended)
                  VALUES (?, ?, '2026-04-08Z', '2026-04-08Z', 'credit', 5, ?, true)
                  """,
                  entry,
                  ANN,
                  entry);
              h.execute(
                  "INSERT INTO billing.foreign_entries (account_uuid, ledger_id, amount_delta,"
                      + " shown) VALUES (?, ?, 5, false)",
                  ANN,
                  entry);
            });
    world.fromArchive(true);
    assertThat(
            world.world.text(
                """
                SELECT (exact_balance - sum) || ' ' || (current_balance - sum)
                  FROM public.account_quota_states
                 CROSS JOIN (SELECT sum(amount_delta) FROM public.billing_ledger
                              WHERE account_uuid = ?) AS ledger
                 WHERE account_uuid = ?
                """,
                ANN,
                ANN))
        .matches("0(\\.0+)? 0(\\.0+)?");
  }

  @Test
  void aDoubleChargeIsGivenBackByARowThatNamesIt() {
    String forged = "dddddddd-0000-4000-8000-000000000009";
    world.damage(
        """
        INSERT INTO public.billing_ledger
               (id, account_uuid, bucket_start, bucket_end, entry_type, rated_bytes, amount_delta,
                balance_after, node_id, line_code)
        SELECT ?::uuid, account_uuid, bucket_start, bucket_end, entry_type, rated_bytes,
               amount_delta, balance_after, node_id, line_code
          FROM public.billing_ledger
         WHERE bucket_start = '2026-04-08T12:13:00Z' AND node_id = 'prod:us-node'
           AND account_uuid = ?
        """,
        forged,
        ANN);
    RecordedReport report = mends();
    assertThat(report.column("differences", "corrects")).contains(forged);
    assertThat(report.column("differences", "posts")).contains("traffic_adjustment");
    assertThat(report.total("ledger_rows")).isEqualTo(1L);
    assertThat(world.written().subList(1, 5)).isEqualTo(undamaged.subList(1, 5));
    assertThat(
            world.world.number(
                "SELECT sum(amount_delta) FROM public.billing_ledger WHERE id = ? OR corrects = ?",
                UUID.fromString(forged),
                UUID.fromString(forged)))
        .isZero();
  }

  @Test
  void usageThatWasMeteredFromADamagedStateIsCorrectedInTheLedger() {
    ReplayWorld other = ReplayWorld.empty();
    List<Snapshot> shots = other.history(JP);
    other.world.deliver(shots.subList(0, 30));
    other.damage("UPDATE billing.nodes SET uplink[1] = 500, downlink[1] = 1");
    other.world.deliver(shots.subList(30, shots.size()));
    other.world.deliver(other.history(US));
    world = other;
    assertThat(world.written()).isNotEqualTo(undamaged);
    RecordedReport report = mends();
    assertThat(report.column("differences", "posts")).contains("traffic_adjustment");
    List<Object> now = world.written();
    // The accounts' series were numbered as in the twin, so that states compare as well.
    assertThat(now.subList(1, 10)).isEqualTo(undamaged.subList(1, 10));
    assertThat(now.get(0)).isEqualTo(undamaged.get(0));
  }

  @Test
  void aTamperedSnapshotIsToldAndNothingIsGuessedFromIt() {
    tamper();
    List<Object> before = world.written();
    RecordedReport report = world.fromArchive(true);
    assertThat(report.rows("differences")).isEmpty();
    assertThat(report.column("not_mended", "what")).containsExactly("snapshot");
    assertThat(report.column("not_mended", "at")).containsExactly("2026-04-08T11:08:00Z");
    assertThat(report.verdict()).isEqualTo(Verdict.FOUND);
    assertThat(world.written()).isEqualTo(before);
  }

  @Test
  void aTamperedSnapshotIsRestoredWhereTheExporterStillTellsWhatWasArchived() {
    tamper();
    RecordedReport report = fromExporter(world.history(JP));
    assertThat(report.total("snapshots_restored")).isEqualTo(1L);
    assertThat(world.written()).isEqualTo(undamaged);
    assertThat(world.fromArchive(true).verdict()).isEqualTo(Verdict.CLEAN);
  }

  private void tamper() {
    world.damage(
        """
        UPDATE billing.snapshots s SET uplink[1] = s.uplink[1] + 1
          FROM billing.nodes n
         WHERE n.node_key = s.node_key AND n.composed = 'prod:jp-node'
           AND s.collected_at = '2026-04-08T11:08:00Z'
        """);
  }

  @Test
  void aSnapshotThatTheArchiveLostIsToldAndFetchedAgain() {
    loseASnapshot();
    List<Object> before = world.written();
    RecordedReport report = world.fromArchive(true);
    assertThat(report.column("not_mended", "at")).containsExactly("2026-04-08T11:08:00Z");
    assertThat(report.rows("differences")).isEmpty();
    assertThat(world.written()).isEqualTo(before);
    RecordedReport fetched = fromExporter(world.history(JP));
    assertThat(fetched.total("snapshots_missing")).isEqualTo(1L);
    assertThat(fetched.total("ledger_rows")).isEqualTo(0L);
    assertThat(world.written()).isEqualTo(undamaged);
  }

  private void loseASnapshot() {
    world.damage(
        """
        DELETE FROM billing.snapshots s USING billing.nodes n
         WHERE n.node_key = s.node_key AND n.composed = 'prod:jp-node'
           AND s.collected_at = '2026-04-08T11:08:00Z'
        """);
  }

  /** Dry first, then for good, then once more. */
  private RecordedReport fromExporter(List<Snapshot> kept) {
    Replay replay = world.replay(ReplayWorld.exporter(kept));
    ReplayRequest dry = jp(false);
    Map<String, String> before = TableDigests.of(world.jdbi());
    RecordedReport told = ReplayWorld.run(replay, dry);
    assertThat(TableDigests.changes(before, TableDigests.of(world.jdbi()))).isEmpty();
    RecordedReport applied = ReplayWorld.run(replay, jp(true));
    assertThat(applied.rows("differences")).isEqualTo(told.rows("differences"));
    assertThat(applied.total("snapshots_missing")).isEqualTo(told.total("snapshots_missing"));
    RecordedReport again = ReplayWorld.run(replay, jp(true));
    assertThat(again.rows("differences")).isEmpty();
    assertThat(again.total("snapshots_missing")).isEqualTo(0L);
    return applied;
  }

  private static ReplayRequest jp(boolean apply) {
    ReplayRequest all = ReplayWorld.all(true, apply);
    return new ReplayRequest("of-jp-node", null, all.since(), all.until(), true, true, apply);
  }

  @Test
  void snapshotsThatNeverCameAreFetchedAndPosted() {
    ReplayWorld other = ReplayWorld.empty();
    List<Snapshot> came = new ArrayList<>(other.history(JP));
    came.remove(32);
    came.subList(5, 12).clear();
    other.world.deliver(came);
    other.world.deliver(other.history(US));
    world = other;
    RecordedReport report = fromExporter(world.history(JP));
    assertThat(report.total("snapshots_missing")).isEqualTo(8L);
    assertThat(report.column("differences", "posts")).contains("traffic_charge");
    assertThat(world.written().get(0)).isEqualTo(undamaged.get(0));
    assertThat(world.written().subList(1, 7)).isEqualTo(undamaged.subList(1, 7));
  }

  @Test
  void aNodeThatWasNeverSeenIsFetchedWhole() {
    ReplayWorld other = ReplayWorld.empty();
    other.world.deliver(other.history(US));
    world = other;
    Replay replay = world.replay(ReplayWorld.exporter(world.history(JP)));
    ReplayWorld.run(replay, jp(true));
    assertThat(world.world.count("billing.nodes", "true")).isEqualTo(2);
    assertThat(world.world.count("billing.snapshots", "true")).isEqualTo(72);
  }

  @Test
  void damageOutsideTheTimeAskedForStays() {
    world.damage(
        "DELETE FROM public.traffic_minute_buckets WHERE bucket_start = '2026-04-08T11:13:00Z'");
    ReplayRequest before =
        new ReplayRequest(null, null, World.at("09:00"), World.at("11:12"), false, false, true);
    assertThat(ReplayWorld.run(archive(), before).rows("differences")).isEmpty();
    ReplayRequest ofUs =
        new ReplayRequest(
            null, "us-node", World.at("11:13"), World.at("11:13"), false, false, true);
    assertThat(ReplayWorld.run(archive(), ofUs).column("differences", "node"))
        .containsOnly("prod:us-node");
    ReplayRequest ofJp =
        new ReplayRequest(
            "of-jp-node", null, World.at("11:13"), World.at("11:13"), false, false, true);
    assertThat(ReplayWorld.run(archive(), ofJp).column("differences", "node"))
        .containsOnly("prod:jp-node");
    assertThat(world.written()).isEqualTo(undamaged);
  }

  private Replay archive() {
    return world.replay(ReplayWorld.exporter(List.of()));
  }

  @Test
  void aKilledReplayIsContinuedByRunningItAgain() {
    world.damage("DELETE FROM public.traffic_minute_buckets");
    Report dying =
        new Report() {
          private final AtomicInteger rows = new AtomicInteger();

          @Override
          public void section(String name, String... columns) {}

          @Override
          public void row(Object... values) {
            if (rows.incrementAndGet() == 40) {
              throw new IllegalStateException("killed");
            }
          }

          @Override
          public void progress(double share, String doing) {}

          @Override
          public void end(Map<String, ? extends Object> summary, Verdict verdict) {}
        };
    assertThatThrownBy(() -> archive().run(ReplayWorld.all(false, true), dying))
        .hasMessage("killed");
    assertThat(world.world.count("public.traffic_minute_buckets", "true")).isBetween(1L, 150L);
    mends();
    assertThat(world.written()).isEqualTo(undamaged);
  }

  @Test
  void aReplayBesideTheCollectorFindsNoDifferenceThatIsNone() throws Exception {
    ReplayWorld other = ReplayWorld.empty();
    world = other;
    world.world.deliver(world.history(US));
    ExecutorService collector = Executors.newSingleThreadExecutor();
    try {
      Future<?> collecting =
          collector.submit(
              () -> world.history(JP).forEach(shot -> world.world.deliver(List.of(shot))));
      int runs = 0;
      do {
        RecordedReport report = world.fromArchive(runs++ % 2 == 0);
        assertThat(report.rows("differences")).isEmpty();
        assertThat(report.rows("not_mended")).isEmpty();
      } while (!collecting.isDone());
      collecting.get();
    } finally {
      collector.shutdownNow();
    }
    assertThat(world.fromArchive(true).rows("differences")).isEmpty();
  }

  @Test
  void whatIsPrunedIsToldAndWhatIsKeptIsStillMended() {
    new Retention(world.jdbi(), Duration.ofDays(1)).prepare(World.DAY);
    Instant later = World.DAY.plus(Duration.ofDays(2)).plusSeconds(60);
    new Retention(world.jdbi(), Duration.ofDays(1)).prune(later);
    world.damage(
        "UPDATE public.account_quota_states SET exact_balance = 1 WHERE account_uuid = ?", BOB);
    RecordedReport report = world.fromArchive(true);
    assertThat(report.column("not_mended", "what")).containsOnly("archive");
    assertThat(report.column("differences", "what")).containsExactly("exact_balance");
    assertThat(world.written().subList(1, 5)).isEqualTo(undamaged.subList(1, 5));
  }
}
