package plus.svc.billing.config;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.platform.setting.SettingReader;
import plus.svc.billing.wallet.outbox.Thresholds;

/** {@code wallet.thresholds}: what is worth a notice. */
public record ThresholdsSection(
    @Nullable String balanceLow,
    @Nullable String quotaLowPercent,
    @Nullable String rateAmount,
    @Nullable String rateCount) {

  /** Nothing given: every default. */
  public static final ThresholdsSection EMPTY = new ThresholdsSection(null, null, null, null);

  /**
   * The same, as checked.
   *
   * @param balanceLow a balance below it is low, in the unit of the account
   */
  public record Settings(BigDecimal balanceLow, Thresholds thresholds) {}

  /** Checks the texts; problems go to the reader. */
  public Settings read(SettingReader reader) {
    return new Settings(
        reader.decimal("wallet.thresholds.balanceLow", balanceLow, "10", true),
        new Thresholds(
            reader.count("wallet.thresholds.quotaLowPercent", quotaLowPercent, "20", 0, 100),
            reader.decimal("wallet.thresholds.rateAmount", rateAmount, "0", false),
            reader.wholeNumber("wallet.thresholds.rateCount", rateCount, "0", 0, Long.MAX_VALUE)));
  }
}
