package plus.svc.billing.demo.wallet;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.emulator.payment.Behaviour;
import plus.svc.billing.emulator.payment.PaymentEmulator;

/** Services and payments beside the traffic: what they run on, from start to reckoning. */
public final class WalletDemo implements AutoCloseable {

  private static final int CUSTOMERS = 8;
  private static final long PATIENCE_SECONDS = 30;

  /** A further account that a visitor may set up. */
  private static final UUID POINTS = UUID.fromString("00000000-0000-4000-8000-0000000000aa");

  private final WalletSettings settings;
  private final PaymentEmulator payments;
  private final List<UUID> visitors;
  private final List<PlatformService> services = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private @Nullable Shop shop;
  private volatile boolean stopped;

  private WalletDemo(WalletSettings settings, PaymentEmulator payments, List<UUID> visitors) {
    this.settings = settings;
    this.payments = payments;
    this.visitors = visitors;
  }

  /**
   * Makes what must be there before the service starts.
   *
   * @param secrets makes tokens
   * @param visitors two users without traffic, for whoever watches
   */
  public static WalletDemo prepare(
      Supplier<String> secrets, InstantSource clock, List<UUID> visitors) throws IOException {
    WalletSettings settings = WalletSettings.with(secrets);
    PaymentEmulator payments =
        PaymentEmulator.start(
            new PaymentEmulator.Settings(null, "", settings.callbackSecret(), Behaviour.SUCCEED),
            clock);
    return new WalletDemo(settings, payments, visitors);
  }

  /** The service's environment, as far as the wallet needs it. */
  public Map<String, String> variables() {
    return settings.variables();
  }

  /** The shipped configuration, changed as the wallet's callers need it. */
  public String configured(String shipped) {
    List<UUID> accounts = new ArrayList<>(visitors);
    accounts.add(POINTS);
    return settings.in(shipped, payments, accounts);
  }

  /**
   * Lets services and shop begin.
   *
   * @param people whose accounts they use
   * @param speed how many times faster than real time passes
   */
  public void start(URI service, List<UUID> people, int speed, long seed) throws IOException {
    List<UUID> customers = people.subList(0, Math.min(CUSTOMERS, people.size()));
    Works works = new Works(customers, 2 * speed);
    PlatformService passport =
        new PlatformService("passport", new HttpCaller(service, settings.passport()), seed);
    PlatformService payment =
        new PlatformService(
            "payment", new GrpcCaller(settings.grpcAddress(), settings.payment()), seed + 1);
    PlatformService asset =
        new PlatformService("asset", new HttpCaller(service, settings.asset()), seed + 2);
    services.addAll(List.of(passport, payment, asset));
    Bonus.pay(asset, new HttpCaller(service, settings.asset()), people);
    Shop opened = new Shop(new HttpCaller(service, settings.shop()), payments, customers);
    shop = opened;
    launch("passport", () -> passport.run(works::passport, () -> stopped));
    launch("payment", () -> payment.run(works::payment, () -> stopped));
    launch("asset", () -> asset.run(works::asset, () -> stopped));
    launch("shop", () -> opened.run(new Random(seed), () -> stopped));
  }

  /** Says how whoever watches can try it. */
  public void welcome(URI service, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "%nThree services use the wallet and a shop sells recharges meanwhile. Try it for two people"
            + " of your own:%n  export API=%s GRPC=%s TOKEN=%s%n  export ALICE=%s BOB=%s POINTS=%s%n",
        service,
        settings.grpcAddress(),
        settings.visitor(),
        visitors.get(0),
        visitors.get(1),
        POINTS);
    out.println(
        """
          curl -H "Authorization: Bearer $TOKEN" "$API/api/v1/billing/account?userId=$ALICE"
          curl -H "Authorization: Bearer $TOKEN" -H 'Idempotency-Key: first' $API/internal/v1/billing/deduct \\
            -d '{"userId":"'$ALICE'","serviceName":"passport","count":3}'
        docs/wallet.md goes on from there, gRPC included.""");
  }

  /** What shows how it goes. */
  public WalletBoard board(Jdbi jdbi) {
    return new WalletBoard(new WalletFacts(jdbi, visitors));
  }

  /** What is known of services and payments so far. */
  public WalletReckoning reckoning(PrintWriter out) throws InterruptedException {
    stop();
    Shop opened = shop;
    if (opened == null) {
      throw new IllegalStateException("nobody used the wallet yet");
    }
    return new WalletReckoning(services, opened, payments, visitors, out);
  }

  @Override
  public void close() {
    stopped = true;
    services.forEach(service -> service.caller().close());
    payments.close();
  }

  /** Lets everybody come to the end of what they do. */
  private void stop() throws InterruptedException {
    stopped = true;
    for (Thread thread : threads) {
      thread.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
    }
  }

  private void launch(String name, Runnable work) {
    Thread thread = new Thread(work, "demo-" + name);
    thread.setDaemon(true);
    thread.start();
    threads.add(thread);
  }
}
