package plus.svc.billing.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.platform.setting.SettingReader;

/** {@code arrears}: when an account that owes is suspended. */
public record ArrearsSection(@Nullable String suspendThreshold, @Nullable String sweepInterval) {

  /** Nothing given: every default. */
  public static final ArrearsSection EMPTY = new ArrearsSection(null, null);

  /**
   * The same, as checked.
   *
   * @param suspendThreshold how long an account may owe
   * @param sweepInterval how often that is looked at
   */
  public record Settings(Duration suspendThreshold, Duration sweepInterval) {}

  /** Checks the texts; problems go to the reader. */
  public Settings read(SettingReader reader) {
    return new Settings(
        reader.delay(
            "ARREARS_SUSPEND_THRESHOLD (arrears.suspendThreshold)", suspendThreshold, "336h"),
        reader.interval("ARREARS_SWEEP_INTERVAL (arrears.sweepInterval)", sweepInterval, "1h"));
  }
}
