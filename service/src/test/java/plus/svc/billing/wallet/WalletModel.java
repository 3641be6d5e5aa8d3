package plus.svc.billing.wallet;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the wallet must do, one request after the other, as simply as it can be said: balances are
 * numbers in a map, what may be spent is the balance less the holds that stand.
 */
final class WalletModel {

  private final Map<String, ServicePriceBook.Terms> services;
  private final Map<UUID, String> units = new HashMap<>();
  private final Map<UUID, BigDecimal> overdrafts = new HashMap<>();
  private final Map<UUID, BigDecimal> balances = new HashMap<>();
  private final Map<UUID, Kept> holds = new HashMap<>();
  private final Map<UUID, List<Posted>> posted = new HashMap<>();
  private final Set<UUID> reversed = new HashSet<>();
  private final Map<String, Long> freeUsed = new HashMap<>();

  WalletModel(Map<String, ServicePriceBook.Terms> services) {
    this.services = services;
  }

  /** What an answer must say; null where it says nothing. */
  record Told(
      @Nullable Refusal refusal,
      @Nullable BigDecimal balance,
      @Nullable BigDecimal available,
      @Nullable Long free,
      @Nullable Long paid) {

    static Told refused(Refusal refusal) {
      return new Told(refusal, null, null, null, null);
    }
  }

  private record Posted(UUID account, BigDecimal amount, String quota, long free) {}

  private static final class Kept {
    private final UUID account;
    private final BigDecimal amount;
    private final String service;
    private final String quota;
    private final long free;
    private final long paid;
    private final Instant until;
    private boolean ended;

    Kept(
        UUID account,
        BigDecimal amount,
        String service,
        String quota,
        long free,
        long paid,
        Instant until) {
      this.account = account;
      this.amount = amount;
      this.service = service;
      this.quota = quota;
      this.free = free;
      this.paid = paid;
      this.until = until;
    }
  }

  void user(UUID user) {
    units.put(user, "CNY");
  }

  void move(UUID account, BigDecimal amount) {
    balances.merge(account, amount, BigDecimal::add);
  }

  BigDecimal balance(UUID account) {
    return balances.getOrDefault(account, BigDecimal.ZERO);
  }

  BigDecimal available(UUID account, Instant now) {
    BigDecimal left = balance(account);
    for (Kept hold : holds.values()) {
      if (hold.account.equals(account) && !hold.ended && hold.until.isAfter(now)) {
        left = left.subtract(hold.amount);
      }
    }
    return left;
  }

  private boolean lacks(UUID account, BigDecimal amount, Instant now) {
    BigDecimal most =
        available(account, now).add(overdrafts.getOrDefault(account, BigDecimal.ZERO));
    return amount.signum() > 0 && amount.compareTo(most) > 0;
  }

  private long freeLeft(String quota, String service, Instant now) {
    long left = terms(service).freeUnits() - freeUsed.getOrDefault(quota, 0L);
    for (Kept hold : holds.values()) {
      if (hold.quota.equals(quota) && !hold.ended && hold.until.isAfter(now)) {
        left -= hold.free;
      }
    }
    return Math.max(0, left);
  }

  private ServicePriceBook.Terms terms(String service) {
    return Objects.requireNonNull(services.get(service));
  }

  private static String quota(UUID account, String service, Instant now) {
    return account + service + YearMonth.from(now.atZone(ZoneOffset.UTC));
  }

  private Told done(UUID account, Instant now, @Nullable Long free, @Nullable Long paid) {
    return new Told(null, balance(account), available(account, now), free, paid);
  }

  Told apply(UUID id, Command command, Instant now) {
    if (command instanceof Command.SetUp setUp) {
      units.put(setUp.account(), setUp.unit());
      overdrafts.put(setUp.account(), setUp.overdraft());
      return done(setUp.account(), now, null, null);
    } else if (command instanceof Command.Post post) {
      return post(id, post, now);
    } else if (command instanceof Command.Deduct deduct) {
      return use(id, deduct.account(), deduct.service(), deduct.count(), 0, now);
    } else if (command instanceof Command.ReserveUse use) {
      return use(id, use.account(), use.service(), use.count(), use.seconds(), now);
    } else if (command instanceof Command.Reserve reserve) {
      return reserve(id, reserve, now);
    } else if (command instanceof Command.Commit commit) {
      return commit(id, commit, now);
    } else if (command instanceof Command.Release release) {
      return release(release, now);
    } else if (command instanceof Command.Group group) {
      return group(id, group, now);
    } else if (command instanceof Command.Reverse reverse) {
      return reverse(reverse, now);
    }
    throw new IllegalStateException("no rule for " + command);
  }

  private void post(UUID operation, Posted entry) {
    posted.computeIfAbsent(operation, key -> new ArrayList<>()).add(entry);
    move(entry.account(), entry.amount());
    freeUsed.merge(entry.quota(), entry.free(), Long::sum);
  }

  private Told post(UUID id, Command.Post post, Instant now) {
    if (!post.unit().equals(units.get(post.account()))) {
      return Told.refused(Refusal.UNIT_DIFFERS);
    }
    if (post.guarded() && lacks(post.account(), post.amount().negate(), now)) {
      return Told.refused(Refusal.INSUFFICIENT_BALANCE);
    }
    post(id, new Posted(post.account(), post.amount(), "", 0));
    return post.guarded()
        ? done(post.account(), now, null, null)
        : new Told(null, null, null, null, null);
  }

  private Told use(UUID id, UUID account, String service, long count, long seconds, Instant now) {
    String quota = quota(account, service, now);
    long free = Math.min(count, freeLeft(quota, service, now));
    long paid = count - free;
    BigDecimal cost = terms(service).price().multiply(BigDecimal.valueOf(paid));
    if (lacks(account, cost, now)) {
      return Told.refused(Refusal.INSUFFICIENT_BALANCE);
    }
    if (seconds > 0) {
      holds.put(id, new Kept(account, cost, service, quota, free, paid, now.plusSeconds(seconds)));
    } else {
      post(id, new Posted(account, cost.negate(), quota, free));
    }
    return done(account, now, free, paid);
  }

  private Told reserve(UUID id, Command.Reserve reserve, Instant now) {
    if (lacks(reserve.account(), reserve.amount(), now)) {
      return Told.refused(Refusal.INSUFFICIENT_BALANCE);
    }
    Instant until = now.plusSeconds(reserve.seconds());
    holds.put(id, new Kept(reserve.account(), reserve.amount(), "", "", 0, 0, until));
    return done(reserve.account(), now, null, null);
  }

  private Told commit(UUID id, Command.Commit commit, Instant now) {
    @Nullable Kept hold = holds.get(commit.hold());
    if (hold == null) {
      return Told.refused(Refusal.HOLD_NOT_FOUND);
    }
    if (hold.ended || !hold.until.isAfter(now)) {
      return Told.refused(Refusal.HOLD_ENDED);
    }
    if (hold.service.isEmpty()) {
      BigDecimal amount = commit.amount() == null ? hold.amount : commit.amount();
      if (commit.count() != null || amount.compareTo(hold.amount) > 0) {
        return Told.refused(Refusal.HOLD_EXCEEDED);
      }
      hold.ended = true;
      post(id, new Posted(hold.account, amount.negate(), "", 0));
      return done(hold.account, now, null, null);
    }
    long count = commit.count() == null ? hold.free + hold.paid : commit.count();
    if (commit.amount() != null || count > hold.free + hold.paid) {
      return Told.refused(Refusal.HOLD_EXCEEDED);
    }
    long free = Math.min(count, hold.free);
    BigDecimal cost = terms(hold.service).price().multiply(BigDecimal.valueOf(count - free));
    hold.ended = true;
    post(id, new Posted(hold.account, cost.negate(), hold.quota, free));
    return done(hold.account, now, free, count - free);
  }

  private Told release(Command.Release release, Instant now) {
    @Nullable Kept hold = holds.get(release.hold());
    if (hold == null) {
      return Told.refused(Refusal.HOLD_NOT_FOUND);
    }
    if (hold.ended || !hold.until.isAfter(now)) {
      return Told.refused(Refusal.HOLD_ENDED);
    }
    hold.ended = true;
    return done(hold.account, now, null, null);
  }

  private Told group(UUID id, Command.Group group, Instant now) {
    Map<UUID, BigDecimal> sums = new HashMap<>();
    group.legs().forEach(leg -> sums.merge(leg.account(), leg.amount(), BigDecimal::add));
    for (Map.Entry<UUID, BigDecimal> sum : sums.entrySet()) {
      if (lacks(sum.getKey(), sum.getValue().negate(), now)) {
        return Told.refused(Refusal.INSUFFICIENT_BALANCE);
      }
    }
    group.legs().forEach(leg -> post(id, new Posted(leg.account(), leg.amount(), "", 0)));
    return new Told(null, null, null, null, null);
  }

  private Told reverse(Command.Reverse reverse, Instant now) {
    List<Posted> entries = posted.getOrDefault(reverse.operation(), List.of());
    if (entries.isEmpty()) {
      return Told.refused(Refusal.OPERATION_NOT_FOUND);
    }
    if (!reversed.add(reverse.operation())) {
      return Told.refused(Refusal.ALREADY_REVERSED);
    }
    for (Posted entry : entries) {
      move(entry.account(), entry.amount().negate());
      freeUsed.merge(entry.quota(), -entry.free(), Long::sum);
    }
    return entries.size() == 1
        ? done(entries.get(0).account(), now, null, null)
        : new Told(null, null, null, null, null);
  }
}
