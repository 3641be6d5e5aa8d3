package plus.svc.billing.migration;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import plus.svc.billing.pipeline.Delivery;
import plus.svc.billing.pipeline.NodePolicy;
import plus.svc.billing.pipeline.Pipeline;
import plus.svc.billing.pipeline.PipelineSettings;
import plus.svc.billing.pipeline.Progress;
import plus.svc.billing.pipeline.Receipt;
import plus.svc.billing.pipeline.rating.PeakHours;
import plus.svc.billing.pipeline.rating.RatingPolicy;
import plus.svc.billing.pipeline.snapshot.Sample;
import plus.svc.billing.pipeline.snapshot.SeriesKey;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.pipeline.source.FirstSnapshot;
import plus.svc.billing.pipeline.source.SourceId;
import plus.svc.billing.quantity.NodeKey;

/** Delivers snapshots as the collector does; a byte costs 0.5. */
final class Feed {

  static final String SOURCE = "jp-exporter";
  static final NodeKey NODE = new NodeKey("prod", "jp-node");
  static final RatingPolicy RATING =
      new RatingPolicy(
          new BigDecimal("0.5"),
          0,
          BigDecimal.ZERO,
          "test-v1",
          Map.of(),
          PeakHours.NONE,
          ZoneOffset.UTC);

  private final Jdbi jdbi;
  private String source = SOURCE;
  private FirstSnapshot first = FirstSnapshot.FROM_ZERO;
  private Instant now = Instant.parse("2026-04-08T12:00:00Z");

  Feed(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  Feed source(String id) {
    this.source = id;
    return this;
  }

  Feed first(FirstSnapshot policy) {
    this.first = policy;
    return this;
  }

  /** When the service does its work; snapshots are older. */
  Feed at(Instant instant) {
    this.now = instant;
    return this;
  }

  Pipeline pipeline() {
    return new Pipeline(
        jdbi, new PipelineSettings(RATING, "", "test-rev"), Clock.fixed(now, ZoneOffset.UTC));
  }

  Receipt deliver(Snapshot... snapshots) {
    var policy = new NodePolicy(first, Instant.EPOCH, 1_250_000_000_000L);
    var progress = new Progress(null, null, now);
    return pipeline()
        .accept(new Delivery(new SourceId(source), policy, 0, List.of(snapshots), progress));
  }

  /** One counter of one account, without inbound tag. */
  static Sample sample(UUID account, long uplink) {
    return sample(account, "", uplink);
  }

  static Sample sample(UUID account, String inbound, long uplink) {
    return new Sample(new SeriesKey(account.toString(), inbound), uplink, 0);
  }

  /** A snapshot of the node at a time of 2026-04-08, such as {@code 10:30:00}. */
  static Snapshot snapshot(String time, Sample... samples) {
    return snapshot(NODE, Instant.parse("2026-04-08T" + time + "Z"), samples);
  }

  static Snapshot snapshot(NodeKey node, Instant at, Sample... samples) {
    List<Sample> ascending =
        Stream.of(samples).sorted(Comparator.comparing(Sample::series)).toList();
    return new Snapshot(node, at, null, ascending, List.of());
  }
}
