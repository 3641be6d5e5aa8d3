package plus.svc.billing.explain;

import java.math.BigDecimal;
import java.time.Instant;
import plus.svc.billing.pipeline.rating.PriceTerms;

/** A price version of an account. */
public record PriceRow(
    Instant effectiveFrom,
    BigDecimal pricePerByte,
    BigDecimal regionMultiplier,
    BigDecimal lineMultiplier,
    BigDecimal peakMultiplier,
    BigDecimal offpeakMultiplier,
    long includedQuotaBytes,
    boolean unlimited,
    String ruleVersion,
    Instant recordedAt) {

  PriceTerms terms() {
    return new PriceTerms(
        effectiveFrom,
        pricePerByte,
        regionMultiplier,
        lineMultiplier,
        peakMultiplier,
        offpeakMultiplier,
        includedQuotaBytes,
        unlimited,
        ruleVersion);
  }
}
