package plus.svc.billing.audit;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.audit.Finding.Kind;
import plus.svc.billing.pipeline.rating.PriceTerms;
import plus.svc.billing.quantity.Minutes;

/** What buckets must cost, taken in the order in which free quota is given out. */
final class BucketRating {

  private final Findings findings;
  private final Pricing pricing;
  private final QuotaBook quotas;
  private final BucketTeller teller;

  BucketRating(Findings findings, Pricing pricing, QuotaBook quotas, BucketTeller teller) {
    this.findings = findings;
    this.pricing = pricing;
    this.quotas = quotas;
    this.teller = teller;
  }

  /** Takes the next bucket; {@code told} if it is known not to be as it must be. */
  void rate(
      BucketKey key,
      MoneyDao.@Nullable RatedRow bucket,
      boolean told,
      List<MoneyDao.EntryRow> rows) {
    long ours = bucket == null ? 0 : bucket.included() + bucket.charged();
    long bytes = told ? findings.bytesOf(key, bucket == null ? 0 : bucket.total()) : ours;
    if (bucket == null && bytes == 0) {
      return;
    }
    Instant start = Minutes.start(key.minute());
    @Nullable PriceTerms terms = pricing.at(key.account(), key.minute());
    QuotaBook.@Nullable Period period = quotas.at(key.account(), start);
    if (terms == null || period == null) {
      teller.tell(
          Kind.CHARGE_DIFFERS,
          key,
          null,
          null,
          null,
          terms == null ? "the account has no price" : "no quota period covers the minute");
      return;
    }
    long left = period.grantedBy(start) - period.taken;
    long included = terms.unlimited() ? 0 : Math.min(Math.max(left, 0), bytes);
    long charged = bytes - included;
    period.taken += included;
    long storedIncluded = bucket == null ? 0 : bucket.included();
    period.includedAdjust += told ? included - storedIncluded : 0;
    period.chargedAdjust += told ? charged - (bucket == null ? 0 : bucket.charged()) : 0;
    if (told || bucket == null || !period.grantsAddUp()) {
      return;
    }
    BigDecimal amount = pricing.cost(terms, key.minute(), charged);
    if (amount.compareTo(bucket.amount()) != 0 || included != storedIncluded) {
      period.includedAdjust += included - storedIncluded;
      teller.tell(
          Kind.CHARGE_DIFFERS,
          key,
          Pricing.plain(amount),
          Pricing.plain(bucket.amount()),
          amount.subtract(bucket.amount()),
          included
              + " of its bytes are free and "
              + charged
              + " charged at "
              + Pricing.plain(terms.pricePerByte())
              + " x "
              + Pricing.plain(pricing.factor(terms, key.minute()))
              + " by version '"
              + terms.ruleVersion()
              + "'; written are "
              + storedIncluded
              + " and "
              + bucket.charged());
      return;
    }
    if (pricing.factor(terms, key.minute()).compareTo(bucket.multiplier()) != 0) {
      teller.tell(
          Kind.CHARGE_DIFFERS,
          key,
          Pricing.plain(pricing.factor(terms, key.minute())),
          Pricing.plain(bucket.multiplier()),
          null,
          "its multiplier is another one");
      return;
    }
    for (MoneyDao.EntryRow row : rows) {
      if (!row.ruleVersion().equals(terms.ruleVersion())) {
        teller.tell(
            Kind.ENTRY_DIFFERS,
            key,
            terms.ruleVersion(),
            row.ruleVersion(),
            null,
            "ledger row " + row.id() + " names another price version");
        return;
      }
    }
  }
}
