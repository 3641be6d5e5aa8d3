package plus.svc.billing.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.wallet.Command;
import plus.svc.billing.wallet.WalletAnswer;
import plus.svc.billing.wallet.WalletEngine;
import plus.svc.billing.wallet.WalletReads;
import plus.svc.billing.wallet.WalletRequest;

/**
 * The wallet under load, from the use case to the committed answer, beside one naive transaction an
 * operation. Where a case has a rate, the load is open: an operation is due when its time has come,
 * whether or not the ones before it were answered, and its latency counts from then.
 */
final class WalletBench {

  private static final int ACCOUNTS = 10_000;
  private static final int WINDOW = 4_000;
  private static final int NAIVE_CLIENTS = 8;
  private static final Duration DELAY = Duration.ofMillis(1);
  private static final int WARM_SECONDS = 5;
  private static final BigDecimal CENT = new BigDecimal("0.01");

  private final Server server;
  private final int seconds;
  private final String only;
  private final Clock clock;
  private final PrintStream out;
  private final AtomicLong keys = new AtomicLong();
  private final UUID[] accounts = new UUID[ACCOUNTS];
  private double naiveHot;
  private double naiveMany;

  WalletBench(Server server, int seconds, String only, Clock clock, PrintStream out) {
    this.server = server;
    this.seconds = seconds;
    this.only = only;
    this.clock = clock;
    this.out = out;
    for (int i = 0; i < ACCOUNTS; i++) {
      accounts[i] = new UUID(0x77616c6c65740000L, 0x8000000000000000L | i);
    }
  }

  void run() throws SQLException, IOException, InterruptedException {
    Database database = ground();
    naiveHot = naive(database, "naive: UPDATE + INSERT, 1 account", 1);
    naiveMany = naive(database, "naive: UPDATE + INSERT, 10,000 accounts", ACCOUNTS);
    try (WalletService one = new WalletService(database, clock)) {
      WalletEngine engine = one.engine();
      open(engine);
      database.execute("VACUUM ANALYZE");
      closed("deductions, 1 account", naiveHot, engine, null, this::deductHot);
      closed("deductions, 10,000 accounts", naiveMany, engine, null, this::deductAny);
      closed("credits appended, 1 account", naiveHot, engine, null, this::appendHot);
      closed("transfers between 10 accounts", 0, engine, null, this::transfer);
      paced("deductions, 1 account, 1,000/s", 1_000, engine, this::deductHot);
      checks(engine, 5_000);
      bulk(engine);
      try (WalletService two = new WalletService(database, clock)) {
        closed("deductions, 10,000 accounts, 1 instance", naiveMany, engine, null, this::deductAny);
        closed(
            "deductions, 10,000 accounts, 2 instances",
            naiveMany,
            engine,
            two.engine(),
            this::deductAny);
      }
    }
    // Whose processors are not PostgreSQL's wait for it on the way there and back.
    try (DelayedLine line = DelayedLine.to(database.port(), DELAY);
        WalletService one = new WalletService(database.through(line.port()), clock);
        WalletService two = new WalletService(database.through(line.port()), clock)) {
      closed("2 ms to the database and back, 1 instance", 0, one.engine(), null, this::deductAny);
      closed(
          "2 ms to the database and back, 2 instances",
          0,
          one.engine(),
          two.engine(),
          this::deductAny);
    }
    out.printf(
        Locale.ROOT,
        "deadlocks: %d%n",
        database.number(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"));
    prove(database);
  }

  private Database ground() throws SQLException {
    Database maintenance = server.maintenance();
    maintenance.execute(
        "DROP DATABASE IF EXISTS bench_wallet WITH (FORCE)", "CREATE DATABASE bench_wallet");
    Database database = maintenance.named("bench_wallet");
    database.migrate();
    database.execute(
        "INSERT INTO public.users (uuid, proxy_uuid) SELECT id, id FROM ("
            + "SELECT ('77616c6c-6574-0000-8000-' || lpad(to_hex(i), 12, '0'))::uuid AS id"
            + " FROM generate_series(0, "
            + (ACCOUNTS - 1)
            + ") AS i) AS u",
        "CREATE TABLE naive_balance (id uuid PRIMARY KEY, balance numeric NOT NULL)",
        "CREATE TABLE naive_ledger (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), account uuid"
            + " NOT NULL, amount numeric NOT NULL, created_at timestamptz NOT NULL DEFAULT now())",
        "CREATE INDEX naive_ledger_account ON naive_ledger (account, created_at DESC)",
        "INSERT INTO naive_balance SELECT uuid, 1000000 FROM public.users",
        "VACUUM ANALYZE");
    return database;
  }

  /** Gives every account money, in bulk. */
  private void open(WalletEngine engine) throws InterruptedException {
    Semaphore window = new Semaphore(WINDOW);
    for (UUID account : accounts) {
      window.acquire();
      after(
          engine
              .wallet()
              .applyInBulk(
                  request(new Command.Post(account, new BigDecimal(1_000_000), "CNY", "", true))),
          (answer, failure) -> window.release());
    }
    window.acquire(WINDOW);
  }

  private WalletRequest request(Command command) {
    return WalletRequest.of("bench", "k" + keys.incrementAndGet(), "bench", command, "{}");
  }

  private Command deductHot(long i) {
    return new Command.Post(accounts[0], CENT.negate(), "CNY", "", true);
  }

  private Command appendHot(long i) {
    return new Command.Post(accounts[1], CENT, "CNY", "", false);
  }

  private Command deductAny(long i) {
    int account = (int) Math.floorMod(i * 2_654_435_761L, (long) ACCOUNTS);
    return new Command.Post(accounts[account], CENT.negate(), "CNY", "", true);
  }

  private Command transfer(long i) {
    SplittableRandom random = new SplittableRandom(i);
    int from = random.nextInt(10);
    int to = (from + 1 + random.nextInt(9)) % 10;
    return new Command.Group(
        List.of(
            new Command.Leg(accounts[from], CENT.negate(), "CNY"),
            new Command.Leg(accounts[to], CENT, "CNY")),
        "");
  }

  private static void after(
      CompletableFuture<WalletAnswer> answer,
      BiConsumer<@Nullable WalletAnswer, @Nullable Throwable> then) {
    CompletableFuture<WalletAnswer> unused = answer.whenComplete(then);
  }

  /** As many as go through, with a window of unanswered ones. */
  private void closed(
      String name,
      double floor,
      WalletEngine engine,
      @Nullable WalletEngine second,
      LongFunction<Command> commands)
      throws InterruptedException {
    if (!name.contains(only)) {
      return;
    }
    Semaphore window = new Semaphore(WINDOW);
    LongAdder done = new LongAdder();
    LongAdder refused = new LongAdder();
    long warm = System.nanoTime() + TimeUnit.SECONDS.toNanos(WARM_SECONDS);
    long begin = 0;
    long i = 0;
    long end = Long.MAX_VALUE;
    while (System.nanoTime() < end) {
      if (begin == 0 && System.nanoTime() > warm) {
        begin = System.nanoTime();
        end = begin + TimeUnit.SECONDS.toNanos(seconds);
        done.reset();
      }
      window.acquire();
      WalletEngine taker = second != null && i % 2 == 1 ? second : engine;
      after(
          taker.wallet().apply(request(commands.apply(i++))),
          (answer, failure) -> {
            (isDone(answer, failure) ? done : refused).increment();
            window.release();
          });
    }
    double rate = done.sum() / ((System.nanoTime() - begin) / 1e9);
    window.acquire(WINDOW);

    out.printf(
        Locale.ROOT,
        "%-44s %,9.0f/s%s%s%n",
        name,
        rate,
        floor == 0 ? "" : String.format(Locale.ROOT, "  %.1f x naive", rate / floor),
        refused.sum() == 0 ? "" : "  refused " + refused.sum());
  }

  private static boolean isDone(@Nullable WalletAnswer answer, @Nullable Throwable failure) {
    return failure == null && answer != null && answer.isDone();
  }

  /** At a rate, whatever the answers do. */
  private void paced(String name, int rate, WalletEngine engine, LongFunction<Command> commands)
      throws InterruptedException {
    if (!name.contains(only)) {
      return;
    }
    Latencies latencies = new Latencies(rate * seconds);
    Semaphore open = new Semaphore(0);
    long begin = System.nanoTime();
    int warm = WARM_SECONDS * rate;
    int all = warm + rate * seconds;
    for (int i = 0; i < all; i++) {
      long due = begin + i * 1_000_000_000L / rate;
      waitUntil(due);
      boolean counts = i >= warm;
      after(
          engine.wallet().apply(request(commands.apply(i))),
          (answer, failure) -> {
            if (counts) {
              latencies.add(System.nanoTime() - due);
            }
            open.release();
          });
    }
    open.acquire(all);
    out.printf(Locale.ROOT, "%-44s %s%n", name, latencies.text());
  }

  private static void waitUntil(long due) {
    long left = due - System.nanoTime();
    while (left > 0) {
      LockSupport.parkNanos(left);
      left = due - System.nanoTime();
    }
  }

  private void checks(WalletEngine engine, int rate) throws InterruptedException {
    String name = "checks, 5,000/s";
    if (!name.contains(only)) {
      return;
    }
    int threads = 4;
    Latencies latencies = new Latencies(rate * seconds);
    long begin = System.nanoTime();
    Thread[] readers = new Thread[threads];
    for (int t = 0; t < threads; t++) {
      int first = t;
      readers[t] =
          new Thread(
              () -> {
                for (int i = first; i < rate * (seconds + WARM_SECONDS); i += threads) {
                  long due = begin + i * 1_000_000_000L / rate;
                  waitUntil(due);
                  WalletReads.Check check =
                      engine.reads().check(accounts[i % ACCOUNTS], "payment", 3);
                  if (!check.isAllowed()) {
                    throw new IllegalStateException("a check was denied");
                  }
                  if (i >= rate * WARM_SECONDS) {
                    latencies.add(System.nanoTime() - due);
                  }
                }
              });
      readers[t].start();
    }
    for (Thread reader : readers) {
      reader.join();
    }
    out.printf(Locale.ROOT, "%-44s %s%n", name, latencies.text());
  }

  /** 100,000 operations of a bulk, and what single ones notice of it. */
  private void bulk(WalletEngine engine) throws InterruptedException {
    String name = "bulk of 100,000";
    if (!name.contains(only)) {
      return;
    }
    int rate = 200;
    Latencies alone = new Latencies(rate * seconds);
    single(engine, rate, seconds, alone);
    Latencies beside = new Latencies(rate * 60);
    Thread singles = new Thread(() -> singleQuietly(engine, rate, beside));
    singles.start();
    Semaphore window = new Semaphore(WINDOW);
    long begin = System.nanoTime();
    for (int i = 0; i < 100_000; i++) {
      window.acquire();
      after(
          engine.wallet().applyInBulk(request(deductAny(i))),
          (answer, failure) -> window.release());
    }
    window.acquire(WINDOW);
    double took = (System.nanoTime() - begin) / 1e9;
    singles.interrupt();
    singles.join();
    out.printf(Locale.ROOT, "%-44s %.2f s, %,.0f/s%n", name, took, 100_000 / took);
    out.printf(Locale.ROOT, "%-44s %s%n", "  single ones alone, 200/s", alone.text());
    out.printf(Locale.ROOT, "%-44s %s%n", "  single ones beside it, 200/s", beside.text());
  }

  private void singleQuietly(WalletEngine engine, int rate, Latencies latencies) {
    try {
      single(engine, rate, 60, latencies);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void single(WalletEngine engine, int rate, int lasting, Latencies latencies)
      throws InterruptedException {
    long begin = System.nanoTime();
    for (int i = 0; i < rate * lasting; i++) {
      long due = begin + i * 1_000_000_000L / rate;
      waitUntil(due);
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      after(
          engine.wallet().apply(request(deductAny(i * 31L))),
          (answer, failure) -> latencies.add(System.nanoTime() - due));
    }
  }

  private double naive(Database database, String name, int of)
      throws SQLException, InterruptedException {
    LongAdder done = new LongAdder();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    Thread[] clients = new Thread[NAIVE_CLIENTS];
    for (int c = 0; c < clients.length; c++) {
      SplittableRandom random = new SplittableRandom(c);
      clients[c] = new Thread(() -> NaiveDeductions.run(database, accounts, of, random, end, done));
      clients[c].start();
    }
    for (Thread client : clients) {
      client.join();
    }
    double rate = done.sum() / (double) seconds;
    out.printf(Locale.ROOT, "%-44s %,9.0f/s%n", name, rate);
    return rate;
  }

  /** Work on one account, however long its past is. */
  void grow(long[] sizes) throws SQLException {
    Database database = server.maintenance().named("bench_wallet");
    try (WalletService service = new WalletService(database, clock)) {
      new WalletGrowth(database, service, accounts[2], out).run(sizes);
    }
  }

  /** A mixed load; memory is told every minute. */
  void soak(int minutes) throws SQLException, InterruptedException {
    Database database = server.maintenance().named("bench_wallet");
    try (WalletService service = new WalletService(database, clock)) {
      int rate = 2_000;
      for (int minute = 1; minute <= minutes; minute++) {
        Latencies latencies = new Latencies(rate * 60);
        long begin = System.nanoTime();
        for (int i = 0; i < rate * 60; i++) {
          long due = begin + i * 1_000_000_000L / rate;
          waitUntil(due);
          long k = i;
          Command command = i % 10 == 0 ? transfer(k) : i % 2 == 0 ? deductAny(k) : appendHot(k);
          after(
              service.engine().wallet().apply(request(command)),
              (answer, failure) -> latencies.add(System.nanoTime() - due));
        }
        System.gc();
        long used = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
        out.printf(
            Locale.ROOT, "minute %2d: %s, %,d MB live%n", minute, latencies.text(), used >> 20);
      }
    }
  }

  /** Sums must be right after all of it. */
  private void prove(Database database) throws SQLException {
    long wrong =
        database.number(
            """
            SELECT count(*)
              FROM public.account_quota_states q
              JOIN (SELECT account_uuid, sum(amount_delta) AS amount
                      FROM public.billing_ledger GROUP BY account_uuid) l USING (account_uuid)
              LEFT JOIN (SELECT account_uuid, sum(amount_delta) AS amount
                           FROM billing.foreign_entries GROUP BY account_uuid) f
                     USING (account_uuid)
             WHERE q.exact_balance + coalesce(f.amount, 0) <> l.amount
            """);
    if (wrong != 0) {
      throw new IllegalStateException(wrong + " balances are not the sums of their entries");
    }
    out.println("every balance is the sum of its entries");
  }

  /** How long a stop may take. */
  static final Duration STOP_WAIT = Duration.ofSeconds(10);
}
