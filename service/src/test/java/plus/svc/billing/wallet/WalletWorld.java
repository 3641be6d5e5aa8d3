package plus.svc.billing.wallet;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Jdbi;
import plus.svc.billing.pipeline.Delivery;
import plus.svc.billing.pipeline.NodePolicy;
import plus.svc.billing.pipeline.Pipeline;
import plus.svc.billing.pipeline.PipelineSettings;
import plus.svc.billing.pipeline.PipelineWatch;
import plus.svc.billing.pipeline.Progress;
import plus.svc.billing.pipeline.rating.PeakHours;
import plus.svc.billing.pipeline.rating.RatingPolicy;
import plus.svc.billing.pipeline.snapshot.Sample;
import plus.svc.billing.pipeline.snapshot.SeriesKey;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.pipeline.source.FirstSnapshot;
import plus.svc.billing.pipeline.source.SourceId;
import plus.svc.billing.quantity.NodeKey;
import plus.svc.billing.testing.PostgresHarness;
import plus.svc.billing.testing.TestDatabase;

/** A wallet on a database of its own, with users who have nothing yet. */
final class WalletWorld implements AutoCloseable {

  static final WalletPolicy POLICY = new WalletPolicy("CNY", ZoneOffset.UTC);

  private static final Map<String, ServicePriceBook.Terms> SERVICES =
      Map.of(
          "passport", new ServicePriceBook.Terms(new BigDecimal("0.01"), 10_000),
          "payment", new ServicePriceBook.Terms(new BigDecimal("0.10"), 1_000),
          "asset", new ServicePriceBook.Terms(new BigDecimal("0.05"), 1_000));

  /** So dear that small traffic weighs in. */
  static final BigDecimal PRICE_OF_A_BYTE = new BigDecimal("0.01");

  static final RatingPolicy RATING =
      new RatingPolicy(
          PRICE_OF_A_BYTE, 0, BigDecimal.ZERO, "v1", Map.of(), PeakHours.NONE, ZoneOffset.UTC);

  final TestDatabase database;
  final Jdbi jdbi;
  final MovableClock clock = new MovableClock(Instant.parse("2026-04-08T10:00:00Z"));
  final ServicePriceBook prices;
  final Pipeline pipeline;
  private final List<WalletEngine> engines = new ArrayList<>();
  private final AtomicInteger keys = new AtomicInteger();
  private final AtomicInteger nodes = new AtomicInteger();

  WalletWorld() {
    this(SERVICES);
  }

  WalletWorld(Map<String, ServicePriceBook.Terms> services) {
    this(PostgresHarness.shared().freshDatabase(), services);
  }

  /** A world that goes on from another one's database, which nobody works on. */
  WalletWorld(WalletWorld other) {
    this(PostgresHarness.shared().copyOf(other.database), SERVICES);
    clock.set(other.clock.instant());
    keys.set(other.keys.get());
  }

  private WalletWorld(TestDatabase database, Map<String, ServicePriceBook.Terms> services) {
    this.database = database;
    jdbi = database.jdbi();
    prices = new ServicePriceBook(jdbi, services, clock);
    pipeline =
        new Pipeline(
            jdbi, new PipelineSettings(RATING, "", "test", false), clock, PipelineWatch.NONE);
  }

  /** A clock that stands still until it is moved. */
  static final class MovableClock extends Clock {
    private volatile Instant now;

    MovableClock(Instant now) {
      this.now = now;
    }

    void set(Instant instant) {
      now = instant;
    }

    void pass(Duration time) {
      now = now.plus(time);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public java.time.ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(java.time.ZoneId zone) {
      return this;
    }
  }

  /** Another instance of the service on the same database. */
  WalletEngine engine() {
    return engine(POLICY);
  }

  /** Another instance with a policy of its own. */
  WalletEngine engine(WalletPolicy policy) {
    WalletEngine engine =
        new WalletEngine(
            jdbi,
            policy,
            new Wallet.Limits(2, 500, 500, Duration.ofSeconds(10)),
            prices::prices,
            pipeline::open,
            pipeline::settleStandings,
            clock);
    engines.add(engine);
    return engine;
  }

  UUID user() {
    UUID user = UUID.randomUUID();
    jdbi.useHandle(
        handle ->
            handle.execute(
                "INSERT INTO public.users (uuid, proxy_uuid) VALUES (?, ?)", user, user));
    return user;
  }

  UUID userWith(WalletEngine engine, String balance) {
    UUID user = user();
    if (new BigDecimal(balance).signum() != 0) {
      ask(engine, credit(user, balance));
    }
    return user;
  }

  static Command credit(UUID account, String amount) {
    return new Command.Post(account, new BigDecimal(amount), "CNY", "", true);
  }

  static Command debit(UUID account, String amount) {
    return new Command.Post(account, new BigDecimal(amount).negate(), "CNY", "", true);
  }

  static Command append(UUID account, String amount) {
    return new Command.Post(account, new BigDecimal(amount), "CNY", "", false);
  }

  static SortedMap<String, String> none() {
    return new TreeMap<>();
  }

  WalletRequest request(Command command) {
    return WalletRequest.of("gateway", "k" + keys.incrementAndGet(), "test", command, "{}");
  }

  WalletAnswer ask(WalletEngine engine, Command command) {
    return ask(engine, request(command));
  }

  static WalletAnswer ask(WalletEngine engine, WalletRequest request) {
    return engine.wallet().apply(request).orTimeout(60, TimeUnit.SECONDS).join();
  }

  /** A payment as accounts books it: a plain ledger row, and the balance that readers see. */
  void topUp(UUID user, BigDecimal amount, Instant at) {
    jdbi.useTransaction(
        handle -> {
          handle.execute(
              """
              INSERT INTO public.billing_ledger
                     (id, account_uuid, bucket_start, bucket_end, entry_type, amount_delta,
                      pricing_rule_version, created_at)
              VALUES (gen_random_uuid(), ?, ?, ?, 'topup', ?, 'stripe:pi', ?)
              """,
              user,
              at,
              at,
              amount,
              at);
          handle.execute(
              "UPDATE public.account_quota_states SET current_balance = current_balance + ?"
                  + " WHERE account_uuid = ?",
              amount,
              user);
        });
  }

  /** Usage of a node that nobody saw before, of so many bytes. */
  void traffic(UUID user, long bytes) {
    NodeKey node = new NodeKey("prod", "node" + nodes.incrementAndGet());
    SeriesKey series = new SeriesKey(user.toString(), "");
    Snapshot snapshot =
        new Snapshot(node, clock.instant(), null, List.of(new Sample(series, bytes, 0)), List.of());
    pipeline.accept(
        new Delivery(
            new SourceId("s"),
            new NodePolicy(FirstSnapshot.FROM_ZERO, Instant.EPOCH, 1_250_000_000_000L),
            0,
            List.of(snapshot),
            new Progress(null, null, clock.instant())));
  }

  /** What the ledger's rows of an account add up to. */
  BigDecimal ledger(UUID account) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    SELECT coalesce(sum(amount_delta), 0) FROM public.billing_ledger
                     WHERE (account_uuid = :a AND sub_account IS NULL) OR sub_account = :a
                    """)
                .bind("a", account)
                .mapTo(BigDecimal.class)
                .one());
  }

  List<UUID> ledgerIds(UUID account) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    SELECT id FROM public.billing_ledger
                     WHERE (account_uuid = :a AND sub_account IS NULL) OR sub_account = :a
                    """)
                .bind("a", account)
                .mapTo(UUID.class)
                .list());
  }

  /** What is stored as the answer. */
  WalletAnswer answer(UUID request) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery("SELECT answer FROM billing.operations WHERE request_id = ?")
                .bind(0, request)
                .mapTo(String.class)
                .map(text -> WalletJson.read(text, WalletAnswer.class))
                .one());
  }

  long count(String sql) {
    return jdbi.withHandle(handle -> handle.createQuery(sql).mapTo(long.class).one());
  }

  @Override
  public void close() {
    engines.forEach(WalletEngine::close);
    PostgresHarness.shared().drop(database);
  }
}
