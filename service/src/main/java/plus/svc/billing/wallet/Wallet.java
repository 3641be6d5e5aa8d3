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
 * while one group is being written the next one gathers, so the busier an account is the less each
 * operation costs. An account's requests go through one lane of this instance, so that its lanes
 * don't wait for each other's locks; unconditional postings have a lane of their own, which waits
 * for no account at all. What belongs to a bulk yields to everything else.
 */
public final class Wallet implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Wallet.class);
  private static final int MOST_WAITING = 20_000;

  private final WalletBatch batch;
  private final Limits limits;
  private final List<Lane> lanes = new ArrayList<>();
  private final Lane appending;
  private final ExecutorService threads;

  /**
   * How much at once.
   *
   * @param lanes transactions on accounts at the same time
   * @param group most requests in a transaction
   * @param bulkGroup most requests of a bulk in a transaction
   * @param stopWait how long a stop waits for what is being written
   */
  public record Limits(int lanes, int group, int bulkGroup, Duration stopWait) {}

  Wallet(WalletBatch batch, Limits limits) {
    this.batch = batch;
    this.limits = limits;
    AtomicInteger number = new AtomicInteger();
    this.threads =
        Executors.newFixedThreadPool(
            limits.lanes() + 1,
            work -> {
              Thread thread = new Thread(work, "wallet-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    for (int i = 0; i < limits.lanes(); i++) {
      lanes.add(new Lane(batch::apply));
    }
    this.appending = new Lane(batch::append);
    lanes.forEach(threads::execute);
    threads.execute(appending);
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
    return laneOf(request.command()).offer(request, false);
  }

  /** The same for a part of a bulk, which yields to single requests. */
  public CompletableFuture<WalletAnswer> applyInBulk(WalletRequest request) {
    return laneOf(request.command()).offer(request, true);
  }

  /** How many requests wait. */
  public int waiting() {
    return lanes.stream().mapToInt(Lane::waiting).sum() + appending.waiting();
  }

  private Lane laneOf(Command command) {
    if (command.isAppended()) {
      return appending;
    }
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
    lanes.forEach(Lane::refuseWaiting);
    appending.refuseWaiting();
  }

  /** One writer with what waits for it. */
  private final class Lane implements Runnable {

    private final Function<List<WalletBatch.Pending>, Map<UUID, WalletAnswer>> step;
    private final LinkedBlockingQueue<Waiting> single = new LinkedBlockingQueue<>(MOST_WAITING);
    private final LinkedBlockingQueue<Waiting> bulk = new LinkedBlockingQueue<>(MOST_WAITING);

    Lane(Function<List<WalletBatch.Pending>, Map<UUID, WalletAnswer>> step) {
      this.step = step;
    }

    int waiting() {
      return single.size() + bulk.size();
    }

    CompletableFuture<WalletAnswer> offer(WalletRequest request, boolean inBulk) {
      Waiting entry = new Waiting(request, new CompletableFuture<>());
      if (inBulk) {
        try {
          // A bulk waits; it has a caller who sends no faster than this.
          bulk.put(entry);
          single.offer(NUDGE);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          entry.answer().completeExceptionally(new Busy());
        }
      } else if (!single.offer(entry)) {
        entry.answer().completeExceptionally(new Busy());
      }
      if (threads.isShutdown()) {
        refuseWaiting();
      }
      return entry.answer();
    }

    void refuseWaiting() {
      List<Waiting> late = new ArrayList<>();
      single.drainTo(late);
      bulk.drainTo(late);
      late.forEach(
          entry ->
              entry
                  .answer()
                  .completeExceptionally(
                      new IllegalStateException("the wallet has stopped; nothing was stored")));
    }

    @Override
    public void run() {
      List<Waiting> group = new ArrayList<>();
      try {
        while (true) {
          Waiting first = single.take();
          group.add(first);
          single.drainTo(group, limits.group() - 1);
          group.removeIf(NUDGE::equals);
          if (!group.isEmpty()) {
            write(group);
            group.clear();
          }
          // Singles first, and yet a bulk always gets on.
          bulk.drainTo(group, limits.bulkGroup());
          if (!group.isEmpty()) {
            write(group);
            group.clear();
          }
          if (!bulk.isEmpty()) {
            single.offer(NUDGE);
          }
        }
      } catch (InterruptedException e) {
        LOG.debug("a lane ends");
      }
    }

    private void write(List<Waiting> group) {
      Map<UUID, List<Waiting>> byId = new LinkedHashMap<>();
      for (Waiting entry : group) {
        byId.computeIfAbsent(entry.request().id(), id -> new ArrayList<>(1)).add(entry);
      }
      List<WalletRequest> requests = new ArrayList<>(byId.size());
      byId.values().forEach(same -> requests.add(same.get(0).request()));
      try {
        complete(byId, requests);
      } catch (RuntimeException | Error e) {
        if (requests.size() > 1 && !(e instanceof Error)) {
          // One request must never stop its neighbours.
          byId.values().forEach(same -> writeAlone(same));
        } else {
          group.forEach(entry -> entry.answer().completeExceptionally(e));
        }
      }
    }

    private void writeAlone(List<Waiting> same) {
      if (threads.isShutdown()) {
        same.forEach(
            entry ->
                entry
                    .answer()
                    .completeExceptionally(
                        new IllegalStateException("the wallet stops; ask again")));
        return;
      }
      try {
        complete(Map.of(same.get(0).request().id(), same), List.of(same.get(0).request()));
      } catch (RuntimeException | Error e) {
        same.forEach(entry -> entry.answer().completeExceptionally(e));
      }
    }

    private void complete(Map<UUID, List<Waiting>> byId, List<WalletRequest> requests) {
      WalletBatch.Stored stored = batch.store(requests);
      stored.answers().forEach((id, answer) -> complete(byId.getOrDefault(id, List.of()), answer));
      for (UUID id : stored.taken()) {
        refuseTaken(byId.getOrDefault(id, List.of()));
      }
      if (!stored.pending().isEmpty()) {
        step.apply(stored.pending())
            .forEach((id, answer) -> complete(byId.getOrDefault(id, List.of()), answer));
      }
    }

    /** Who came with the same key in the same group may have asked for something else. */
    private static void complete(List<Waiting> same, WalletAnswer answer) {
      for (Waiting entry : same) {
        if (entry.request().command().equals(same.get(0).request().command())) {
          entry.answer().complete(answer);
        } else {
          refuseTaken(entry);
        }
      }
    }

    /** The key stands for another request than the first one's, perhaps for one of the others. */
    private void refuseTaken(List<Waiting> same) {
      List<Waiting> others = new ArrayList<>();
      for (Waiting entry : same) {
        if (entry.request().command().equals(same.get(0).request().command())) {
          refuseTaken(entry);
        } else {
          others.add(entry);
        }
      }
      if (!others.isEmpty()) {
        writeAlone(others);
      }
    }

    private static void refuseTaken(Waiting entry) {
      entry.answer().completeExceptionally(new KeyTaken(entry.request().key()));
    }
  }

  private static final Waiting NUDGE =
      new Waiting(
          new WalletRequest(new UUID(0, 0), "", "", "", new Command.Release(new UUID(0, 0)), ""),
          new CompletableFuture<>());
}
