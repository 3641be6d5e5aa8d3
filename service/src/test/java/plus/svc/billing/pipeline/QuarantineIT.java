package plus.svc.billing.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static plus.svc.billing.pipeline.ReplayWorld.BOB;

import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import plus.svc.billing.api.report.Verdict;
import plus.svc.billing.pipeline.metering.Decision;
import plus.svc.billing.pipeline.snapshot.RejectReason;
import plus.svc.billing.pipeline.snapshot.RejectedSample;
import plus.svc.billing.repair.Quarantine;
import plus.svc.billing.repair.RecordedReport;

/** Samples set aside are listed, and a person decides on them. */
class QuarantineIT {

  private final ReplayWorld world = ReplayWorld.make();

  private Quarantine quarantine() {
    return new Quarantine(
        world.jdbi(),
        new Mender(
            world.jdbi(),
            new PipelineSettings(world.world.rating, "", "test-rev", false),
            Clock.fixed(world.world.now, ZoneOffset.UTC),
            PipelineWatch.NONE));
  }

  private static Quarantine.Filter matching(@Nullable String node, @Nullable String cause) {
    return new Quarantine.Filter(node, null, cause, World.DAY, World.at("23:00"));
  }

  private RecordedReport list(Quarantine.Filter filter) {
    RecordedReport report = new RecordedReport();
    quarantine().list(filter, report);
    return report;
  }

  private RecordedReport decide(Quarantine.Filter filter, Decision decision, boolean apply) {
    RecordedReport report = new RecordedReport();
    quarantine().decide(filter, decision, "op", "seen by hand", apply, report);
    return report;
  }

  @Test
  void samplesAreListedByWhatIsAskedFor() {
    RecordedReport all = list(matching(null, null));
    assertThat(all.column("samples", "cause")).containsOnly("JUMP").hasSize(4);
    assertThat(all.column("samples", "account")).containsOnly(BOB.toString());
    assertThat(all.verdict()).isEqualTo(Verdict.FOUND);
    assertThat(list(matching("us-node", null)).rows("samples")).hasSize(2);
    assertThat(list(matching(null, "FELL_WITHOUT_RESTART")).rows("samples")).isEmpty();
    assertThat(
            list(new Quarantine.Filter(null, ReplayWorld.ANN, null, World.DAY, World.at("23:00")))
                .rows("samples"))
        .isEmpty();
    assertThat(
            list(new Quarantine.Filter(null, null, null, World.at("10:44"), World.at("23:00")))
                .rows("samples"))
        .hasSize(2);
  }

  @Test
  void aDecisionTellsDryWhatItBillsAndThenBillsIt() {
    Map<String, String> before = TableDigests.of(world.jdbi());
    Quarantine.Filter jp = matching("prod:jp-node", "JUMP");
    RecordedReport dry = decide(jp, Decision.ACCEPT, false);
    assertThat(TableDigests.changes(before, TableDigests.of(world.jdbi()))).isEmpty();
    assertThat(dry.verdict()).isEqualTo(Verdict.FOUND);
    assertThat(dry.total("bytes")).isEqualTo(9_000_000_010L);
    RecordedReport applied = decide(jp, Decision.ACCEPT, true);
    assertThat(applied.rows("samples")).isEqualTo(dry.rows("samples"));
    assertThat(applied.total("decided")).isEqualTo(1);
    assertThat(applied.column("samples", "mend"))
        .containsExactly("accept", "an earlier decision of these released it");
    assertThat(list(matching(null, null)).rows("samples")).hasSize(2);
    assertThat(world.world.usage(BOB)).isGreaterThan(9_000_000_000L);
    assertThat(world.world.text("SELECT decided_by || reason FROM billing.resolutions"))
        .isEqualTo("opseen by hand");
    RecordedReport again = decide(jp, Decision.ACCEPT, true);
    assertThat(again.rows("samples")).isEmpty();
    assertThat(world.fromArchive(true).rows("differences")).isEmpty();
  }

  @Test
  void aBaselineBillsNothing() {
    RecordedReport report = decide(matching(null, null), Decision.BASELINE, true);
    assertThat(report.total("bytes")).isEqualTo(1L * 2);
    assertThat(list(matching(null, null)).rows("samples")).isEmpty();
  }

  @Test
  void whatTheDecoderRefusedIsToldWithoutWhatWasSentAndCannotBeDecided() {
    World.Shot shot = World.shot("13:30").of(BOB, 1, 1);
    shot.rejected.add(
        new RejectedSample("ann@example.org", "tcp", "secret", "12", RejectReason.BAD_IDENTIFIER));
    world.world.deliver(List.of(shot.snapshot()));
    RecordedReport report = list(matching(null, "BAD_IDENTIFIER"));
    assertThat(report.rows("samples").toString()).doesNotContain("ann@").doesNotContain("secret");
    assertThat(report.column("samples", "account").get(0)).matches("unknown-[0-9a-f]{8}");
    assertThat(report.column("samples", "mend").get(0)).contains("replay from the exporter");
    RecordedReport decided = decide(matching(null, "BAD_IDENTIFIER"), Decision.ACCEPT, true);
    assertThat(decided.total("undecidable")).isEqualTo(1);
    assertThat(decided.total("decided")).isEqualTo(0);
  }
}
