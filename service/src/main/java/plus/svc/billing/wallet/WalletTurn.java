package plus.svc.billing.wallet;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.ledger.History;
import plus.svc.billing.pipeline.ledger.LedgerId;
import plus.svc.billing.platform.RoundTrip;

/**
 * One transaction's work on accounts: locks them in one order, takes in what was posted to them
 * without their locks, lets entries be posted, and writes all of it with few statements. Whoever
 * posts to the ledger under an account's lock does so through this.
 */
public final class WalletTurn {

  private final Handle handle;
  private final WalletPolicy policy;
  private final Instant now;
  private final LedgerId ids = new LedgerId();
  private final Map<UUID, Book> books = new TreeMap<>();
  private final Map<ServiceQuota.Key, ServiceQuota> quotas = new HashMap<>();
  private final Map<UUID, Hold> holds = new LinkedHashMap<>();
  private final Set<UUID> changedHolds = new HashSet<>();
  private final Map<UUID, Posted> posted = new HashMap<>();
  private final Map<UUID, UUID> reversals = new HashMap<>();
  private final Map<UUID, WalletDao.AccountRow> known = new HashMap<>();
  private final List<WalletDao.AccountRow> made = new ArrayList<>();
  private final List<Written> written = new ArrayList<>();
  private final List<History.Booking> bookings = new ArrayList<>();
  private final Map<UUID, String> callers = new HashMap<>();

  /** Begins within the handle's transaction. */
  public WalletTurn(Handle handle, WalletPolicy policy, Instant now) {
    this.handle = handle;
    this.policy = policy;
    this.now = now;
  }

  /**
   * An entry to be posted.
   *
   * @param operation the request it belongs to
   * @param leg which of the operation's entries
   * @param kind its {@code entry_type}
   * @param amount what is added to the balance
   * @param at when what it stands for happened
   * @param service whose units it counts, {@code ""} if none
   * @param terms price version, {@code ""} if none
   * @param corrects the entry it takes back, null if none
   */
  public record Entry(
      UUID operation,
      int leg,
      String kind,
      BigDecimal amount,
      Instant at,
      String service,
      long units,
      String terms,
      @Nullable UUID corrects) {

    /** An entry of money alone. */
    public Entry(UUID operation, int leg, String kind, BigDecimal amount, Instant at) {
      this(operation, leg, kind, amount, at, "", 0, "", null);
    }

    Entry ofUse(String ofService, long ofUnits, String ofTerms) {
      return new Entry(operation, leg, kind, amount, at, ofService, ofUnits, ofTerms, corrects);
    }

    /** The same, naming what it takes back. */
    public Entry correcting(UUID entry, String ofService, long ofUnits) {
      return new Entry(operation, leg, kind, amount, at, ofService, ofUnits, terms, entry);
    }
  }

  /** An entry in its place. */
  record Written(UUID id, Book book, Entry entry, Instant place, BigDecimal balanceAfter) {}

  /**
   * What an operation posted.
   *
   * @param isReversed whether it was taken back
   */
  record Posted(List<PostedEntry> entries, boolean isReversed) {}

  /** An entry as it is stored. */
  record PostedEntry(
      UUID operation,
      UUID id,
      UUID account,
      String kind,
      BigDecimal amount,
      String service,
      long units,
      Instant at,
      boolean isReversed) {}

  /** Users among the accounts were never opened: open them, then begin anew. */
  public static final class Unopened extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Set<UUID> accounts;

    Unopened(Set<UUID> accounts) {
      super("accounts were never opened: " + accounts, null, false, false);
      this.accounts = accounts;
    }

    /** Those to be opened. */
    public Set<UUID> accounts() {
      return accounts;
    }
  }

  /**
   * Locks accounts and takes in what waits for them. Once a transaction, since whoever locked in
   * several steps could meet another in a deadlock.
   *
   * @throws Unopened if some are users that were never opened; the transaction is to be rolled back
   */
  public void lock(Collection<UUID> accounts) {
    lock(accounts, trip -> {});
  }

  /** The same, with statements of the caller's that are to see what the locks let them see. */
  void lock(Collection<UUID> accounts, Consumer<RoundTrip> alongside) {
    UUID[] all = new TreeSet<>(accounts).toArray(UUID[]::new);
    List<WalletDao.MainRow> main = new ArrayList<>();
    List<Book.Row> further = new ArrayList<>();
    List<History.Taken> taken = new ArrayList<>();
    RoundTrip trip = RoundTrip.on(handle);
    RequestLog.planOnce(trip);
    WalletDao.lockMain(trip, all, main::add);
    WalletDao.lockFurther(trip, all, further::add);
    WalletDao.accounts(trip, all, row -> known.put(row.id(), row));
    alongside.accept(trip);
    History.take(trip, all, taken::add);
    trip.send();
    Set<UUID> unopened = new HashSet<>();
    Set<UUID> missing = new HashSet<>(accounts);
    for (WalletDao.MainRow row : main) {
      missing.remove(row.id());
      if (row.isOpen()) {
        books.put(row.id(), new Book(row.book(policy.unit(), known.get(row.id()))));
      } else {
        unopened.add(row.id());
      }
    }
    for (Book.Row row : further) {
      missing.remove(row.id());
      books.put(row.id(), new Book(row));
    }
    if (!missing.isEmpty()) {
      RoundTrip users = RoundTrip.on(handle);
      WalletDao.users(users, missing.toArray(UUID[]::new), unopened::add);
      users.send();
    }
    if (!unopened.isEmpty()) {
      throw new Unopened(unopened);
    }
    for (History.Taken entry : taken) {
      bookings.add(locked(entry.account()).take(entry));
    }
    endHolds();
  }

  /** Ends holds whose time is over. */
  private void endHolds() {
    UUID[] holding =
        books.values().stream()
            .filter(book -> book.openHolds() > 0)
            .map(Book::id)
            .toArray(UUID[]::new);
    if (holding.length == 0) {
      return;
    }
    List<Hold> over = new ArrayList<>();
    RoundTrip trip = RoundTrip.on(handle);
    WalletDao.expired(trip, holding, now, over::add);
    trip.send();
    if (!over.isEmpty()) {
      loadQuotas(over.stream().filter(hold -> hold.service() != null).map(this::keyOf).toList());
      over.forEach(hold -> release(hold, locked(hold.account()), Hold.EXPIRED, null));
    }
  }

  /** What services are priced in: accounts in another unit can't pay for them. */
  String unit() {
    return policy.unit();
  }

  /** A locked account, null if there is none of that id. */
  public @Nullable Book book(UUID account) {
    return books.get(account);
  }

  private Book locked(UUID account) {
    @Nullable Book book = books.get(account);
    if (book == null) {
      throw new IllegalStateException("account " + account + " was not locked");
    }
    return book;
  }

  /** Posts an entry; gives its id. */
  public UUID post(Book book, Entry entry) {
    UUID id = entryId(ids, entry.operation(), entry.leg(), entry.at());
    Instant place = book.post(entry.amount(), now);
    written.add(new Written(id, book, entry, place, book.balance()));
    return id;
  }

  static UUID entryId(LedgerId ids, UUID operation, int leg, Instant at) {
    return ids.of(at.toEpochMilli(), "operation|" + operation + "|" + leg);
  }

  /** Who asked for an operation, for the turnover. */
  public void caller(UUID operation, String caller) {
    callers.put(operation, caller);
  }

  // Quotas ------------------------------------------------------------------------------------

  /** Reads the quotas of services that requests will ask for. */
  void loadQuotas(RoundTrip trip, Collection<ServiceQuota.Key> keys) {
    List<ServiceQuota.Key> unknown =
        keys.stream().distinct().filter(key -> !quotas.containsKey(key)).toList();
    if (!unknown.isEmpty()) {
      WalletDao.quotas(trip, unknown, quota -> quotas.put(quota.key(), quota));
    }
  }

  private void loadQuotas(Collection<ServiceQuota.Key> keys) {
    RoundTrip trip = RoundTrip.on(handle);
    loadQuotas(trip, keys);
    trip.send();
  }

  ServiceQuota.Key keyOf(UUID account, String service, Instant at) {
    return new ServiceQuota.Key(account, service, policy.monthStart(at));
  }

  private ServiceQuota.Key keyOf(Hold hold) {
    return new ServiceQuota.Key(
        hold.account(),
        hold.service() == null ? "" : hold.service(),
        hold.periodStart() == null ? now : hold.periodStart());
  }

  /** The month's free units, granted as the terms say; there from when it is first asked for. */
  ServiceQuota quota(UUID account, ServicePrices.Version terms, Instant at) {
    ServiceQuota quota = quotaOf(account, terms.service(), at);
    quota.grant(terms.freeUnits());
    return quota;
  }

  ServiceQuota quotaOf(UUID account, String service, Instant at) {
    ServiceQuota.Key key = keyOf(account, service, at);
    loadQuotas(List.of(key));
    return quotas.computeIfAbsent(
        key, absent -> new ServiceQuota(absent, policy.monthEnd(at), 0, 0, 0, 0));
  }

  ServiceQuota quotaOf(Hold hold) {
    return quotaOf(hold.account(), keyOf(hold).service(), keyOf(hold).start());
  }

  // Holds -------------------------------------------------------------------------------------

  /** Reads holds: who they belong to must be known before accounts are locked. */
  List<Hold> readHolds(Collection<UUID> wanted) {
    List<Hold> found = new ArrayList<>();
    if (!wanted.isEmpty()) {
      RoundTrip trip = RoundTrip.on(handle);
      WalletDao.holds(trip, wanted.toArray(UUID[]::new), found::add);
      trip.send();
    }
    return found;
  }

  /** Reads holds again, under their accounts' locks. */
  void loadHolds(Collection<UUID> wanted) {
    List<UUID> unknown = wanted.stream().filter(id -> !holds.containsKey(id)).toList();
    readHolds(unknown).forEach(hold -> holds.put(hold.id(), hold));
    loadQuotas(
        holds.values().stream().filter(hold -> hold.service() != null).map(this::keyOf).toList());
  }

  @Nullable Hold hold(UUID id) {
    return holds.get(id);
  }

  void put(Hold hold) {
    holds.put(hold.id(), hold);
    changedHolds.add(hold.id());
  }

  void release(Hold hold, Book book, String how, @Nullable UUID by) {
    book.release(hold.amount());
    if (hold.service() != null) {
      quotaOf(hold).release(hold.freeUnits());
    }
    put(hold.ended(how, how.equals(Hold.EXPIRED) ? hold.expiresAt() : now, by));
  }

  // Reversals ---------------------------------------------------------------------------------

  /** Reads what operations posted. */
  List<PostedEntry> readPosted(Collection<UUID> operations) {
    List<PostedEntry> found = new ArrayList<>();
    if (!operations.isEmpty()) {
      RoundTrip trip = RoundTrip.on(handle);
      WalletDao.posted(trip, operations.toArray(UUID[]::new), found::add);
      trip.send();
    }
    return found;
  }

  void loadPosted(Collection<UUID> operations) {
    Map<UUID, List<PostedEntry>> found = new HashMap<>();
    for (PostedEntry entry : readPosted(operations)) {
      found.computeIfAbsent(entry.operation(), id -> new ArrayList<>()).add(entry);
    }
    found.forEach(
        (id, entries) ->
            posted.put(id, new Posted(entries, entries.stream().anyMatch(e -> e.isReversed()))));
    loadQuotas(
        found.values().stream()
            .flatMap(List::stream)
            .filter(entry -> !entry.service().isEmpty())
            .map(entry -> keyOf(entry.account(), entry.service(), entry.at()))
            .toList());
  }

  Posted posted(UUID operation) {
    return posted.getOrDefault(operation, new Posted(List.of(), false));
  }

  void reverse(UUID operation, UUID by) {
    posted.put(operation, new Posted(posted(operation).entries(), true));
    reversals.put(by, operation);
  }

  /** The operation that a reversal takes back, null for any other operation. */
  @Nullable UUID reversedBy(UUID operation) {
    return reversals.get(operation);
  }

  // Accounts ----------------------------------------------------------------------------------

  /** Makes an account, or says what is otherwise about the one that is there. */
  Optional<String> setUp(UUID request, Command.SetUp wanted) {
    WalletDao.AccountRow row =
        new WalletDao.AccountRow(
            wanted.account(),
            wanted.owner(),
            wanted.unit(),
            wanted.name(),
            WalletJson.text(wanted.metadata()),
            request,
            wanted.overdraft(),
            wanted.lowBalance());
    WalletDao.@Nullable AccountRow there = known.get(row.id());
    if (there != null) {
      return there.difference(row);
    }
    boolean main = row.id().equals(row.owner());
    if (main && !row.unit().equals(policy.unit())) {
      return Optional.of(
          "unit is '" + row.unit() + "': a user's main account is kept in " + policy.unit());
    }
    if (!main && books.containsKey(row.id())) {
      return Optional.of("account " + row.id() + " is a user's main account");
    }
    if (!main && !books.containsKey(row.owner())) {
      return Optional.of("owner " + row.owner() + " is no user");
    }
    if (main && !books.containsKey(row.id())) {
      return Optional.of("owner " + row.owner() + " is no user");
    }
    made.add(row);
    known.put(row.id(), row);
    if (!main) {
      books.put(row.id(), new Book(row.fresh()));
    }
    return Optional.empty();
  }

  // Writing -----------------------------------------------------------------------------------

  /** Writes everything; returns the accounts whose standing is to be settled. */
  public Set<UUID> write() {
    return write(RoundTrip.on(handle));
  }

  /** The same, after statements that were added already. */
  Set<UUID> write(RoundTrip trip) {
    WalletDao.make(trip, made, now);
    WalletWriter writer = new WalletWriter(trip, now);
    writer.entries(written);
    writer.quotas(quotas.values());
    writer.holds(changedHolds.stream().map(id -> hold(id)).filter(h -> h != null).toList());
    writer.books(books.values());
    History.book(trip, bookings);
    History.Turnover turnover = new History.Turnover();
    for (Written entry : written) {
      turnover.add(
          new History.Turnover.Key(
              entry.book().id(),
              History.quarter(entry.place()),
              entry.entry().kind(),
              entry.entry().service(),
              callers.getOrDefault(entry.entry().operation(), "")),
          entry.entry().units(),
          entry.entry().amount());
    }
    History.add(trip, turnover);
    trip.send();
    writer.check();
    policy.notices().changed(handle, now, books.values(), quotas.values());
    Set<UUID> unsettled = new TreeSet<>();
    books.values().stream().filter(Book::needsSettling).forEach(book -> unsettled.add(book.id()));
    return unsettled;
  }

  /** The accounts that changed. */
  Collection<Book> books() {
    return books.values();
  }

  Collection<ServiceQuota> quotas() {
    return quotas.values();
  }
}
