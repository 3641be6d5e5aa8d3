package plus.svc.billing.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.platform.setting.SettingReader;

/** {@code archive}: how long the evidence is kept. */
public record ArchiveSection(@Nullable String retention) {

  /** Nothing given: every default. */
  public static final ArchiveSection EMPTY = new ArchiveSection(null);

  /** Exporters keep 72 h; an archive that forgot sooner could not judge what they still send. */
  private static final Duration LEAST = Duration.ofDays(4);

  /**
   * The same, as checked.
   *
   * @param retention how long snapshots are kept
   */
  public record Settings(Duration retention) {}

  /** Checks the text; problems go to the reader. */
  public Settings read(SettingReader reader) {
    Duration kept = reader.interval("ARCHIVE_RETENTION (archive.retention)", retention, "960h");
    if (kept.compareTo(LEAST) < 0) {
      reader.problem("ARCHIVE_RETENTION (archive.retention) is " + kept + ": must be at least 96h");
    }
    return new Settings(kept);
  }
}
