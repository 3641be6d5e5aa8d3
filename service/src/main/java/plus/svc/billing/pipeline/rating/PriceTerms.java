package plus.svc.billing.pipeline.rating;

import java.math.BigDecimal;
import java.time.Instant;

/**
 * What an account pays from an instant on.
 *
 * @param effectiveFrom first instant it is in force
 * @param pricePerByte money per charged byte, {@code >= 0}
 * @param includedQuotaBytes free bytes of a period that begins while it is in force
 * @param unlimited usage is free and takes no quota
 * @param ruleVersion the name readers see in {@code pricing_rule_version}
 */
public record PriceTerms(
    Instant effectiveFrom,
    BigDecimal pricePerByte,
    BigDecimal regionMultiplier,
    BigDecimal lineMultiplier,
    BigDecimal peakMultiplier,
    BigDecimal offpeakMultiplier,
    long includedQuotaBytes,
    boolean unlimited,
    String ruleVersion) {

  public PriceTerms {
    if (pricePerByte.signum() < 0) {
      throw new IllegalArgumentException("price_per_byte is " + pricePerByte + ": must be >= 0");
    }
    if (includedQuotaBytes < 0) {
      throw new IllegalArgumentException(
          "included_quota_bytes is " + includedQuotaBytes + ": must be >= 0");
    }
  }

  /** The factor on the price in a minute of the given phase. */
  public BigDecimal multiplier(PeakHours.Phase phase) {
    BigDecimal base = regionMultiplier.multiply(lineMultiplier);
    return switch (phase) {
      case UNPHASED -> base;
      case PEAK -> base.multiply(peakMultiplier);
      case OFFPEAK -> base.multiply(offpeakMultiplier);
    };
  }

  /** Whether both charge alike, whenever they began. */
  public boolean sameTermsAs(PriceTerms other) {
    return pricePerByte.compareTo(other.pricePerByte) == 0
        && regionMultiplier.compareTo(other.regionMultiplier) == 0
        && lineMultiplier.compareTo(other.lineMultiplier) == 0
        && peakMultiplier.compareTo(other.peakMultiplier) == 0
        && offpeakMultiplier.compareTo(other.offpeakMultiplier) == 0
        && includedQuotaBytes == other.includedQuotaBytes
        && unlimited == other.unlimited
        && ruleVersion.equals(other.ruleVersion);
  }
}
