package plus.svc.billing.pipeline;

import java.math.BigDecimal;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import plus.svc.billing.pipeline.LawsReference.Facts;
import plus.svc.billing.pipeline.ledger.PriceObserver;
import plus.svc.billing.pipeline.rating.PeakHours;
import plus.svc.billing.pipeline.rating.RatingPolicy;
import plus.svc.billing.pipeline.snapshot.SeriesKey;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.pipeline.source.FirstSnapshot;
import plus.svc.billing.quantity.NodeKey;

/**
 * A generated world on a real database: its accounts, plans, nodes and snapshots, apart from those
 * of all other worlds by their ids.
 */
final class LawsWorld {

  private static final LawsReference.Peak PEAK =
      new LawsReference.Peak(LocalTime.of(10, 50), LocalTime.of(11, 5));

  final World world;
  final LawsSettings settings;
  final List<UUID> accounts = new ArrayList<>();
  final List<NodeKey> nodes = new ArrayList<>();
  final List<Snapshot> snapshots = new ArrayList<>();
  private final Set<LawsReference.Told> told = new HashSet<>();
  final Map<UUID, BigDecimal> toppedUp = new HashMap<>();
  private final Map<String, UUID> owners = new HashMap<>();
  private final Map<UUID, LawsReference.Plan> plans = new HashMap<>();
  private final Map<UUID, UUID> latecomers = new HashMap<>();
  private final long id;
  private final Instant start;
  private int topUpsMade;
  private boolean repriced;

  LawsWorld(Jdbi jdbi, long id, LawsSettings settings, List<LawsScript> scripts) {
    this.world = new World(jdbi);
    this.id = id;
    this.settings = settings;
    this.start =
        Instant.parse(settings.overMonthEnd() ? "2026-03-31T23:40:00Z" : "2026-04-08T10:40:00Z");
    world.now = start.plus(Duration.ofDays(1));
    world.zeroBuckets = settings.zeroBuckets();
    guard(0);
    world.rating =
        new RatingPolicy(
            new BigDecimal("0.1"),
            settings.quota(),
            new BigDecimal("10"),
            "laws",
            Map.of(),
            settings.prices() == LawsSettings.Prices.PEAK_HOURS
                ? new PeakHours(
                    ZoneOffset.UTC, EnumSet.allOf(DayOfWeek.class), PEAK.from(), PEAK.to())
                : PeakHours.NONE,
            ZoneOffset.UTC);
    List<SeriesKey> series = makeAccounts();
    giveOnTheWay();
    for (int i = 0; i < scripts.size(); i++) {
      NodeKey node = new NodeKey("laws", "n" + id + "-" + i);
      nodes.add(node);
      snapshots.addAll(scripts.get(i).play(node, start, series));
    }
  }

  Instant start() {
    return start;
  }

  /** Sets the guard that the source has when it sends a page. */
  private void guard(int page) {
    world.policy =
        new NodePolicy(
            settings.countFirst() ? FirstSnapshot.FROM_ZERO : FirstSnapshot.BASELINE,
            billingFrom(),
            settings.guards().get(page % settings.guards().size()));
  }

  private Delivery tell(List<Snapshot> page) {
    page.forEach(
        snapshot -> told.add(new LawsReference.Told(snapshot, world.policy.maxBytesPerSecond())));
    return world.delivery(page);
  }

  private Instant billingFrom() {
    return settings.barMinutes() == 0
        ? Instant.EPOCH
        : start.plus(Duration.ofMinutes(settings.barMinutes()));
  }

  private List<SeriesKey> makeAccounts() {
    List<SeriesKey> series = new ArrayList<>();
    for (int i = 0; i < settings.accounts(); i++) {
      UUID account = new UUID(id, 2L * i);
      UUID proxy = new UUID(id, 2L * i + 1);
      accounts.add(account);
      for (UUID identifier : identifiers(i, account, proxy)) {
        for (int inbound = 0; inbound < settings.inbounds(); inbound++) {
          String tag = inbound == 0 ? "" : "in-" + inbound;
          series.add(new SeriesKey(identifier.toString(), tag));
        }
      }
      plans.put(account, plan(account));
    }
    return series;
  }

  private List<UUID> identifiers(int i, UUID account, UUID proxy) {
    boolean stranger = settings.identity() == LawsSettings.Identity.STRANGERS && i % 2 == 1;
    if (!stranger) {
      owners.put(account.toString(), account);
      owners.put(proxy.toString(), account);
      if (settings.identity() == LawsSettings.Identity.LATECOMERS) {
        latecomers.put(account, proxy);
      } else {
        world.user(account, proxy);
      }
    }
    return switch (settings.identity()) {
      case PROXY -> List.of(proxy);
      case BOTH -> List.of(account, proxy);
      case ACCOUNT, STRANGERS, LATECOMERS -> List.of(account);
    };
  }

  private LawsReference.Plan plan(UUID account) {
    Instant midway = start.plus(Duration.ofMinutes(12)).plusSeconds(30);
    BigDecimal price = new BigDecimal("0.1");
    BigDecimal dear = new BigDecimal("0.37");
    List<LawsReference.Price> prices =
        switch (settings.prices()) {
          case ONE -> List.of(price(Instant.EPOCH, price, false));
          case RISE_MIDWAY ->
              List.of(price(Instant.EPOCH, price, false), price(midway, dear, false));
          case UNLIMITED -> List.of(price(Instant.EPOCH, price, true));
          case UNLIMITED_UNTIL_MIDWAY ->
              List.of(price(Instant.EPOCH, price, true), price(midway, dear, false));
          case PEAK_HOURS -> List.of(price(Instant.EPOCH, price, false));
        };
    prices.forEach(version -> record(account, version));
    return new LawsReference.Plan(
        prices,
        settings.prices() == LawsSettings.Prices.PEAK_HOURS ? PEAK : null,
        settings.quota(),
        List.of());
  }

  private static LawsReference.Price price(Instant from, BigDecimal perByte, boolean unlimited) {
    return new LawsReference.Price(
        from,
        perByte,
        new BigDecimal("1.2"),
        new BigDecimal("2.5"),
        new BigDecimal("0.3"),
        unlimited);
  }

  private void record(UUID account, LawsReference.Price price) {
    world.jdbi.useHandle(
        h ->
            h.execute(
                """
                INSERT INTO billing.price_versions
                       (account_uuid, effective_from, price_per_byte, region_multiplier,
                        line_multiplier, peak_multiplier, offpeak_multiplier,
                        included_quota_bytes, unlimited, rule_version, recorded_at)
                VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?, 'laws', now())
                """,
                account,
                java.sql.Timestamp.from(price.from()),
                price.perByte(),
                price.factor(),
                price.peakFactor(),
                price.offpeakFactor(),
                settings.quota(),
                price.unlimited()));
  }

  /**
   * Opens each account with a little usage on a node of its own, has accounts.svc.plus change the
   * remaining quota, and lets the service notice it five minutes into the world.
   */
  private void giveOnTheWay() {
    if (settings.given() == LawsSettings.Given.NOTHING
        || settings.barMinutes() > 0
        || settings.overMonthEnd()
        || settings.identity() == LawsSettings.Identity.STRANGERS
        || settings.identity() == LawsSettings.Identity.LATECOMERS) {
      return;
    }
    long given = settings.given() == LawsSettings.Given.A_LITTLE ? 300 : -40;
    NodeKey node = new NodeKey("laws", "n" + id + "-warm");
    nodes.add(node);
    Instant end = world.now;
    world.now = start.minusSeconds(60);
    deliverWarm(node, start.minusSeconds(180), 100);
    deliverWarm(node, start.minusSeconds(120), 110);
    for (UUID account : accounts) {
      world.jdbi.useHandle(
          h ->
              h.execute(
                  "UPDATE public.account_quota_states SET remaining_included_quota ="
                      + " remaining_included_quota + ? WHERE account_uuid = ?",
                  given,
                  account));
      plans.computeIfPresent(
          account,
          (key, plan) ->
              new LawsReference.Plan(
                  plan.prices(),
                  plan.peak(),
                  plan.monthlyQuota(),
                  List.of(new LawsReference.Grant(start.plusSeconds(300), given))));
    }
    world.now = start.plusSeconds(300);
    deliverWarm(node, start.plusSeconds(240), 120);
    world.now = end;
  }

  private void deliverWarm(NodeKey node, Instant at, long total) {
    World.Shot shot = new World.Shot(at).on(node);
    accounts.forEach(account -> shot.of(account, "warm", total, 0));
    snapshots.add(shot.snapshot());
    world.pipeline().accept(tell(List.of(shot.snapshot())));
  }

  /**
   * Takes a delivery of everything, two sources in turn, several pages at once, with top-ups and
   * changes of prices in between.
   */
  void deliver(LawsDelivery delivery) {
    int page = 0;
    List<Delivery> together = new ArrayList<>();
    List<List<Snapshot>> pages = delivery.pagesOf(snapshots);
    for (List<Snapshot> part : pages) {
      guard(page);
      world.source = "laws-" + (page++ % 2);
      together.add(tell(part));
      if (together.size() == settings.together() || page == pages.size()) {
        world.pipeline().acceptAll(together, 50_000).forEach(Pipeline.Outcome::orThrow);
        together.clear();
        interfere();
      }
    }
    topUpsMade = settings.topUps().size();
    world.pipeline().settleForeignEntries();
  }

  private void interfere() {
    if (topUpsMade < settings.topUps().size()) {
      topUp(
          accounts.get(topUpsMade % accounts.size()),
          BigDecimal.valueOf(settings.topUps().get(topUpsMade), 2));
      topUpsMade++;
    }
    if (settings.repriced() && !repriced) {
      repriced = true;
      accounts.forEach(this::reprice);
      RatingPolicy old = world.rating;
      RatingPolicy dearer =
          new RatingPolicy(
              new BigDecimal("9.99"),
              7,
              old.initialBalance(),
              "dearer",
              Map.of(),
              old.peakHours(),
              old.periodZone());
      new PriceObserver(world.jdbi, dearer).observe(world.now);
    }
  }

  /** Half of the accounts get another price in their profile; all of it holds for later usage. */
  private void reprice(UUID account) {
    if (accounts.indexOf(account) % 2 == 0 && !latecomers.containsKey(account) && isUser(account)) {
      world.profile(account, 1, 77.7, "plan:DEAR");
    }
  }

  private boolean isUser(UUID account) {
    return owners.containsKey(account.toString());
  }

  /** As accounts.svc.plus does: a plain insert, and the balance of a row that exists. */
  private void topUp(UUID account, BigDecimal amount) {
    int shown =
        world.jdbi.withHandle(
            h ->
                h.execute(
                    "UPDATE public.account_quota_states SET current_balance = current_balance + ?"
                        + " WHERE account_uuid = ?",
                    amount,
                    account));
    if (shown == 0) {
      return;
    }
    world.jdbi.useHandle(
        h ->
            h.execute(
                """
                INSERT INTO public.billing_ledger
                       (id, account_uuid, bucket_start, bucket_end, entry_type, amount_delta,
                        pricing_rule_version)
                VALUES (gen_random_uuid(), ?, now(), now(), 'topup', ?, 'stripe:x')
                """,
                account,
                amount));
    toppedUp.merge(account, amount, BigDecimal::add);
  }

  /** The users who were missing so far sign up. */
  boolean latecomersSignUp() {
    latecomers.forEach(world::user);
    boolean any = !latecomers.isEmpty();
    latecomers.clear();
    return any;
  }

  /** What the facts must be. */
  Facts expected() {
    Map<String, UUID> known = new HashMap<>(owners);
    known.values().removeAll(latecomers.keySet());
    return new LawsReference(
            new LawsReference.Rules(settings.countFirst(), billingFrom()), known, plans)
        .of(told);
  }

  LawsReference.Plan planOf(UUID account) {
    return Objects.requireNonNull(plans.get(account));
  }
}
