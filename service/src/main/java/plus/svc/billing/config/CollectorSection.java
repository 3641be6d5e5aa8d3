package plus.svc.billing.config;

import org.jspecify.annotations.Nullable;
import plus.svc.billing.platform.setting.SettingReader;

/** {@code collector}: how the managed loop pulls. */
public record CollectorSection(
    @Nullable String interval,
    @Nullable String workers,
    @Nullable String pageSnapshots,
    @Nullable String writers,
    @Nullable String transactionSamples,
    @Nullable String firstLookBack,
    @Nullable String leaseTime) {

  /** Nothing given: every default. */
  public static final CollectorSection EMPTY =
      new CollectorSection(null, null, null, null, null, null, null);

  /** Checks the texts; problems go to the reader. */
  public CollectorSettings read(SettingReader reader) {
    return new CollectorSettings(
        reader.interval("COLLECT_INTERVAL (collector.interval)", interval, "1m"),
        reader.count("collector.workers", workers, "16", 1, 256),
        reader.count("collector.pageSnapshots", pageSnapshots, "120", 1, 1_000),
        reader.count("collector.writers", writers, "2", 1, 64),
        reader.count("collector.transactionSamples", transactionSamples, "50000", 1, 1_000_000),
        reader.delay("collector.firstLookBack", firstLookBack, "72h"),
        reader.interval("collector.leaseTime", leaseTime, "1m"));
  }
}
