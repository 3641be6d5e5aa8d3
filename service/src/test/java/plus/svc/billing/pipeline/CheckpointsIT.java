package plus.svc.billing.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static plus.svc.billing.pipeline.ReplayWorld.ANN;
import static plus.svc.billing.pipeline.ReplayWorld.JP;

import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import plus.svc.billing.api.report.Verdict;
import plus.svc.billing.collector.Collector;
import plus.svc.billing.collector.CollectorPlan;
import plus.svc.billing.collector.SourceOutcome;
import plus.svc.billing.collector.SourceOutcome.Ending;
import plus.svc.billing.pipeline.source.ScriptedFetcher;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.pipeline.source.page.WindowPage;
import plus.svc.billing.repair.Checkpoints;
import plus.svc.billing.repair.RecordedReport;

/** Where sources and series stand, and setting a source back and forth under its holder's feet. */
@Timeout(120)
class CheckpointsIT {

  private final ReplayWorld world = ReplayWorld.make();
  private final Clock clock = Clock.fixed(World.at("13:00:30"), ZoneOffset.UTC);
  private final SourceSpec source = world.source(JP);
  private final Checkpoints checkpoints =
      new Checkpoints(world.jdbi(), () -> List.of(source, world.source(ReplayWorld.US)), clock);

  private RecordedReport list(Checkpoints.Filter filter) {
    RecordedReport report = new RecordedReport();
    checkpoints.list(filter, report);
    return report;
  }

  private static Checkpoints.Filter all() {
    return new Checkpoints.Filter(null, null, null, null, "", 200);
  }

  @Test
  void everySeriesIsListedWithItsCountersAndNoIdentifierThatIsNobodys() {
    RecordedReport report = list(all());
    assertThat(report.column("sources", "source_id")).containsExactly("of-jp-node", "of-us-node");
    assertThat(report.rows("series")).hasSize(8);
    assertThat(report.column("series", "account"))
        .contains(ANN.toString())
        .anyMatch(name -> name.matches("unknown-[0-9a-f]{8}"))
        .noneMatch(name -> name.startsWith("cccccccc"));
    assertThat(report.column("series", "held")).contains("true", "false");
    assertThat(report.column("series", "uplink_total")).contains("16000", "9000000010");
    assertThat(report.column("series", "restarts")).contains("1");
  }

  @Test
  void aListIsNarrowedAndGoesOnWhereItEnded() {
    assertThat(list(new Checkpoints.Filter("of-jp-node", null, null, null, "", 200)).rows("series"))
        .hasSize(4);
    assertThat(list(new Checkpoints.Filter(null, "us-node", ANN, null, "", 200)).rows("series"))
        .hasSize(1);
    RecordedReport idle =
        list(new Checkpoints.Filter(null, null, null, Duration.ofHours(2), "", 200));
    assertThat(idle.column("series", "inbound")).containsExactly("fast", "fast");
    RecordedReport first = list(new Checkpoints.Filter(null, null, null, null, "", 5));
    RecordedReport rest =
        list(
            new Checkpoints.Filter(null, null, null, null, String.valueOf(first.total("next")), 5));
    assertThat(first.rows("series")).hasSize(5);
    assertThat(rest.rows("series")).hasSize(3);
    assertThat(rest.total("next")).isNull();
  }

  private RecordedReport set(String to, boolean apply) {
    RecordedReport report = new RecordedReport();
    checkpoints.set("of-jp-node", World.at(to), apply, report);
    return report;
  }

  @Test
  void settingIsToldFirstAndRefusesWhatIsStillToCome() {
    Map<String, String> before = TableDigests.of(world.jdbi());
    assertThat(set("12:00", false).verdict()).isEqualTo(Verdict.FOUND);
    assertThat(set("13:00", true).verdict()).isEqualTo(Verdict.REFUSED);
    assertThat(TableDigests.changes(before, TableDigests.of(world.jdbi()))).isEmpty();
  }

  @Test
  void aSourceIsSetBackAndForthWhileTwoInstancesWorkOnIt() throws Exception {
    ScriptedFetcher nothing = new ScriptedFetcher((spec, query) -> WindowPage.EMPTY);
    ScriptedFetcher exporter =
        new ScriptedFetcher(
            (spec, query) -> ReplayWorld.exporter(world.history(JP)).fetchWindow(spec, query));
    Collector holder = collector("one", exporter);
    Collector other = collector("two", nothing);
    try {
      assertThat(collect(holder).ending()).isEqualTo(Ending.READ);
      assertThat(collect(other).ending()).isEqualTo(Ending.HELD_ELSEWHERE);
      String seen = progress();
      assertThat(seen).startsWith("2026-04-08 12:53");

      RecordedReport back = set("11:00", true);
      assertThat(back.total("read_again_minutes")).isEqualTo(113L);
      assertThat(progress()).startsWith("2026-04-08 11:00");
      // The holder's next page is refused by its fence; then either of them goes on from there.
      assertThat(collect(holder).ending()).isEqualTo(Ending.HELD_ELSEWHERE);
      assertThat(progress()).startsWith("2026-04-08 11:00");
      SourceOutcome again = collect(holder);
      assertThat(again.ending()).isEqualTo(Ending.READ);
      assertThat(exporter.queries().get(exporter.queries().size() - 1).since())
          .isEqualTo(World.at("10:58"));
      assertThat(again.receipt().accepted()).as("what is read again changes nothing").isZero();
      assertThat(progress()).isEqualTo(seen);

      RecordedReport forth = set("12:58", true);
      assertThat(forth.total("skipped_minutes")).isEqualTo(5L);
      assertThat(forth.column("checkpoint", "meaning").get(0)).contains("at risk");
      other = restarted(other, "two", nothing);
      assertThat(collect(other).ending()).isEqualTo(Ending.READ);
      assertThat(nothing.queries().get(nothing.queries().size() - 1).since())
          .isEqualTo(World.at("12:56"));
      assertThat(progress()).startsWith("2026-04-08 12:58");
    } finally {
      holder.stop();
      other.stop();
    }
  }

  private Collector restarted(Collector before, String name, ScriptedFetcher fetcher)
      throws InterruptedException {
    before.stop();
    return collector(name, fetcher);
  }

  private Collector collector(String name, ScriptedFetcher fetcher) {
    return new Collector(
        List.of(source),
        new CollectorPlan(
            name, 1, 120, Duration.ofHours(4), Duration.ofSeconds(30), Duration.ofSeconds(5)),
        world.jdbi(),
        fetcher,
        world.world.pipeline(clock)::accept,
        clock);
  }

  private static SourceOutcome collect(Collector collector) {
    return collector.collectNow().join().outcomes().get(0);
  }

  private String progress() {
    return world.world.text(
        "SELECT (last_completed_until AT TIME ZONE 'UTC')::text"
            + " FROM public.billing_source_sync_state WHERE source_id = 'of-jp-node'");
  }
}
