package plus.svc.billing.wallet.recharge;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.emulator.SteppedClock;
import plus.svc.billing.emulator.payment.Behaviour;
import plus.svc.billing.emulator.payment.PaymentEmulator;
import plus.svc.billing.pipeline.Pipeline;
import plus.svc.billing.pipeline.PipelineSettings;
import plus.svc.billing.pipeline.PipelineWatch;
import plus.svc.billing.pipeline.rating.PeakHours;
import plus.svc.billing.pipeline.rating.RatingPolicy;
import plus.svc.billing.platform.Secret;
import plus.svc.billing.platform.SecretRefs;
import plus.svc.billing.wallet.WalletPolicy;
import plus.svc.billing.wallet.WalletRecharges;
import plus.svc.billing.wallet.payment.CallbackSignature;
import plus.svc.billing.wallet.payment.GrpcPayments;
import plus.svc.billing.wallet.payment.GuardedPayments;
import plus.svc.billing.wallet.payment.PaymentEndpoint;
import plus.svc.billing.wallet.payment.PaymentFailure;
import plus.svc.billing.wallet.payment.PaymentMethod;
import plus.svc.billing.wallet.payment.PaymentService;
import plus.svc.billing.wallet.payment.PaymentWatch;

/**
 * Recharges on a database, a payment service beside them, and the door at which its callbacks come
 * in: it checks signatures as the service's own does.
 */
final class RechargeWorld implements AutoCloseable {

  static final Secret SECRET = Secret.of("shared with the payment service");
  static final Duration CALL_TIME = Duration.ofMillis(400);

  final Jdbi jdbi;
  final SteppedClock time = new SteppedClock(Instant.parse("2026-04-08T10:30:00Z"));
  final Clock clock = Clock.system(ZoneOffset.UTC);
  final PaymentEmulator emulator;
  final PaymentService payments;
  final RechargeSettings settings;
  final RechargeLedger ledger;
  final Recharge recharge;
  final RechargePoll poll;

  /** How far the door's clock is ahead of the payment service's. */
  volatile Duration ahead = Duration.ZERO;

  final AtomicLong ordered = new AtomicLong();
  private final HttpServer door;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  RechargeWorld(Jdbi jdbi) throws IOException {
    this.jdbi = jdbi;
    this.door =
        HttpServer.create(
            new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), 0);
    this.emulator =
        PaymentEmulator.start(
            new PaymentEmulator.Settings(null, "", SECRET.reveal(), Behaviour.SUCCEED), time);
    this.payments =
        new GuardedPayments(
            new GrpcPayments(
                new PaymentEndpoint(emulator.grpcUri(), null, null, null),
                new SecretRefs(Map.of())),
            Duration.ofMillis(100),
            PaymentWatch.NONE,
            clock);
    this.settings =
        new RechargeSettings(
            CALL_TIME,
            "http://127.0.0.1:" + door.getAddress().getPort() + "/callback",
            "https://console.example.org/wallet",
            Duration.ofHours(24),
            Duration.ofDays(7),
            Duration.ofDays(30));
    this.ledger = ledger();
    this.recharge = recharge(payments);
    this.poll = new RechargePoll(jdbi, recharge, settings, time);
    door.createContext("/callback", this::callback);
    door.setExecutor(threads);
    door.start();
    // The first call of a JVM makes the connection and loads the library.
    warmUp();
  }

  /** Another instance of the service, with a payment service of its own choice. */
  Recharge recharge(PaymentService service) {
    RechargeWatch watch =
        new RechargeWatch() {
          @Override
          public void ordered() {
            ordered.incrementAndGet();
          }

          @Override
          public void told(Report.Origin origin, Told.Effect effect) {}
        };
    return new Recharge(jdbi, ledger, service, settings, watch, time);
  }

  UUID user() {
    var user = UUID.randomUUID();
    jdbi.useHandle(
        handle ->
            handle.execute(
                "INSERT INTO public.users (uuid, proxy_uuid) VALUES (?, ?)", user, user));
    return user;
  }

  static Ask ask(UUID account, String amount) {
    return ask(account, amount, null);
  }

  static Ask ask(UUID account, String amount, @Nullable String key) {
    return new Ask(
        account,
        new BigDecimal(amount),
        "CNY",
        PaymentMethod.WECHATPAY,
        "",
        "203.0.113.7",
        "gateway",
        key);
  }

  RechargeOrder order(UUID account, String amount, Behaviour behaviour) {
    emulator.next(behaviour);
    return recharge.order(ask(account, amount));
  }

  RechargeOrder now(RechargeOrder order) {
    return recharge.find(order.orderId()).orElseThrow();
  }

  /** Entries of an account as an independent reader sees them: {@code kind amount}. */
  List<String> entries(UUID account) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    SELECT entry_type || ' ' || trim_scale(amount_delta)
                      FROM public.billing_ledger
                     WHERE account_uuid = :account AND entry_type <> 'opening_balance'
                     ORDER BY created_at, id
                    """)
                .bind("account", account)
                .mapTo(String.class)
                .list());
  }

  /** What readers are shown. */
  BigDecimal balance(UUID account) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    SELECT coalesce((SELECT trim_scale(current_balance)
                                       FROM public.account_quota_states
                                      WHERE account_uuid = :account), 0)
                    """)
                .bind("account", account)
                .mapTo(BigDecimal.class)
                .one());
  }

  /** Orders whose entries are not exactly what their state says. */
  List<UUID> wrongOrders() {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    SELECT o.order_id
                      FROM billing.recharge_orders o
                      LEFT JOIN billing.operation_entries c
                        ON c.caller = 'recharge' AND c.idempotency_key = 'recharge|' || o.order_id
                      LEFT JOIN billing.operation_entries r
                        ON r.caller = 'recharge'
                       AND r.idempotency_key = 'recharge_refund|' || o.order_id
                     WHERE c.ledger_id IS DISTINCT FROM o.credit_entry
                        OR r.ledger_id IS DISTINCT FROM o.refund_entry
                        OR (c.ledger_id IS NOT NULL)
                           <> (o.state IN ('success', 'refunded'))
                        OR (r.ledger_id IS NOT NULL) <> (o.state = 'refunded')
                        OR coalesce(c.amount_delta, o.amount) <> o.amount
                        OR coalesce(r.amount_delta, -o.amount) <> -o.amount
                        OR coalesce(c.account_uuid, o.account_id) <> o.account_id
                    """)
                .mapTo(UUID.class)
                .list());
  }

  long count(String sql) {
    return jdbi.withHandle(handle -> handle.createQuery(sql).mapTo(long.class).one());
  }

  @Override
  public void close() {
    payments.close();
    emulator.close();
    door.stop(0);
    threads.shutdownNow();
  }

  private RechargeLedger ledger() {
    var rating =
        new RatingPolicy(
            BigDecimal.ZERO, 0, BigDecimal.ZERO, "v1", Map.of(), PeakHours.NONE, ZoneOffset.UTC);
    var pipeline =
        new Pipeline(
            jdbi,
            new PipelineSettings(rating, "", "test", false),
            time.withZone(ZoneOffset.UTC),
            PipelineWatch.NONE);
    return new WalletRecharges(
        jdbi,
        new WalletPolicy("CNY", ZoneOffset.UTC),
        pipeline::open,
        pipeline::settleStandings,
        time);
  }

  private void warmUp() {
    try {
      payments.get("nobody's", Duration.ofSeconds(20));
    } catch (PaymentFailure e) {
      // As expected: it knows no such payment.
    }
  }

  private void callback(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.sendResponseHeaders(taken(exchange), -1);
    }
  }

  private int taken(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    var signature = new CallbackSignature(List.of(SECRET), Duration.ofMinutes(5));
    var verdict =
        signature.check(
            Long.parseLong(exchange.getRequestHeaders().getFirst("X-Payment-Timestamp")),
            body,
            exchange.getRequestHeaders().getFirst("X-Payment-Signature"),
            time.instant().plus(ahead));
    if (verdict != CallbackSignature.Verdict.GOOD) {
      return 401;
    }
    try {
      var callback = CallbackJson.read("payments", body);
      recharge.callback(callback.orderId(), callback.report());
      return 200;
    } catch (RechargeProblem e) {
      return 400;
    }
  }
}
