package plus.svc.billing.config;

import java.math.BigDecimal;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.platform.setting.SettingReader;

/** {@code rating}: the defaults for accounts without a profile, peak hours, explicit plans. */
public record RatingSection(
    @Nullable String pricePerByte,
    @Nullable String initialBalance,
    @Nullable String initialIncludedQuotaBytes,
    @Nullable String sourceRevision,
    @Nullable String defaultRegion,
    @Nullable String periodZone,
    @Nullable Peak peak,
    @Nullable Map<String, Plan> plans) {

  /** {@code rating.peak}: the days and hours to which the peak multiplier applies. */
  public record Peak(
      @Nullable String zone,
      @Nullable List<String> days,
      @Nullable String from,
      @Nullable String to) {}

  /** {@code rating.plans.NAME}: terms of the pricing rule version of that name. */
  public record Plan(
      @Nullable String unlimited,
      @Nullable String pricePerByte,
      @Nullable String includedQuotaBytes) {}

  /** Nothing given: every default. */
  public static final RatingSection EMPTY =
      new RatingSection(null, null, null, null, null, null, null, null);

  private static final String ZONES = "a time zone such as UTC or Asia/Tokyo";
  private static final Map<String, DayOfWeek> DAYS =
      Map.of(
          "mon", DayOfWeek.MONDAY,
          "tue", DayOfWeek.TUESDAY,
          "wed", DayOfWeek.WEDNESDAY,
          "thu", DayOfWeek.THURSDAY,
          "fri", DayOfWeek.FRIDAY,
          "sat", DayOfWeek.SATURDAY,
          "sun", DayOfWeek.SUNDAY);

  /** Checks the texts; problems go to the reader. */
  public RatingSettings read(SettingReader reader) {
    return new RatingSettings(
        reader.decimal("PRICE_PER_BYTE (rating.pricePerByte)", pricePerByte, "0", false),
        reader.decimal("INITIAL_BALANCE (rating.initialBalance)", initialBalance, "0", true),
        quota(
            reader,
            "INITIAL_INCLUDED_QUOTA_BYTES (rating.initialIncludedQuotaBytes)",
            initialIncludedQuotaBytes),
        reader.text(sourceRevision, "billing-service-v1"),
        reader.text(defaultRegion, ""),
        reader.read("rating.periodZone", periodZone, "UTC", ZONES, ZoneId::of),
        readPeak(reader),
        readPlans(reader));
  }

  private RatingSettings.PeakHours readPeak(SettingReader reader) {
    Peak given = peak == null ? new Peak(null, null, null, null) : peak;
    String times = "a time of day such as 18:00";
    Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
    for (String day : given.days() == null ? List.<String>of() : given.days()) {
      String key = day.strip().toLowerCase(Locale.ROOT);
      days.add(reader.choice("rating.peak.days", key, "mon", DAYS));
    }
    return new RatingSettings.PeakHours(
        reader.read("rating.peak.zone", given.zone(), "UTC", ZONES, ZoneId::of),
        days,
        reader.read("rating.peak.from", given.from(), "00:00", times, LocalTime::parse),
        reader.read("rating.peak.to", given.to(), "00:00", times, LocalTime::parse));
  }

  private Map<String, RatingSettings.PlanTerms> readPlans(SettingReader reader) {
    Map<String, RatingSettings.PlanTerms> terms = new HashMap<>();
    if (plans != null) {
      plans.forEach(
          (name, plan) -> terms.put(name, readPlan(reader, "rating.plans." + name, plan)));
    }
    return terms;
  }

  private static RatingSettings.PlanTerms readPlan(SettingReader reader, String name, Plan plan) {
    boolean unlimited = reader.flag(name + ".unlimited", plan.unlimited(), false);
    BigDecimal price = reader.decimal(name + ".pricePerByte", plan.pricePerByte(), "0", false);
    return new RatingSettings.PlanTerms(
        unlimited, price, quota(reader, name + ".includedQuotaBytes", plan.includedQuotaBytes()));
  }

  private static long quota(SettingReader reader, String name, @Nullable String text) {
    return reader.wholeNumber(name, text, "0", 0L, Long.MAX_VALUE);
  }
}
