package plus.svc.billing.pipeline.rating;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The configured side of prices and quota.
 *
 * @param pricePerByte for accounts whose profile names no price
 * @param includedQuotaBytes for accounts whose profile names no quota
 * @param initialBalance opening balance of an account that nobody opened before
 * @param ruleVersion for profiles without one
 * @param plans explicit terms by {@code pricing_rule_version}; they outrank the profile
 * @param periodZone zone of the calendar month that is the period where accounts wrote none
 */
public record RatingPolicy(
    BigDecimal pricePerByte,
    long includedQuotaBytes,
    BigDecimal initialBalance,
    String ruleVersion,
    Map<String, Plan> plans,
    PeakHours peakHours,
    ZoneId periodZone) {

  public RatingPolicy {
    plans = Map.copyOf(plans);
  }

  /** Terms of a plan that a profile can't express, since there zero means the default. */
  public record Plan(
      boolean unlimited, @Nullable BigDecimal pricePerByte, @Nullable Long includedQuotaBytes) {}

  /** A row of {@code account_billing_profiles}. */
  public record Profile(
      long includedQuotaBytes,
      BigDecimal basePricePerByte,
      BigDecimal regionMultiplier,
      BigDecimal lineMultiplier,
      BigDecimal peakMultiplier,
      BigDecimal offpeakMultiplier,
      String pricingRuleVersion) {

    /** What holds for an account without a profile. */
    public static final Profile NONE =
        new Profile(
            0, BigDecimal.ZERO, BigDecimal.ONE, BigDecimal.ONE, BigDecimal.ONE, BigDecimal.ONE, "");
  }

  /** The terms a profile means; zero price and zero quota there mean the configured default. */
  public PriceTerms terms(Profile profile, Instant effectiveFrom) {
    String version =
        profile.pricingRuleVersion().isBlank() ? ruleVersion : profile.pricingRuleVersion().strip();
    @Nullable Plan plan = plans.get(version);
    BigDecimal price =
        profile.basePricePerByte().signum() > 0 ? profile.basePricePerByte() : pricePerByte;
    long quota =
        profile.includedQuotaBytes() > 0 ? profile.includedQuotaBytes() : includedQuotaBytes;
    if (plan != null) {
      price = plan.pricePerByte() != null ? plan.pricePerByte() : price;
      quota = plan.includedQuotaBytes() != null ? plan.includedQuotaBytes() : quota;
    }
    return new PriceTerms(
        effectiveFrom,
        price,
        factor(profile.regionMultiplier()),
        factor(profile.lineMultiplier()),
        factor(profile.peakMultiplier()),
        factor(profile.offpeakMultiplier()),
        quota,
        plan != null && plan.unlimited(),
        version);
  }

  private static BigDecimal factor(BigDecimal multiplier) {
    return multiplier.signum() > 0 ? multiplier : BigDecimal.ONE;
  }

  /** First instant of the calendar month that holds an instant. */
  public Instant monthStart(Instant instant) {
    return firstDay(instant).atStartOfDay(periodZone).toInstant();
  }

  /** First instant after the calendar month that holds an instant. */
  public Instant monthEnd(Instant instant) {
    return firstDay(instant).plusMonths(1).atStartOfDay(periodZone).toInstant();
  }

  private LocalDate firstDay(Instant instant) {
    return instant.atZone(periodZone).toLocalDate().withDayOfMonth(1);
  }
}
