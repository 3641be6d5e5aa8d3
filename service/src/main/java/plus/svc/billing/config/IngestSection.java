package plus.svc.billing.config;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.NodePolicy;
import plus.svc.billing.pipeline.source.FirstSnapshot;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.platform.setting.SettingReader;

/** {@code ingest}: how pushed snapshots are taken. */
public record IngestSection(
    @Nullable String firstSnapshot,
    @Nullable String billingFrom,
    @Nullable String maxBytesPerSecond,
    @Nullable String concurrentPushes,
    @Nullable String bodyTimeout) {

  /** Nothing given: every default. */
  public static final IngestSection EMPTY = new IngestSection(null, null, null, null, null);

  private static final int MOST_PUSHES = 256;

  /**
   * The same, as checked.
   *
   * @param newNodes how nodes are read that are pushed before we know them, and that no source is
   *     configured for
   * @param concurrentPushes bodies in memory at the same time
   * @param bodyTimeout how long a body may take to come in
   */
  public record Settings(NodePolicy newNodes, int concurrentPushes, Duration bodyTimeout) {}

  /** Checks the texts; problems go to the reader. */
  public Settings read(SettingReader reader) {
    FirstSnapshot first =
        reader.choice(
            "ingest.firstSnapshot",
            firstSnapshot,
            "baseline",
            Map.of("baseline", FirstSnapshot.BASELINE, "from-zero", FirstSnapshot.FROM_ZERO));
    Instant from =
        reader.read(
            "ingest.billingFrom",
            billingFrom,
            Instant.EPOCH.toString(),
            "an RFC 3339 instant such as 2026-04-08T10:00:00Z",
            Instant::parse);
    long guard =
        reader.wholeNumber(
            "ingest.maxBytesPerSecond",
            maxBytesPerSecond,
            Long.toString(SourceSpec.DEFAULT_MAX_BYTES_PER_SECOND),
            1,
            Long.MAX_VALUE);
    return new Settings(
        new NodePolicy(first, from, guard),
        reader.count("ingest.concurrentPushes", concurrentPushes, "4", 1, MOST_PUSHES),
        reader.interval("ingest.bodyTimeout", bodyTimeout, "30s"));
  }
}
