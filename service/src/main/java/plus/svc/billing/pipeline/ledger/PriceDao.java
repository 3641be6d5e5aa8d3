package plus.svc.billing.pipeline.ledger;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import plus.svc.billing.pipeline.rating.PriceTerms;

/** Statements that record price versions. */
interface PriceDao {

  /** Records one version for each account. */
  default void insertAll(List<UUID> accounts, List<PriceTerms> terms, Instant now) {
    insert(
        accounts.toArray(UUID[]::new),
        terms.stream().map(PriceTerms::effectiveFrom).toArray(Instant[]::new),
        terms.stream().map(PriceTerms::pricePerByte).toArray(BigDecimal[]::new),
        terms.stream().map(PriceTerms::regionMultiplier).toArray(BigDecimal[]::new),
        terms.stream().map(PriceTerms::lineMultiplier).toArray(BigDecimal[]::new),
        terms.stream().map(PriceTerms::peakMultiplier).toArray(BigDecimal[]::new),
        terms.stream().map(PriceTerms::offpeakMultiplier).toArray(BigDecimal[]::new),
        terms.stream().map(PriceTerms::includedQuotaBytes).toArray(Long[]::new),
        terms.stream().map(PriceTerms::unlimited).toArray(Boolean[]::new),
        terms.stream().map(PriceTerms::ruleVersion).toArray(String[]::new),
        now);
  }

  @SqlUpdate(
      """
      INSERT INTO billing.price_versions
             (account_uuid, effective_from, price_per_byte, region_multiplier, line_multiplier,
              peak_multiplier, offpeak_multiplier, included_quota_bytes, unlimited, rule_version,
              recorded_at)
      SELECT account_uuid, effective_from, price, region, line, peak, offpeak, quota, unlimited,
             version, :now
        FROM unnest(:accounts, :from, :prices, :regions, :lines, :peaks, :offpeaks, :quotas,
                    :unlimited, :versions)
          AS p (account_uuid, effective_from, price, region, line, peak, offpeak, quota, unlimited,
                version)
          ON CONFLICT (account_uuid, effective_from) DO NOTHING
      """)
  @SuppressWarnings("TooManyParameters")
  void insert(
      @Bind("accounts") UUID[] accounts,
      @Bind("from") Instant[] from,
      @Bind("prices") BigDecimal[] prices,
      @Bind("regions") BigDecimal[] regions,
      @Bind("lines") BigDecimal[] lines,
      @Bind("peaks") BigDecimal[] peaks,
      @Bind("offpeaks") BigDecimal[] offpeaks,
      @Bind("quotas") Long[] quotas,
      @Bind("unlimited") Boolean[] unlimited,
      @Bind("versions") String[] versions,
      @Bind("now") Instant now);
}
