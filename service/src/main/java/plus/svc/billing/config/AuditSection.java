package plus.svc.billing.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.platform.setting.SettingReader;

/** {@code audit}: how the service looks after itself. */
public record AuditSection(
    @Nullable String enabled, @Nullable String interval, @Nullable String lookBack) {

  /** Nothing given: every default. */
  public static final AuditSection EMPTY = new AuditSection(null, null, null);

  /**
   * The same, as checked.
   *
   * @param enabled whether the recent past is audited all the time
   * @param interval pause between two looks
   * @param lookBack how far back it begins where it never looked
   */
  public record Settings(boolean enabled, Duration interval, Duration lookBack) {}

  /** Checks the texts; problems go to the reader. */
  public Settings read(SettingReader reader) {
    return new Settings(
        reader.flag("AUDIT_ENABLED (audit.enabled)", enabled, true),
        reader.interval("AUDIT_INTERVAL (audit.interval)", interval, "5m"),
        reader.interval("AUDIT_LOOK_BACK (audit.lookBack)", lookBack, "24h"));
  }
}
