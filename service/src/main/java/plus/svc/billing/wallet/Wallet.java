package plus.svc.billing.wallet;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import plus.svc.billing.platform.log.Happening;

/**
 * Where operations are asked for. Requests that wait together are stored and applied together:
 * while one group is being stored the one before it is applied and the next one gathers, so the
 * busier an account is the less each operation costs. An account's requests go through one lane of
 * this instance, so that its lanes don't wait for each other's locks; unconditional postings have a
 * lane of their own, which waits for no account at all. What belongs to a bulk has lanes of its
 * own, so that single requests never wait behind it.
 */
public final class Wallet implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Wallet.class);
  private static final int MOST_WAITING = 20_000;
  private static final String STORED_ONLY =
      "the wallet has stopped; the request is stored and will be applied";

  private final WalletBatch batch;
  private final Limits limits;
  private final List<Lane> lanes = new ArrayList<>();
  private final Lane appending;
  private final Lane bulk;
  private final ExecutorService threads;

  /**
   * How much at once.
   *
   * @param lanes transactions of single requests on accounts at the same time
   * @param group most requests in a transaction
   * @param bulkGroup most requests of a bulk in a transaction
   * @param stopWait how long a stop waits for what is being written
   */
  public record Limits(int lanes, int group, int bulkGroup, Duration stopWait) {}

  Wallet(WalletBatch batch, Limits limits) {
    this.batch = batch;
    this.limits = limits;
    for (int i = 0; i < limits.lanes(); i++) {
      lanes.add(new Lane(batch::apply, limits.group()));
    }
    this.appending = new Lane(batch::append, limits.group());
    this.bulk = new Lane(batch::applyAny, limits.bulkGroup());
    AtomicInteger number = new AtomicInteger();
    this.threads =
        Executors.newCachedThreadPool(
            work -> {
              Thread thread = new Thread(work, "wallet-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    for (Lane lane : all()) {
      threads.execute(lane::storing);
      threads.execute(lane::applying);
    }
  }

  private List<Lane> all() {
    List<Lane> all = new ArrayList<>(lanes);
    all.add(appending);
    all.add(bulk);
    return all;
  }

  /** The key of a request stands for another one. */
  public static final class KeyTaken extends RuntimeException {
    private static final long serialVersionUID = 1L;

    KeyTaken(String key) {
      super(
          "idempotency key '"
              + Amounts.shown(key)
              + "' was used for another request: must be new for each change",
          null,
          false,
          false);
    }
  }

  /** Too much waits already; nothing was stored. */
  public static final class Busy extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Busy() {
      super("too many requests wait; nothing was stored, try again", null, false, false);
    }
  }

  private record Waiting(WalletRequest request, CompletableFuture<WalletAnswer> answer) {}

  /**
   * Stores and applies a request; the same again gets the same answer.
   *
   * @return completes once it is committed; with {@link KeyTaken}, {@link Busy} or the database's
   *     exception if it is not known to be
   */
  public CompletableFuture<WalletAnswer> apply(WalletRequest request) {
    Command command = request.command();
    return (command.isAppended() ? appending : laneOf(command)).offer(request);
  }

  /** The same for a part of a bulk; waits while too much of bulks waits already. */
  public CompletableFuture<WalletAnswer> applyInBulk(WalletRequest request) {
    return bulk.put(request);
  }

  /** How many requests wait. */
  public int waiting() {
    return all().stream().mapToInt(Lane::waiting).sum();
  }

  private Lane laneOf(Command command) {
    UUID account = command.accounts().isEmpty() ? ofHold(command) : command.accounts().get(0);
    return lanes.get(Math.floorMod(account.hashCode(), lanes.size()));
  }

  /** Any lane will do, as long as a repeat meets the first try. */
  private static UUID ofHold(Command command) {
    if (command instanceof Command.Commit commit) {
      return commit.hold();
    }
    if (command instanceof Command.Release release) {
      return release.hold();
    }
    return command instanceof Command.Reverse reverse ? reverse.operation() : new UUID(0, 0);
  }

  @Override
  public void close() {
    threads.shutdownNow();
    try {
      if (!threads.awaitTermination(limits.stopWait().toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn(
            Happening.STOP_TOO_LONG,
            "a transaction is still open after {}; the database takes it back",
            limits.stopWait());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    all().forEach(Lane::refuseWaiting);
  }

  /** Requests of the same id that came together; the first one speaks for them. */
  private record Same(List<Waiting> all) {

    WalletRequest request() {
      return all.get(0).request();
    }

    /** Who came with the same key in the same group may have asked for something else. */
    void complete(WalletAnswer answer) {
      for (Waiting entry : all) {
        if (entry.request().command().equals(request().command())) {
          entry.answer().complete(answer);
        } else {
          refuseTaken(entry);
        }
      }
    }

    void fail(Throwable failure) {
      all.forEach(entry -> entry.answer().completeExceptionally(failure));
    }

    private static void refuseTaken(Waiting entry) {
      entry.answer().completeExceptionally(new KeyTaken(entry.request().key()));
    }

    /** Refuses those who speak as the first one does; gives the others. */
    List<Waiting> refuse() {
      List<Waiting> others = new ArrayList<>();
      for (Waiting entry : all) {
        if (entry.request().command().equals(request().command())) {
          refuseTaken(entry);
        } else {
          others.add(entry);
        }
      }
      return others;
    }
  }

  /** A request that is stored, with those who wait for its answer. */
  private record Stored(WalletBatch.Pending pending, Same same) {}

  /**
   * What is stored and not yet applied. Whoever applies takes all of it, so that small groups that
   * were stored while a slow one was applied cost one transaction and not one each.
   */
  private static final class Handover {

    private final int full;
    private List<Stored> stored = new ArrayList<>();

    /**
     * @param full with so many there, whoever brings more waits
     */
    Handover(int full) {
      this.full = full;
    }

    synchronized void put(List<Stored> more) throws InterruptedException {
      while (stored.size() >= full) {
        wait();
      }
      stored.addAll(more);
      notifyAll();
    }

    synchronized List<Stored> take() throws InterruptedException {
      while (stored.isEmpty()) {
        wait();
      }
      return takeNow();
    }

    synchronized List<Stored> takeNow() {
      List<Stored> taken = stored;
      stored = new ArrayList<>();
      notifyAll();
      return taken;
    }
  }

  /** A writer in two steps, with what waits for each. */
  private final class Lane {

    private final Function<List<WalletBatch.Pending>, Map<UUID, WalletAnswer>> step;
    private final int group;
    private final LinkedBlockingQueue<Waiting> waiting = new LinkedBlockingQueue<>(MOST_WAITING);
    private final Handover handover;

    Lane(Function<List<WalletBatch.Pending>, Map<UUID, WalletAnswer>> step, int group) {
      this.step = step;
      this.group = group;
      this.handover = new Handover(group);
    }

    int waiting() {
      return waiting.size();
    }

    CompletableFuture<WalletAnswer> offer(WalletRequest request) {
      Waiting entry = new Waiting(request, new CompletableFuture<>());
      if (!waiting.offer(entry)) {
        entry.answer().completeExceptionally(new Busy());
      }
      return unlessStopped(entry);
    }

    CompletableFuture<WalletAnswer> put(WalletRequest request) {
      Waiting entry = new Waiting(request, new CompletableFuture<>());
      try {
        waiting.put(entry);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        entry.answer().completeExceptionally(new Busy());
      }
      return unlessStopped(entry);
    }

    private CompletableFuture<WalletAnswer> unlessStopped(Waiting entry) {
      if (threads.isShutdown()) {
        refuseWaiting();
      }
      return entry.answer();
    }

    void refuseWaiting() {
      List<Waiting> late = new ArrayList<>();
      waiting.drainTo(late);
      late.forEach(
          entry ->
              entry
                  .answer()
                  .completeExceptionally(
                      new IllegalStateException("the wallet has stopped; nothing was stored")));
      handover.takeNow().forEach(one -> one.same().fail(new IllegalStateException(STORED_ONLY)));
    }

    /** The first step, again and again. */
    void storing() {
      List<Waiting> gathered = new ArrayList<>();
      try {
        while (true) {
          gathered.add(waiting.take());
          waiting.drainTo(gathered, group - 1);
          handOver(guarded(gathered));
          gathered.clear();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void handOver(List<Stored> pending) throws InterruptedException {
      try {
        handover.put(pending);
      } catch (InterruptedException e) {
        pending.forEach(one -> one.same().fail(new IllegalStateException(STORED_ONLY)));
        throw e;
      }
    }

    /** The second step, again and again; what is stored when it ends is applied still. */
    void applying() {
      try {
        while (true) {
          apply(handover.take());
        }
      } catch (InterruptedException e) {
        List<Stored> last = handover.takeNow();
        if (!last.isEmpty()) {
          apply(last);
        }
      }
    }

    /** Whatever goes wrong, the lane goes on and nobody waits for ever. */
    private List<Stored> guarded(List<Waiting> gathered) {
      try {
        return store(gathered);
      } catch (RuntimeException | Error e) {
        gathered.forEach(entry -> entry.answer().completeExceptionally(e));
        return List.of();
      }
    }

    /** Stores requests and answers those that need no more; gives those to be applied. */
    private List<Stored> store(List<Waiting> gathered) {
      Map<UUID, Same> byId = new LinkedHashMap<>();
      for (Waiting entry : gathered) {
        byId.computeIfAbsent(entry.request().id(), id -> new Same(new ArrayList<>(1)))
            .all()
            .add(entry);
      }
      WalletBatch.Stored outcome;
      try {
        outcome = batch.store(byId.values().stream().map(Same::request).toList());
      } catch (RuntimeException | Error e) {
        // One request must never stop its neighbours.
        boolean divides = byId.size() > 1 && !(e instanceof Error) && !threads.isShutdown();
        List<Stored> pending = new ArrayList<>();
        for (Same same : byId.values()) {
          if (divides) {
            pending.addAll(store(same.all()));
          } else {
            same.fail(e);
          }
        }
        return pending;
      }
      outcome.answers().forEach((id, answer) -> of(byId, id).complete(answer));
      List<Stored> pending = new ArrayList<>(outcome.pending().size());
      for (WalletBatch.Pending one : outcome.pending()) {
        pending.add(new Stored(one, of(byId, one.id())));
      }
      for (UUID id : outcome.taken()) {
        List<Waiting> others = of(byId, id).refuse();
        if (!others.isEmpty()) {
          pending.addAll(store(others));
        }
      }
      return pending;
    }

    private static Same of(Map<UUID, Same> byId, UUID id) {
      Same same = byId.get(id);
      if (same == null) {
        throw new IllegalStateException("request " + id + " was not asked for");
      }
      return same;
    }

    private void apply(List<Stored> requests) {
      try {
        // A repeat that was stored before the first one was applied is there twice.
        Map<UUID, WalletBatch.Pending> distinct = new LinkedHashMap<>();
        requests.forEach(one -> distinct.putIfAbsent(one.pending().id(), one.pending()));
        Map<UUID, WalletAnswer> answers = step.apply(List.copyOf(distinct.values()));
        for (Stored one : requests) {
          WalletAnswer answer = answers.get(one.pending().id());
          if (answer == null) {
            one.same().fail(new IllegalStateException("a request got no answer; ask again"));
          } else {
            one.same().complete(answer);
          }
        }
      } catch (RuntimeException | Error e) {
        boolean divides = requests.size() > 1 && !(e instanceof Error) && !threads.isShutdown();
        for (Stored one : requests) {
          if (divides) {
            apply(List.of(one));
          } else {
            one.same().fail(e);
          }
        }
      }
    }
  }
}
