package plus.svc.billing.wallet;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What calls of services cost, and how many a month are free, from when on. */
public final class ServicePrices {

  private final Map<String, TreeMap<Instant, Version>> versions = new HashMap<>();

  /**
   * Terms of a service.
   *
   * @param price of a call beyond the free ones, in the platform's unit
   * @param freeUnits free calls a month
   */
  public record Version(String service, Instant effectiveFrom, BigDecimal price, long freeUnits) {

    /** As a ledger row names it. */
    String text() {
      return service + "@" + effectiveFrom;
    }
  }

  public ServicePrices(Collection<Version> all) {
    for (Version version : all) {
      versions
          .computeIfAbsent(version.service(), service -> new TreeMap<>())
          .put(version.effectiveFrom(), version);
    }
  }

  /** The terms in force at an instant; before the first ones, the first. */
  public Optional<Version> at(String service, Instant instant) {
    TreeMap<Instant, Version> known = versions.getOrDefault(service, new TreeMap<>());
    if (known.isEmpty()) {
      return Optional.empty();
    }
    var entry = known.floorEntry(instant);
    return Optional.of(entry == null ? known.firstEntry().getValue() : entry.getValue());
  }

  /** The services there are. */
  public Set<String> services() {
    return Set.copyOf(versions.keySet());
  }
}
