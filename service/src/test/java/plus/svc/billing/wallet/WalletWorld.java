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
import org.jdbi.v3.core.Jdbi;
import plus.svc.billing.pipeline.Pipeline;
import plus.svc.billing.pipeline.PipelineSettings;
import plus.svc.billing.pipeline.PipelineWatch;
import plus.svc.billing.pipeline.rating.PeakHours;
import plus.svc.billing.pipeline.rating.RatingPolicy;
import plus.svc.billing.testing.PostgresHarness;
import plus.svc.billing.testing.TestDatabase;

/** A wallet on a database of its own, with users who have nothing yet. */
final class WalletWorld implements AutoCloseable {

  static final WalletPolicy POLICY = new WalletPolicy("CNY", ZoneOffset.UTC);

  final TestDatabase database = PostgresHarness.shared().freshDatabase();
  final Jdbi jdbi = database.jdbi();
  final MovableClock clock = new MovableClock(Instant.parse("2026-04-08T10:00:00Z"));
  final ServicePriceBook prices;
  final Pipeline pipeline;
  private final List<WalletEngine> engines = new ArrayList<>();
  private int keys;

  WalletWorld() {
    this(
        Map.of(
            "passport", new ServicePriceBook.Terms(new BigDecimal("0.01"), 10_000),
            "payment", new ServicePriceBook.Terms(new BigDecimal("0.10"), 1_000),
            "asset", new ServicePriceBook.Terms(new BigDecimal("0.05"), 1_000)));
  }

  WalletWorld(Map<String, ServicePriceBook.Terms> services) {
    prices = new ServicePriceBook(jdbi, services, clock);
    RatingPolicy rating =
        new RatingPolicy(
            BigDecimal.ZERO, 0, BigDecimal.ZERO, "v1", Map.of(), PeakHours.NONE, ZoneOffset.UTC);
    pipeline =
        new Pipeline(
            jdbi, new PipelineSettings(rating, "", "test", false), clock, PipelineWatch.NONE);
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
    return WalletRequest.of("gateway", "k" + ++keys, "test", command, "{}");
  }

  WalletAnswer ask(WalletEngine engine, Command command) {
    return ask(engine, request(command));
  }

  static WalletAnswer ask(WalletEngine engine, WalletRequest request) {
    return engine.wallet().apply(request).orTimeout(30, TimeUnit.SECONDS).join();
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

  long count(String sql) {
    return jdbi.withHandle(handle -> handle.createQuery(sql).mapTo(long.class).one());
  }

  @Override
  public void close() {
    engines.forEach(WalletEngine::close);
    PostgresHarness.shared().drop(database);
  }
}
