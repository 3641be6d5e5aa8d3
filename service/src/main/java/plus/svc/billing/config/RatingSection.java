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
import plus.svc.billing.pipeline.PipelineSettings;
import plus.svc.billing.pipeline.rating.PeakHours;
import plus.svc.billing.pipeline.rating.RatingPolicy;
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
      @Nullable String to) {

    static final Peak NONE = new Peak(null, null, null, null);
  }

  /** {@code rating.plans.NAME}: terms of the pricing rule version of that name. */
  public record Plan(
      @Nullable String unlimited,
      @Nullable String pricePerByte,
      @Nullable String includedQuotaBytes) {}

  /** Nothing given: every default. */
  public static final RatingSection EMPTY =
      new RatingSection(null, null, null, null, null, null, null, null);

  private static final String ZONES = "a time zone such as UTC or Asia/Tokyo";
  private static final String TIMES = "a time of day such as 18:00";
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
  public PipelineSettings read(SettingReader reader) {
    String revision = reader.text(sourceRevision, "billing-service-v1");
    RatingPolicy policy =
        new RatingPolicy(
            reader.decimal("PRICE_PER_BYTE (rating.pricePerByte)", pricePerByte, "0", false),
            quota(
                reader,
                "INITIAL_INCLUDED_QUOTA_BYTES (rating.initialIncludedQuotaBytes)",
                initialIncludedQuotaBytes),
            reader.decimal("INITIAL_BALANCE (rating.initialBalance)", initialBalance, "0", true),
            revision,
            readPlans(reader),
            readPeak(reader),
            reader.read("rating.periodZone", periodZone, "UTC", ZONES, ZoneId::of));
    return new PipelineSettings(policy, reader.text(defaultRegion, ""), revision);
  }

  private PeakHours readPeak(SettingReader reader) {
    Peak given = peak == null ? Peak.NONE : peak;
    boolean from = given.from() != null && !given.from().isBlank();
    boolean to = given.to() != null && !given.to().isBlank();
    boolean days = given.days() != null && !given.days().isEmpty();
    if (!from && !to && !days) {
      return PeakHours.NONE;
    }
    if (!(from && to && days)) {
      reader.problem("rating.peak is half given: must have days, from and to, or none of them");
      return PeakHours.NONE;
    }
    return new PeakHours(
        reader.read("rating.peak.zone", given.zone(), "UTC", ZONES, ZoneId::of),
        readDays(reader, given.days()),
        reader.read("rating.peak.from", given.from(), "00:00", TIMES, LocalTime::parse),
        reader.read("rating.peak.to", given.to(), "00:00", TIMES, LocalTime::parse));
  }

  private static Set<DayOfWeek> readDays(SettingReader reader, @Nullable List<String> names) {
    Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
    for (String name : names == null ? List.<String>of() : names) {
      String key = name.strip().toLowerCase(Locale.ROOT);
      days.add(reader.choice("rating.peak.days", key, "mon", DAYS));
    }
    return days;
  }

  private Map<String, RatingPolicy.Plan> readPlans(SettingReader reader) {
    Map<String, RatingPolicy.Plan> terms = new HashMap<>();
    if (plans != null) {
      plans.forEach(
          (name, plan) -> terms.put(name, readPlan(reader, "rating.plans." + name, plan)));
    }
    return terms;
  }

  /** What a plan does not name is the profile's. */
  private static RatingPolicy.Plan readPlan(SettingReader reader, String name, Plan plan) {
    boolean unlimited = reader.flag(name + ".unlimited", plan.unlimited(), false);
    @Nullable BigDecimal price =
        plan.pricePerByte() == null
            ? null
            : reader.decimal(name + ".pricePerByte", plan.pricePerByte(), "0", false);
    @Nullable Long quota =
        plan.includedQuotaBytes() == null
            ? null
            : Long.valueOf(quota(reader, name + ".includedQuotaBytes", plan.includedQuotaBytes()));
    return new RatingPolicy.Plan(unlimited, price, quota);
  }

  private static long quota(SettingReader reader, String name, @Nullable String text) {
    return reader.wholeNumber(name, text, "0", 0L, Long.MAX_VALUE);
  }
}
