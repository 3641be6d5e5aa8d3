package plus.svc.billing.pipeline.ledger;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.rating.RatedBucket;
import plus.svc.billing.pipeline.rating.RatingPolicy;
import plus.svc.billing.platform.InvariantViolation;
import plus.svc.billing.quantity.Minutes;

/**
 * One transaction's work on the ledger: collects usage, then rates and posts all of it, account by
 * account in one order. A repeat of {@link #add} for the same bucket adds up.
 */
public final class LedgerTurn {

  private final Handle handle;
  private final RatingPolicy policy;
  private final String sourceRevision;
  private final InstantSource clock;
  private final Instant now;
  private final Buckets buckets;
  private final PriceCache priceCache;
  private final BalanceWatch watch;
  private final Map<UUID, Map<Place, Pending>> usage = new HashMap<>();
  private final Map<String, Set<Buckets.Key>> lookUps = new HashMap<>();
  private final List<BucketMend> mends = new ArrayList<>();
  private boolean mending;
  private boolean mendsShown;
  private Map<UUID, Account> accounts = Map.of();
  private long oldestMinute = Long.MAX_VALUE;

  /**
   * Begins a turn in the handle's transaction.
   *
   * @param priceCache prices that an earlier turn read and this one need not
   * @param watch is told what becomes of accounts
   */
  public LedgerTurn(
      Handle handle,
      RatingPolicy policy,
      String sourceRevision,
      InstantSource clock,
      PriceCache priceCache,
      BalanceWatch watch) {
    this.watch = watch;
    this.priceCache = priceCache;
    this.handle = handle;
    this.policy = policy;
    this.sourceRevision = sourceRevision;
    this.clock = clock;
    this.now = clock.instant();
    this.buckets = new Buckets(handle);
  }

  private record Place(long minute, String node, String line) {}

  /** Bytes to add to a bucket, which is looked up only once all are known. */
  private static final class Pending {
    private final String region;
    private long uplink;
    private long downlink;
    private @Nullable RatedBucket stored;

    Pending(String region) {
      this.region = region;
    }

    RatedBucket into(Place place) {
      RatedBucket bucket =
          stored != null
              ? stored
              : RatedBucket.fresh(place.minute(), place.node(), region, place.line());
      bucket.add(uplink, downlink);
      return bucket;
    }
  }

  /**
   * What was posted.
   *
   * @param byNode what was posted for each node's buckets; {@code ""} stands for no node
   * @param changes what readers are to see of each account
   * @param byKind the ledger rows, by what they are
   */
  public record Posted(
      Map<String, Tally> byNode, List<AccountChange> changes, Map<EntryKind, Entries> byKind) {}

  /**
   * Ledger rows of one kind.
   *
   * @param taken money taken from accounts, positive
   * @param given money given to them, positive
   */
  public record Entries(int rows, BigDecimal taken, BigDecimal given) {

    private static final Entries NONE = new Entries(0, BigDecimal.ZERO, BigDecimal.ZERO);

    private Entries plus(BigDecimal amount) {
      return new Entries(
          rows + 1,
          amount.signum() < 0 ? taken.subtract(amount) : taken,
          amount.signum() > 0 ? given.add(amount) : given);
    }
  }

  /**
   * Counts of what was posted.
   *
   * @param bytes net bytes added to buckets
   * @param charged net money charged, positive
   */
  public record Tally(
      int newBuckets, int changedBuckets, int ledgerRows, long bytes, BigDecimal charged) {}

  /**
   * Adds usage of an account; negative bytes take back what an earlier calculation had.
   *
   * @param mayExist whether the bucket may have been written before
   */
  @SuppressWarnings("TooManyParameters")
  public void add(
      UUID account,
      long minute,
      String node,
      String region,
      String line,
      long uplinkBytes,
      long downlinkBytes,
      boolean mayExist) {
    if (mayExist) {
      lookUps
          .computeIfAbsent(node, name -> new HashSet<>())
          .add(new Buckets.Key(account, minute, line));
    }
    oldestMinute = Math.min(oldestMinute, minute);
    Pending pending =
        usage
            .computeIfAbsent(account, id -> new HashMap<>())
            .computeIfAbsent(new Place(minute, node, line), place -> new Pending(region));
    pending.uplink = Math.addExact(pending.uplink, uplinkBytes);
    pending.downlink = Math.addExact(pending.downlink, downlinkBytes);
  }

  /** Has an account settled though it has no usage: what others posted to it is to be taken in. */
  public void include(UUID account) {
    usage.computeIfAbsent(account, id -> new HashMap<>());
  }

  /** Has a bucket brought back to what its evidence says; its account is looked after, too. */
  public void mend(BucketMend mend) {
    mending = true;
    mends.add(mend);
    oldestMinute = Math.min(oldestMinute, mend.minute());
    include(mend.account());
  }

  /**
   * Has an account's balance held against its ledger rows, and what its buckets cost against its
   * quota and prices, in every period.
   */
  public void examine(UUID account) {
    mending = true;
    mendsShown = true;
    oldestMinute = 0;
    include(account);
  }

  /** Rates and posts what was added. */
  public Posted post() {
    rate();
    return write();
  }

  /** First half: rates what was added, under the locks of its accounts; writes nothing. */
  public void rate() {
    if (usage.isEmpty()) {
      return;
    }
    Periods periods = new Periods(buckets, policy, now);
    accounts =
        new AccountBook(handle, policy, periods, priceCache, now).open(usage.keySet(), oldest());
    touch(accounts);
    if (mending) {
      repair();
    }
    Posting posting = new Posting(buckets, periods, policy);
    accounts.values().forEach(posting::rate);
  }

  /** Second half: writes what rating made of it. */
  public Posted write() {
    List<AccountChange> changes = new ArrayList<>();
    if (accounts.isEmpty()) {
      return new Posted(Map.of(), changes, Map.of());
    }
    // Read under the accounts' locks, so that an account's rows carry the order of their posting.
    LedgerWriter writer = new LedgerWriter(handle, clock.instant());
    int rows = writer.write(accounts.values());
    for (Account account : accounts.values()) {
      AccountChange change = Standings.settle(account);
      if (!mending || account.opened || account.folded || !change.isNothing()) {
        changes.add(change);
      }
    }
    watch.changed(handle, now, changes);
    buckets.write(accounts.values(), sourceRevision, now);
    Map<String, Tally> byNode = tally(accounts.values());
    int counted = byNode.values().stream().mapToInt(Tally::ledgerRows).sum();
    if (counted != rows) {
      throw new InvariantViolation("wrote " + rows + " ledger rows, counted " + counted);
    }
    return new Posted(byNode, changes, byKind(accounts.values()));
  }

  private void repair() {
    AccountRepair repair = new AccountRepair(handle, buckets, sourceRevision, now);
    repair.restore(accounts, mends);
    Set<UUID> rated = new HashSet<>();
    mends.stream()
        .filter(mend -> !mend.restores() && !mend.isVoid())
        .forEach(mend -> rated.add(mend.account()));
    repair.settle(
        accounts.values().stream()
            .filter(account -> mendsShown || rated.contains(account.id))
            .toList(),
        mendsShown);
    if (mendsShown) {
      accounts.values().forEach(account -> account.rerate.addAll(account.quotas.keySet()));
    }
  }

  /** What a turn that mends did, once it is posted. */
  public Repaired repaired() {
    List<Repaired.Bucket> changed = new ArrayList<>();
    List<Repaired.Balance> balances = new ArrayList<>();
    List<Repaired.Taken> quotas = new ArrayList<>();
    LedgerId ids = new LedgerId();
    for (Account account : accounts.values()) {
      if (account.exactMend.signum() != 0 || account.shownMend.signum() != 0) {
        balances.add(new Repaired.Balance(account.id, account.exactMend, account.shownMend));
      }
      quotas.addAll(account.quotaMends);
      account.changed.forEach(bucket -> changed.add(repaired(ids, account.id, bucket)));
    }
    return new Repaired(changed, balances, quotas);
  }

  private static Repaired.Bucket repaired(LedgerId ids, UUID account, RatedBucket bucket) {
    boolean posts = Posting.needsEntry(bucket);
    return new Repaired.Bucket(
        account,
        bucket.minute(),
        bucket.node(),
        bucket.line(),
        bucket.moreUplink(),
        bucket.moreDownlink(),
        bucket.moreCharged(),
        bucket.moreAmount(),
        posts ? LedgerWriter.id(ids, account, bucket, bucket.revision() + 1) : null,
        posts && bucket.revision() > 0 ? LedgerWriter.corrected(ids, account, bucket) : null);
  }

  private Instant oldest() {
    return oldestMinute == Long.MAX_VALUE ? now : Minutes.start(oldestMinute);
  }

  private void touch(Map<UUID, Account> accounts) {
    lookUps.forEach(
        (node, keys) -> {
          for (Buckets.OfAccount row : buckets.existing(node, keys)) {
            RatedBucket bucket = row.bucket();
            @Nullable Pending pending =
                usage
                    .getOrDefault(row.account(), Map.of())
                    .get(new Place(bucket.minute(), node, bucket.line()));
            if (pending != null) {
              pending.stored = bucket;
            }
          }
        });
    for (Account account : accounts.values()) {
      usage
          .getOrDefault(account.id, Map.of())
          .forEach((place, pending) -> account.touched.add(pending.into(place)));
    }
  }

  private static Map<String, Tally> tally(Collection<Account> accounts) {
    Map<String, Count> counts = new HashMap<>();
    for (Account account : accounts) {
      if (account.opening.signum() != 0) {
        counts.computeIfAbsent("", node -> new Count()).ledgerRows++;
      }
      for (RatedBucket bucket : account.changed) {
        counts.computeIfAbsent(bucket.node(), node -> new Count()).add(bucket);
      }
    }
    Map<String, Tally> tallies = new HashMap<>();
    counts.forEach((node, count) -> tallies.put(node, count.tally()));
    return tallies;
  }

  private static Map<EntryKind, Entries> byKind(Collection<Account> accounts) {
    Map<EntryKind, Entries> byKind = new EnumMap<>(EntryKind.class);
    for (Account account : accounts) {
      if (account.opening.signum() != 0) {
        count(byKind, EntryKind.OPENING_BALANCE, account.opening);
      }
      for (RatedBucket bucket : account.changed) {
        if (Posting.needsEntry(bucket)) {
          count(byKind, EntryKind.of(bucket), bucket.moreAmount());
        }
      }
    }
    return byKind;
  }

  private static void count(Map<EntryKind, Entries> byKind, EntryKind kind, BigDecimal amount) {
    byKind.put(kind, byKind.getOrDefault(kind, Entries.NONE).plus(amount));
  }

  /** A tally as it grows. */
  private static final class Count {
    private int newBuckets;
    private int changedBuckets;
    private int ledgerRows;
    private long bytes;
    private BigDecimal charged = BigDecimal.ZERO;

    void add(RatedBucket bucket) {
      newBuckets += bucket.isPosted() ? 0 : 1;
      changedBuckets += bucket.isPosted() ? 1 : 0;
      ledgerRows += Posting.needsEntry(bucket) ? 1 : 0;
      bytes = Math.addExact(bytes, bucket.moreBytes());
      charged = charged.subtract(bucket.moreAmount());
    }

    Tally tally() {
      return new Tally(newBuckets, changedBuckets, ledgerRows, bytes, charged);
    }
  }
}
