package plus.svc.billing.audit;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.rating.PeakHours;
import plus.svc.billing.pipeline.rating.PriceTerms;
import plus.svc.billing.quantity.Minutes;

/** What accounts pay, read as it is needed and kept for some thousand of them. */
final class Pricing {

  private static final int MOST_KEPT = 20_000;

  private final MoneyDao dao;
  private final PeakHours peakHours;
  private final Map<UUID, List<PriceTerms>> versions = new HashMap<>();

  Pricing(MoneyDao dao, PeakHours peakHours) {
    this.dao = dao;
    this.peakHours = peakHours;
  }

  /** Reads the prices of accounts in one go. */
  void load(Collection<UUID> accounts) {
    Set<UUID> missing = new HashSet<>(accounts);
    missing.removeAll(versions.keySet());
    if (missing.isEmpty()) {
      return;
    }
    if (versions.size() + missing.size() > MOST_KEPT) {
      versions.clear();
      missing.addAll(accounts);
    }
    missing.forEach(account -> versions.put(account, new ArrayList<>(1)));
    for (MoneyDao.PriceRow row : dao.prices(missing.toArray(UUID[]::new))) {
      versions.computeIfAbsent(row.account(), id -> new ArrayList<>(1)).add(row.terms());
    }
  }

  /** The terms in force at a minute; before the first version the first; null if there is none. */
  @Nullable PriceTerms at(UUID account, long minute) {
    if (!versions.containsKey(account)) {
      load(List.of(account));
    }
    Instant start = Minutes.start(minute);
    @Nullable PriceTerms found = null;
    for (PriceTerms terms : versions.getOrDefault(account, List.of())) {
      if (found == null || !terms.effectiveFrom().isAfter(start)) {
        found = terms;
      }
    }
    return found;
  }

  /** The factor on a price in a minute. */
  BigDecimal factor(PriceTerms terms, long minute) {
    if (terms.unlimited()) {
      return BigDecimal.ZERO;
    }
    BigDecimal factor = terms.regionMultiplier().multiply(terms.lineMultiplier());
    return switch (peakHours.phaseOf(minute)) {
      case UNPHASED -> factor;
      case PEAK -> factor.multiply(terms.peakMultiplier());
      case OFFPEAK -> factor.multiply(terms.offpeakMultiplier());
    };
  }

  /** What charged bytes cost, {@code <= 0}. */
  BigDecimal cost(PriceTerms terms, long minute, long bytes) {
    return BigDecimal.valueOf(bytes)
        .multiply(terms.pricePerByte())
        .multiply(factor(terms, minute))
        .negate();
  }

  /** What bytes would cost if no free quota took them; null if the account has no price. */
  @Nullable BigDecimal atListPrice(UUID account, long minute, long bytes) {
    @Nullable PriceTerms terms = at(account, minute);
    return terms == null ? null : plain(cost(terms, minute, bytes));
  }

  /** One form for equal decimals. */
  static BigDecimal plain(BigDecimal value) {
    if (value.signum() == 0) {
      return BigDecimal.ZERO;
    }
    BigDecimal stripped = value.stripTrailingZeros();
    return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
  }
}
