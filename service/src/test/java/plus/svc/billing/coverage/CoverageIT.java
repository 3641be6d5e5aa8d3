package plus.svc.billing.coverage;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import plus.svc.billing.pipeline.Delivery;
import plus.svc.billing.pipeline.NodePolicy;
import plus.svc.billing.pipeline.Pipeline;
import plus.svc.billing.pipeline.PipelineSettings;
import plus.svc.billing.pipeline.Progress;
import plus.svc.billing.pipeline.rating.PeakHours;
import plus.svc.billing.pipeline.rating.RatingPolicy;
import plus.svc.billing.pipeline.snapshot.Sample;
import plus.svc.billing.pipeline.snapshot.SeriesKey;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.pipeline.source.FirstSnapshot;
import plus.svc.billing.pipeline.source.SourceId;
import plus.svc.billing.quantity.NodeKey;
import plus.svc.billing.testing.Database;

final class CoverageIT {

  private static final Instant TEN = Instant.parse("2026-04-08T10:00:00Z");
  private static final Instant ELEVEN = TEN.plus(Duration.ofHours(1));
  private static final String A = "00000000-0000-4000-8000-00000000000a";
  private static final String B = "00000000-0000-4000-8000-00000000000b";

  @RegisterExtension static final Database database = Database.migrated();

  private final Jdbi jdbi = database.jdbi();

  @Test
  void everyMinuteIsObservedSpannedAtRiskOrPending() {
    NodeKey node = new NodeKey("prod", "jp");
    deliver("jp", shot(node, -30, 10, 10));
    for (int minute = 0; minute < 30; minute++) {
      // Whoever brings it: two sources share the node.
      deliver(minute % 2 == 0 ? "jp" : "jp-push", shot(node, minute, 100 + minute, 100));
    }
    for (int minute = 35; minute < 40; minute++) {
      deliver("jp", shot(node, minute, 200 + minute, 200 + minute));
    }
    for (int minute = 45; minute < 50; minute++) {
      deliver("jp", shot(node, minute, minute, minute));
    }
    deliver("decoy", shot(new NodeKey("uat", "jp"), 5, 1, 1));

    Map<SourceId, Set<NodeKey>> nodes =
        Map.of(
            new SourceId("jp"),
            Set.of(node),
            new SourceId("jp-push"),
            Set.of(node),
            new SourceId("two"),
            Set.of(node, new NodeKey("prod", "never seen")),
            new SourceId("none"),
            Set.of());
    try (CoverageReader reader = new CoverageReader(jdbi)) {
      CoverageReader.Known known = reader.of(nodes, ELEVEN);
      assertThat(reader.of(nodes, ELEVEN).hour()).as("kept a while").isSameAs(known.hour());

      CoverageDao.Row hour = row(known.hour(), "jp");
      assertThat(hour.minutes()).isEqualTo(60);
      assertThat(hour.observed()).isEqualTo(40);
      assertThat(spanned(hour)).as("10:30 to 10:34").isEqualTo(5);
      assertThat(hour.atRisk()).as("10:40 to 10:44").isEqualTo(5);
      assertThat(hour.pending()).as("from 10:50 on").isEqualTo(10);
      assertThat(hour.restarts()).isEqualTo(1);
      assertThat(hour.blindSeconds()).isEqualTo(360);
      assertThat(hour.setAside()).isZero();
      assertThat(row(known.hour(), "jp-push"))
          .usingRecursiveComparison()
          .ignoringFields("sourceId")
          .isEqualTo(hour);
      assertThat(row(known.hour(), "two").minutes()).isEqualTo(120);
      assertThat(row(known.hour(), "two").pending()).isEqualTo(70);
      assertThat(known.hour()).doesNotContainKey(new SourceId("none"));

      CoverageDao.Row day = row(known.day(), "jp");
      assertThat(day.minutes()).as("from its first snapshot at 9:30 on").isEqualTo(90);
      assertThat(day.observed()).isEqualTo(41);
      assertThat(spanned(day)).isEqualTo(34);
      assertThat(day.atRisk()).isEqualTo(5);
      assertThat(day.pending()).isEqualTo(10);
    }
  }

  @Test
  void aCounterThatFellInAGapPutsThatGapAtRiskAndNoLaterOne() {
    NodeKey node = new NodeKey("prod", "fell");
    deliver("fell", shot(node, 0, 1_000, 500));
    for (int minute = 5; minute < 10; minute++) {
      deliver("fell", shot(node, minute, minute, 500));
    }
    deliver("fell", shot(node, 15, 15, 500));
    CoverageDao.Row hour = count(node);
    assertThat(hour.observed()).isEqualTo(7);
    assertThat(hour.atRisk()).as("10:01 to 10:04").isEqualTo(4);
    assertThat(spanned(hour)).as("10:10 to 10:14").isEqualTo(5);
    assertThat(hour.pending()).isEqualTo(44);
    assertThat(hour.restarts()).isZero();
    assertThat(hour.setAside()).isEqualTo(6);
    assertThat(hour.heldSeries()).isEqualTo(1);
    assertThat(hour.jumpHolds()).isZero();
  }

  @Test
  void whatTheJumpGuardHoldsIsCounted() {
    NodeKey node = new NodeKey("prod", "jump");
    deliver("jump", shot(node, 0, 10, 10), shot(node, 1, 900_000_000_000L, 11));
    CoverageDao.Row hour = count(node);
    assertThat(hour.jumpHolds()).isEqualTo(1);
    assertThat(hour.heldSeries()).isEqualTo(1);
    assertThat(hour.observed()).isEqualTo(2);
    assertThat(hour.pending()).isEqualTo(58);

    deliver("jump", shot(node, 2, 900_000_000_001L, 12));
    assertThat(count(node).jumpHolds()).as("held now, not ever held").isEqualTo(1);
    assertThat(count(node).setAside()).isEqualTo(2);
  }

  @Test
  void aNodeReadAheadOfTheLastMinuteHasNothingPending() {
    NodeKey node = new NodeKey("prod", "ahead");
    deliver("ahead", shot(node, 58, 10, 10), shot(node, 60, 11, 11));
    CoverageDao.Row hour = count(node);
    assertThat(hour.minutes()).isEqualTo(2);
    assertThat(hour.observed()).isEqualTo(1);
    assertThat(spanned(hour)).isEqualTo(1);
    assertThat(hour.pending()).isZero();
  }

  private CoverageDao.Row count(NodeKey node) {
    return jdbi.onDemand(CoverageDao.class)
        .count(
            new String[] {"x"}, new String[] {node.env()}, new String[] {node.node()}, TEN, ELEVEN)
        .get(0);
  }

  private static CoverageDao.Row row(Map<SourceId, CoverageDao.Row> rows, String source) {
    CoverageDao.Row row = rows.get(new SourceId(source));
    assertThat(row).isNotNull();
    return row;
  }

  private static long spanned(CoverageDao.Row row) {
    return row.minutes() - row.observed() - row.atRisk() - row.pending();
  }

  /** Two series; the second one also has something down that grows with the first. */
  private static Snapshot shot(NodeKey node, int minute, long a, long b) {
    List<Sample> samples = new ArrayList<>();
    samples.add(new Sample(new SeriesKey(A, ""), a, a));
    samples.add(new Sample(new SeriesKey(B, ""), b, 0));
    return new Snapshot(
        node, TEN.plus(Duration.ofMinutes(minute)).plusSeconds(7), null, samples, List.of());
  }

  private void deliver(String source, Snapshot... snapshots) {
    RatingPolicy rating =
        new RatingPolicy(
            BigDecimal.ONE,
            0,
            BigDecimal.ZERO,
            "test-v1",
            Map.of(),
            PeakHours.NONE,
            ZoneOffset.UTC);
    new Pipeline(
            jdbi,
            new PipelineSettings(rating, "", "test-rev", false),
            Clock.fixed(ELEVEN, ZoneOffset.UTC))
        .accept(
            new Delivery(
                new SourceId(source),
                new NodePolicy(FirstSnapshot.BASELINE, Instant.EPOCH, 1_250_000_000L),
                0,
                List.of(snapshots),
                new Progress(null, null, ELEVEN)));
  }
}
