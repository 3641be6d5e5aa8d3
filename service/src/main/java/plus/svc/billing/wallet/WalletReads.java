package plus.svc.billing.wallet;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** What callers read: balances, histories, sums, what a use would cost. Nothing is written. */
public final class WalletReads implements AutoCloseable {

  private final Jdbi jdbi;
  private final WalletPolicy policy;
  private final Supplier<ServicePrices> prices;
  private final Clock clock;
  private final MeansReader meansReader;

  /** Reads with the prices as they are at the time. */
  public WalletReads(Jdbi jdbi, WalletPolicy policy, Supplier<ServicePrices> prices, Clock clock) {
    this.jdbi = jdbi;
    this.policy = policy;
    this.prices = prices;
    this.clock = clock;
    this.meansReader = new MeansReader(jdbi, policy, prices, clock);
  }

  @Override
  public void close() {
    meansReader.close();
  }

  /**
   * An account as it stands.
   *
   * @param balance sum of its entries
   * @param held what holds keep of it
   */
  public record Standing(
      UUID account, UUID owner, String unit, BigDecimal balance, BigDecimal held) {

    /** What no hold keeps. */
    public BigDecimal available() {
      return balance.subtract(held);
    }
  }

  /** An account now; empty if there is none of that id. A user without a row has zero. */
  public Optional<Standing> balance(UUID account) {
    return jdbi.withExtension(
        WalletReadDao.class, dao -> dao.standing(account, policy.unit(), clock.instant()));
  }

  /** The balance at an instant: of all entries whose place is not after it. */
  public Optional<BigDecimal> balanceAt(UUID account, Instant at) {
    return balance(account)
        .map(
            now ->
                jdbi.withExtension(
                    WalletReadDao.class, dao -> dao.balanceAt(account, now.owner(), at)));
  }

  /**
   * An entry in an account's history.
   *
   * @param place by which the history is ordered, unique in the account with {@code id}
   * @param balanceAfter null where it was posted before the history was kept
   */
  public record HistoryEntry(
      UUID id,
      Instant place,
      String kind,
      BigDecimal amount,
      @Nullable BigDecimal balanceAfter,
      String meter,
      long units,
      @Nullable UUID operation,
      @Nullable UUID corrects) {

    /** The end of a page that ended there. */
    public static HistoryEntry endOfPage(Place end) {
      return new HistoryEntry(end.id(), end.at(), "", BigDecimal.ZERO, null, "", 0, null, null);
    }
  }

  /**
   * A page of history, oldest first; places before {@code until} and from {@code from} on.
   *
   * @param after the last entry of the page before, null for the first page
   */
  public List<HistoryEntry> history(
      UUID account, Instant from, Instant until, @Nullable HistoryEntry after, int most) {
    Instant place = after == null ? from : after.place();
    UUID id = after == null ? new UUID(0, 0) : after.id();
    Optional<Standing> standing = balance(account);
    if (standing.isEmpty()) {
      return List.of();
    }
    return jdbi.withExtension(
        WalletReadDao.class,
        dao -> dao.history(account, standing.get().owner(), place, id, until, most));
  }

  /** Free units of a service in the current month. */
  public record Allowance(String service, long granted, long used, long held, Instant month) {

    /** Units that are free still. */
    public long remaining() {
      return Math.max(0, granted - used - held);
    }
  }

  /** The free units of every configured service; one never used is as it would begin. */
  public List<Allowance> allowances(UUID account) {
    Instant now = clock.instant();
    Instant month = policy.monthStart(now);
    ServicePrices terms = prices.get();
    Map<String, Allowance> found = new TreeMap<>();
    for (String service : terms.services()) {
      terms
          .at(service, now)
          .ifPresent(
              version ->
                  found.put(service, new Allowance(service, version.freeUnits(), 0, 0, month)));
    }
    jdbi.useExtension(
        WalletReadDao.class,
        dao ->
            dao.quotas(account, found.keySet().toArray(String[]::new), month)
                .forEach(
                    row ->
                        found.computeIfPresent(
                            row.meter(),
                            (service, terms0) ->
                                new Allowance(
                                    service, terms0.granted(), row.used(), row.held(), month))));
    return new ArrayList<>(found.values());
  }

  /**
   * What a use would come to.
   *
   * @param refusal what it would be refused with, null if it would be done
   */
  public record Check(
      @Nullable Refusal refusal, long free, long paid, BigDecimal cost, BigDecimal available) {

    /** Whether it would be done. */
    public boolean isAllowed() {
      return refusal == null;
    }
  }

  /** What deducting would do now; binding is only a hold. */
  public Check check(UUID account, String service, long count) {
    return means(account, service).check(count);
  }

  /** What an account has for uses of a service now. */
  public Means means(UUID account, String service) {
    return meansReader.means(account, service);
  }

  /** Sums of a stretch of time. */
  public record Sums(
      String kind,
      String meter,
      String caller,
      long entries,
      long units,
      BigDecimal credit,
      BigDecimal debit) {}

  /** Turnover of an account; the borders are taken down to quarters of an hour. */
  public List<Sums> turnover(UUID account, Instant from, Instant until) {
    return jdbi.withExtension(WalletReadDao.class, dao -> dao.turnover(account, from, until));
  }

  /**
   * Use of services in a stretch of time, by service.
   *
   * @param free calls that were free
   * @param paid calls that were paid for
   * @param cost what they cost
   */
  public record Use(String service, long free, long paid, BigDecimal cost) {}

  /** Use by service, from aggregates, net of what was taken back. */
  public List<Use> use(UUID account, Instant from, Instant until) {
    Map<String, Use> byService = new TreeMap<>();
    for (Sums sums : turnover(account, from, until)) {
      if (sums.meter().isEmpty()) {
        continue;
      }
      boolean free = sums.kind().equals("usage_free");
      Use more =
          new Use(
              sums.meter(),
              free ? sums.units() : 0,
              free ? 0 : sums.units(),
              sums.debit().subtract(sums.credit()));
      byService.merge(
          sums.meter(),
          more,
          (one, other) ->
              new Use(
                  one.service(),
                  one.free() + other.free(),
                  one.paid() + other.paid(),
                  one.cost().add(other.cost())));
    }
    return new ArrayList<>(byService.values());
  }

  /** Use of today, in the configured zone. */
  public List<Use> useToday(UUID account) {
    Instant now = clock.instant();
    return use(account, policy.dayStart(now), now.plusSeconds(900));
  }

  /** Use of this month, in the configured zone. */
  public List<Use> useThisMonth(UUID account) {
    Instant now = clock.instant();
    return use(account, policy.monthStart(now), now.plusSeconds(900));
  }

  /** A use or payment as the wallet's record list shows it. */
  public record UseRecord(
      UUID id,
      String service,
      boolean free,
      BigDecimal amount,
      long count,
      Instant createdAt,
      @Nullable UUID operation) {}

  /**
   * Uses of services, newest first; {@code most} of them after {@code skip}.
   *
   * @param before the instant and id of the last record of the page before, null for the first page
   */
  public List<UseRecord> records(UUID account, @Nullable Place before, int skip, int most) {
    Place from = before == null ? NEWEST : before;
    return jdbi.withExtension(
        WalletReadDao.class, dao -> dao.records(account, from.at(), from.id(), skip, most));
  }

  /** Where a page ended. */
  public record Place(Instant at, UUID id) {}

  private static final Place NEWEST =
      new Place(Instant.parse("9999-12-31T00:00:00Z"), new UUID(-1, -1));

  /** How many uses there are. */
  public long recordCount(UUID account) {
    return jdbi.withExtension(WalletReadDao.class, dao -> dao.recordCount(account));
  }

  /** A request with what became of it. */
  public record Told(
      UUID id,
      String caller,
      String key,
      String kind,
      String source,
      Instant receivedAt,
      String body,
      @Nullable String status,
      @Nullable String reason,
      @Nullable UUID reverses,
      @Nullable Instant appliedAt,
      List<HistoryEntry> entries) {}

  /** From a request to what it posted. */
  public Optional<Told> operation(UUID id) {
    return jdbi.withExtension(
        WalletReadDao.class,
        dao ->
            dao.told(id)
                .map(
                    row ->
                        new Told(
                            row.requestId(),
                            row.caller(),
                            row.idempotencyKey(),
                            row.kind(),
                            row.source(),
                            row.receivedAt(),
                            row.body(),
                            row.status(),
                            row.reason(),
                            row.reverses(),
                            row.appliedAt(),
                            dao.entriesOf(id))));
  }

  /** A map of the current prices, by service. */
  public Map<String, ServicePrices.Version> terms() {
    Map<String, ServicePrices.Version> terms = new HashMap<>();
    ServicePrices all = prices.get();
    all.services()
        .forEach(
            service ->
                all.at(service, clock.instant()).ifPresent(version -> terms.put(service, version)));
    return terms;
  }

  /** The accounts of the entries that an operation posted, by entry. */
  public Map<UUID, UUID> accountsOf(UUID operation) {
    Map<UUID, UUID> accounts = new HashMap<>();
    jdbi.useExtension(
        WalletReadDao.class,
        dao -> dao.accountsOf(operation).forEach(row -> accounts.put(row.id(), row.account())));
    return accounts;
  }

  /** The operation that took another one back. */
  public Optional<UUID> reversedBy(UUID operation) {
    return jdbi.withExtension(WalletReadDao.class, dao -> dao.reversedBy(operation));
  }

  /** The account of which a hold keeps something. */
  public Optional<UUID> accountOfHold(UUID hold) {
    return jdbi.withExtension(WalletReadDao.class, dao -> dao.accountOfHold(hold));
  }

  /** About how many records there are, by table; those that there are none of are left out. */
  public Map<String, Long> estimates(Collection<String> tables) {
    Map<String, Long> records = new TreeMap<>();
    jdbi.useExtension(
        WalletReadDao.class,
        dao ->
            dao.estimates(tables.toArray(String[]::new))
                .forEach(row -> records.put(row.name(), row.records())));
    return records;
  }

  /** What holds for every account. */
  public WalletPolicy policy() {
    return policy;
  }

  /** The time that goes for the wallet. */
  public Instant now() {
    return clock.instant();
  }
}
