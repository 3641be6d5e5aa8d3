package plus.svc.billing.wallet;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jspecify.annotations.Nullable;

/**
 * The prices of services: a configured price that differs from the newest recorded one is recorded
 * as a version that holds from two minutes later on. So a change never reaches back, and every
 * instance knows it before it holds.
 */
public final class ServicePriceBook {

  private static final Duration NOTICE = Duration.ofMinutes(2);

  private final Jdbi jdbi;
  private final Map<String, Terms> configured;
  private final Clock clock;
  private volatile @Nullable ServicePrices prices;

  /** Configured terms of a service. */
  public record Terms(BigDecimal price, long freeUnits) {}

  /** The book of these services. */
  public ServicePriceBook(Jdbi jdbi, Map<String, Terms> configured, Clock clock) {
    this.jdbi = jdbi;
    this.clock = clock;
    this.configured = Map.copyOf(configured);
  }

  /** The prices as they were read last. */
  public ServicePrices prices() {
    @Nullable ServicePrices known = prices;
    return known == null ? refresh() : known;
  }

  /** Records what changed, and reads what others recorded; at least once a minute. */
  public ServicePrices refresh() {
    ServicePrices known = read();
    boolean changed = false;
    for (Map.Entry<String, Terms> entry : configured.entrySet()) {
      Optional<ServicePrices.Version> newest = known.at(entry.getKey(), Instant.MAX);
      Terms terms = entry.getValue();
      boolean same =
          newest.isPresent()
              && newest.get().price().compareTo(terms.price()) == 0
              && newest.get().freeUnits() == terms.freeUnits();
      if (!same) {
        changed = true;
        // The first version holds from ever on.
        Instant from = newest.isPresent() ? clock.instant().plus(NOTICE) : Instant.EPOCH;
        jdbi.useExtension(
            Dao.class, dao -> dao.insert(entry.getKey(), from, terms.price(), terms.freeUnits()));
      }
    }
    ServicePrices now = changed ? read() : known;
    prices = now;
    return now;
  }

  private ServicePrices read() {
    List<ServicePrices.Version> all = jdbi.withExtension(Dao.class, Dao::all);
    return new ServicePrices(
        all.stream().filter(version -> configured.containsKey(version.service())).toList());
  }

  /** Statements on prices. */
  interface Dao {

    @SqlQuery(
        """
        SELECT service, effective_from, price, free_units
          FROM billing.service_prices
         ORDER BY service, effective_from
        """)
    @RegisterConstructorMapper(ServicePrices.Version.class)
    List<ServicePrices.Version> all();

    @SqlUpdate(
        """
        INSERT INTO billing.service_prices (service, effective_from, price, free_units)
        VALUES (:service, :from, :price, :free)
            ON CONFLICT DO NOTHING
        """)
    void insert(
        @Bind("service") String service,
        @Bind("from") Instant from,
        @Bind("price") BigDecimal price,
        @Bind("free") long free);
  }
}
