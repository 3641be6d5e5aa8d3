package plus.svc.billing.wallet;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.ledger.LedgerId;
import plus.svc.billing.platform.BoundedTransactions;
import plus.svc.billing.platform.CopyRows;
import plus.svc.billing.platform.RoundTrip;

/**
 * Takes requests through their two steps: stores them, then applies them. Each step is one
 * transaction for all of them. A request can be applied again and again, by anybody: only the first
 * time does anything.
 */
final class WalletBatch {

  private static final int MOST_TRIES = 8;
  private static final String APPENDED =
      "public.billing_ledger (id, account_uuid, bucket_start, bucket_end, entry_type, rated_bytes,"
          + " amount_delta, balance_after, pricing_rule_version, created_at, corrects,"
          + " operation_id, sub_account, appended)";

  private final Jdbi jdbi;
  private final WalletPolicy policy;
  private final Supplier<ServicePrices> prices;
  private final Consumer<Set<UUID>> opener;
  private final Settler settler;
  private final Clock clock;

  /** Brings what readers see of accounts in line with their balances, in the same transaction. */
  @FunctionalInterface
  interface Settler {
    void settle(Handle handle, Set<UUID> accounts);
  }

  /**
   * @param prices as they are now
   * @param opener opens accounts of users that never had any, in a transaction of its own
   */
  WalletBatch(
      Jdbi jdbi,
      WalletPolicy policy,
      Supplier<ServicePrices> prices,
      Consumer<Set<UUID>> opener,
      Settler settler,
      Clock clock) {
    this.jdbi = jdbi;
    this.policy = policy;
    this.prices = prices;
    this.opener = opener;
    this.settler = settler;
    this.clock = clock;
  }

  /** A request that is stored and may be applied. */
  record Pending(UUID id, String caller, Command command, Instant receivedAt) {}

  /**
   * What storing made of requests.
   *
   * @param pending to be applied
   * @param answers of those that were applied before
   * @param taken those whose key stands for another request
   */
  record Stored(List<Pending> pending, Map<UUID, WalletAnswer> answers, Set<UUID> taken) {}

  /** Stores requests, each id once. */
  Stored store(List<WalletRequest> requests) {
    Map<UUID, RequestLog.Row> rows = new LinkedHashMap<>();
    requests.forEach(request -> rows.put(request.id(), RequestLog.Row.of(request)));
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    Set<UUID> fresh = new HashSet<>();
    List<RequestDao.Known> known =
        BoundedTransactions.inRoundTrips(
            jdbi,
            handle -> {
              RoundTrip trip = RoundTrip.on(handle);
              RequestLog.commitLater(trip);
              RequestLog.store(trip, List.copyOf(rows.values()), now, fresh::add);
              trip.send();
              UUID[] there =
                  rows.keySet().stream().filter(id -> !fresh.contains(id)).toArray(UUID[]::new);
              List<RequestDao.Known> found = new ArrayList<>();
              if (there.length > 0) {
                RequestLog.known(trip, there, found::add);
                trip.send();
              }
              return found;
            });
    List<Pending> pending = new ArrayList<>(requests.size());
    for (WalletRequest request : requests) {
      if (fresh.contains(request.id())) {
        pending.add(new Pending(request.id(), request.caller(), request.command(), now));
      }
    }
    Map<UUID, WalletAnswer> answers = new HashMap<>();
    Set<UUID> taken = new HashSet<>();
    for (RequestDao.Known row : known) {
      RequestLog.@Nullable Row asked = rows.get(row.id());
      if (asked == null || !row.digest().equals(asked.digest())) {
        taken.add(row.id());
      } else if (row.answer() != null) {
        answers.put(row.id(), WalletJson.read(row.answer(), WalletAnswer.class));
      } else {
        pending.add(pending(row));
      }
    }
    return new Stored(pending, answers, taken);
  }

  static Pending pending(RequestDao.Known row) {
    return new Pending(
        row.id(), row.caller(), WalletJson.read(row.command(), Command.class), row.receivedAt());
  }

  /** Opens accounts of users that never had any. */
  void open(Set<UUID> accounts) {
    opener.accept(accounts);
  }

  /** Applies requests under their accounts' locks. */
  Map<UUID, WalletAnswer> apply(List<Pending> requests) {
    for (int i = 0; i < MOST_TRIES; i++) {
      @Nullable Map<UUID, WalletAnswer> answers = tryApply(requests);
      if (answers != null) {
        return answers;
      }
    }
    throw new IllegalStateException("requests were overtaken again and again; ask again");
  }

  /** Somebody else applied a request that names no account that could be locked. */
  private static final class Overtaken extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Overtaken() {
      super("another instance applied one of the requests meanwhile", null, false, false);
    }
  }

  private @Nullable Map<UUID, WalletAnswer> tryApply(List<Pending> requests) {
    try {
      return BoundedTransactions.inRoundTrips(jdbi, handle -> applyLocked(handle, requests));
    } catch (Overtaken e) {
      return null;
    } catch (WalletTurn.Unopened e) {
      opener.accept(e.accounts());
      return null;
    }
  }

  private Map<UUID, WalletAnswer> applyLocked(Handle handle, List<Pending> requests) {
    Instant now = clock.instant();
    WalletTurn turn = new WalletTurn(handle, policy, now);
    Set<UUID> holds = new HashSet<>();
    Set<UUID> reversed = new HashSet<>();
    Set<UUID> accounts = accountsOf(requests, turn, holds, reversed);
    Map<UUID, WalletAnswer> answers = new HashMap<>();
    turn.lock(
        accounts,
        trip -> {
          turn.loadQuotas(trip, quotasOf(requests, turn));
          answered(trip, requests, answers);
        });
    List<Pending> todo = requests.stream().filter(r -> !answers.containsKey(r.id())).toList();
    turn.loadHolds(holds);
    turn.loadPosted(reversed);
    Decider decider = new Decider(turn, prices.get(), now);
    Map<UUID, WalletAnswer> decided = new LinkedHashMap<>();
    for (Pending request : todo) {
      turn.caller(request.id(), request.caller());
      decided.put(
          request.id(), decider.decide(request.id(), request.command(), request.receivedAt()));
    }
    Set<UUID> ours = new HashSet<>();
    RoundTrip trip = RoundTrip.on(handle);
    RequestLog.apply(
        trip,
        decided.values().stream()
            .map(answer -> new RequestLog.Outcome(answer, turn.reversedBy(answer.operation())))
            .toList(),
        now,
        ours::add);
    Set<UUID> unsettled = turn.write(trip);
    if (ours.size() != decided.size()) {
      throw new Overtaken();
    }
    if (!unsettled.isEmpty()) {
      settler.settle(handle, unsettled);
    }
    answers.putAll(decided);
    return answers;
  }

  private static Set<UUID> accountsOf(
      List<Pending> requests, WalletTurn turn, Set<UUID> holds, Set<UUID> reversed) {
    Set<UUID> accounts = new HashSet<>();
    for (Pending request : requests) {
      accounts.addAll(request.command().accounts());
      if (request.command() instanceof Command.SetUp setUp) {
        accounts.add(setUp.owner());
      } else if (request.command() instanceof Command.Commit commit) {
        holds.add(commit.hold());
      } else if (request.command() instanceof Command.Release release) {
        holds.add(release.hold());
      } else if (request.command() instanceof Command.Reverse reverse) {
        reversed.add(reverse.operation());
      }
    }
    turn.readHolds(holds).forEach(hold -> accounts.add(hold.account()));
    turn.readPosted(reversed).forEach(entry -> accounts.add(entry.account()));
    return accounts;
  }

  private static List<ServiceQuota.Key> quotasOf(List<Pending> requests, WalletTurn turn) {
    List<ServiceQuota.Key> keys = new ArrayList<>();
    for (Pending request : requests) {
      if (request.command() instanceof Command.Deduct deduct) {
        keys.add(turn.keyOf(deduct.account(), deduct.service(), request.receivedAt()));
      } else if (request.command() instanceof Command.ReserveUse reserve) {
        keys.add(turn.keyOf(reserve.account(), reserve.service(), request.receivedAt()));
      }
    }
    return keys;
  }

  /** Reads answers of those that were applied before, be it by another instance a moment ago. */
  private static void answered(
      RoundTrip trip, List<Pending> requests, Map<UUID, WalletAnswer> answers) {
    RequestLog.answered(
        trip,
        requests.stream().map(Pending::id).toArray(UUID[]::new),
        row -> answers.put(row.id(), WalletJson.read(row.answer(), WalletAnswer.class)));
  }

  /** An unconditional posting with its answer; the place is there if it is done. */
  private record Appended(Pending request, AppendDao.@Nullable Place place, WalletAnswer answer) {

    Command.Post post() {
      return (Command.Post) request.command();
    }
  }

  /** Applies requests of whatever kind, appended ones first. */
  Map<UUID, WalletAnswer> applyAny(List<Pending> requests) {
    Map<Boolean, List<Pending>> kinds =
        requests.stream().collect(Collectors.partitioningBy(r -> r.command().isAppended()));
    List<Pending> appended = kinds.getOrDefault(true, List.of());
    List<Pending> locking = kinds.getOrDefault(false, List.of());
    Map<UUID, WalletAnswer> answers = new HashMap<>();
    if (!appended.isEmpty()) {
      answers.putAll(append(appended));
    }
    if (!locking.isEmpty()) {
      answers.putAll(apply(locking));
    }
    return answers;
  }

  /** Applies unconditional postings: they are appended, and no account's lock is waited for. */
  Map<UUID, WalletAnswer> append(List<Pending> requests) {
    return BoundedTransactions.inRoundTrips(
        jdbi,
        handle -> {
          Instant now = clock.instant();
          RoundTrip trip = RoundTrip.on(handle);
          Map<UUID, AppendDao.Place> places = places(trip, requests);
          LedgerId ids = new LedgerId();
          List<Appended> all = new ArrayList<>();
          for (Pending request : requests) {
            Command.Post post = (Command.Post) request.command();
            AppendDao.@Nullable Place place = places.get(post.account());
            all.add(new Appended(request, place, decideAppended(ids, request, place)));
          }
          Set<UUID> ours = new HashSet<>();
          RequestLog.apply(
              trip,
              all.stream().map(one -> new RequestLog.Outcome(one.answer(), null)).toList(),
              now,
              ours::add);
          trip.send();
          appendEntries(
              handle,
              all.stream()
                  .filter(one -> ours.contains(one.request().id()) && one.answer().isDone())
                  .toList(),
              now);
          Map<UUID, WalletAnswer> answers = new HashMap<>();
          all.forEach(one -> answers.put(one.request().id(), one.answer()));
          List<Pending> others =
              requests.stream().filter(request -> !ours.contains(request.id())).toList();
          if (!others.isEmpty()) {
            answered(trip, others, answers);
            trip.send();
          }
          return answers;
        });
  }

  private Map<UUID, AppendDao.Place> places(RoundTrip trip, List<Pending> requests) {
    Map<UUID, AppendDao.Place> places = new HashMap<>();
    UUID[] accounts =
        requests.stream()
            .flatMap(request -> request.command().accounts().stream())
            .distinct()
            .toArray(UUID[]::new);
    RequestLog.planOnce(trip);
    AppendDao.places(trip, accounts, policy.unit(), place -> places.put(place.id(), place));
    trip.send();
    return places;
  }

  private static WalletAnswer decideAppended(
      LedgerId ids, Pending request, AppendDao.@Nullable Place place) {
    Command.Post post = (Command.Post) request.command();
    if (place == null) {
      return WalletAnswer.refused(
          request.id(),
          post.account(),
          Refusal.ACCOUNT_NOT_FOUND,
          "there is no account " + post.account());
    }
    if (!place.unit().equals(post.unit())) {
      return WalletAnswer.refused(
          request.id(),
          post.account(),
          Refusal.UNIT_DIFFERS,
          "unit is '" + post.unit() + "': account " + place.id() + " is kept in " + place.unit());
    }
    UUID entry = WalletTurn.entryId(ids, request.id(), 0, request.receivedAt());
    return new WalletAnswer(
        request.id(),
        null,
        null,
        post.account(),
        List.of(entry),
        null,
        null,
        null,
        null,
        post.amount().abs(),
        null);
  }

  private static void appendEntries(Handle handle, List<Appended> done, Instant now) {
    if (done.isEmpty()) {
      return;
    }
    CopyRows.write(
        handle.getConnection(),
        APPENDED,
        out -> {
          for (Appended one : done) {
            AppendDao.@Nullable Place place = one.place();
            if (place == null) {
              throw new IllegalStateException("an entry was made for an account that is not there");
            }
            out.add(one.answer().entries().get(0))
                .add(place.owner())
                .add(one.request().receivedAt())
                .add(one.request().receivedAt())
                .add(one.post().kind())
                .add(0L)
                .add(one.post().amount())
                .add(place.balance().add(one.post().amount()))
                .add("")
                .add(now)
                .addNull()
                .add(one.request().id())
                .addNullable(place.id().equals(place.owner()) ? null : place.id())
                .add(true)
                .endRow();
          }
        });
    RoundTrip trip = RoundTrip.on(handle);
    AppendDao.await(
        trip,
        done.stream().map(one -> one.post().account()).toArray(UUID[]::new),
        done.stream().map(one -> one.answer().entries().get(0)).toArray(UUID[]::new),
        done.stream().map(one -> one.post().amount()).toArray(BigDecimal[]::new));
    trip.send();
  }
}
