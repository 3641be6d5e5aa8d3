package plus.svc.billing.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.BillingApplication;
import plus.svc.billing.RunningService;
import plus.svc.billing.demo.wallet.WalletDemo;
import plus.svc.billing.demo.wallet.WalletReckoning;
import plus.svc.billing.emulator.AcceleratedClock;
import plus.svc.billing.emulator.tls.DevCertificates;
import plus.svc.billing.emulator.xray.SimulatedUser;

/** Everything the demo starts, in the order it starts it; closed in the reverse order. */
final class Demo implements AutoCloseable {

  private static final Duration TICK = Duration.ofMillis(250);
  private static final Duration LATECOMERS_AFTER = Duration.ofMinutes(6);

  /** What everybody has when the demo begins, and what one person tops up later. */
  private static final BigDecimal INITIAL_BALANCE = new BigDecimal("5");

  private static final BigDecimal TOP_UP = new BigDecimal("10");

  /** Two people without traffic, for whoever watches. */
  private static final List<SimulatedUser> VISITORS =
      List.of(
          new SimulatedUser(
              "0000000a-0000-4000-8000-00000000a11c",
              "00000000-0000-4000-8000-00000000a11c",
              "alice@example.org"),
          new SimulatedUser(
              "0000000a-0000-4000-8000-000000000b0b",
              "00000000-0000-4000-8000-000000000b0b",
              "bob@example.org"));

  private final Path folder;
  private final DemoDatabase database;
  private final Clock clock;
  private final List<DemoNode> nodes;
  private final RunningService service;
  private final Account account;
  private final PrintWriter out;
  private final People people;
  private final WalletDemo wallet;
  private final int speed;
  private boolean latecomersRegistered;

  /** What the demo gives its people and its callers. */
  private record Account(String token, String adminToken) {}

  /**
   * Who uses the nodes.
   *
   * @param late those who use them before accounts has them registered
   */
  private record People(List<SimulatedUser> all, List<SimulatedUser> late) {
    static People of(int count) {
      List<SimulatedUser> all =
          SimulatedUser.firstNumbered(count).stream().map(Demo::withProxy).toList();
      return new People(all, all.subList(count - Math.max(1, count / 30), count));
    }

    List<SimulatedUser> early() {
      return all.subList(0, all.size() - late.size());
    }
  }

  private Demo(
      Path folder,
      DemoDatabase database,
      Clock clock,
      List<DemoNode> nodes,
      RunningService service,
      Account account,
      PrintWriter out,
      People people,
      WalletDemo wallet,
      int speed) {
    this.folder = folder;
    this.database = database;
    this.clock = clock;
    this.nodes = nodes;
    this.service = service;
    this.account = account;
    this.out = out;
    this.people = people;
    this.wallet = wallet;
    this.speed = speed;
  }

  /** Starts all of it and says what can be tried. */
  static Demo start(Clock machine, int speed, int users, long seed, PrintWriter out)
      throws Exception {
    Path folder = Files.createTempDirectory("billing-demo");
    out.println("starting PostgreSQL ...");
    out.flush();
    DemoDatabase database = DemoDatabase.start(folder);
    Instant start = machine.instant().truncatedTo(ChronoUnit.MINUTES);
    Clock clock = new DemoClock(new AcceleratedClock(machine, start, speed));
    DevCertificates certificates = DevCertificates.in(folder, "exporter.example", machine);
    certificates.authority().writeTo(folder, "ca");
    Files.writeString(
        folder.resolve("client-pair.pem"), certificates.client("billing-service").pairPem());
    People people = People.of(users);
    Account account = new Account(secret(), secret());
    String exporterToken = secret();
    DemoNode.Setting setting = new DemoNode.Setting(folder, certificates, clock, start, seed);
    List<DemoNode> nodes =
        List.of(
            DemoNode.bearer(setting, people.all(), exporterToken),
            DemoNode.mutual(setting, people.all().subList(0, users * 2 / 3)),
            DemoNode.plain(setting, people.all().subList(users / 3, users)));
    WalletDemo wallet = WalletDemo.prepare(Demo::secret, clock, DemoDatabase.uuids(VISITORS));
    Map<String, String> variables = variables(database, nodes, account, exporterToken);
    variables.putAll(wallet.variables());
    Path config = folder.resolve("config.yml");
    Files.writeString(config, wallet.configured(shippedConfig()));
    migrate(variables, clock, config);
    database.register(people.early());
    database.register(VISITORS);
    RunningService service = RunningService.start(config, variables, clock);
    Demo demo =
        new Demo(folder, database, clock, nodes, service, account, out, people, wallet, speed);
    demo.welcome();
    wallet.start(service.baseUrl(), DemoDatabase.uuids(people.early()), speed, seed);
    return demo;
  }

  /** Migrates as the command line does, without its chatter. */
  private static void migrate(Map<String, String> variables, Clock clock, Path config)
      throws Exception {
    PrintStream console = System.out;
    System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    try {
      new BillingApplication(variables, clock).run("db", "migrate", config.toString());
    } finally {
      System.setOut(console);
    }
  }

  /** The configuration is the very file that is shipped, but for the request log. */
  private static String shippedConfig() throws IOException {
    try (InputStream shipped = Demo.class.getResourceAsStream("/config.yml")) {
      if (shipped == null) {
        throw new IllegalStateException("the demo's jar holds no config.yml");
      }
      String text = new String(shipped.readAllBytes(), StandardCharsets.UTF_8);
      // A line a request would drown what the demo shows.
      return text.replace("\nserver:\n", "\nserver:\n  requestLog:\n    appenders: []\n");
    }
  }

  private static Map<String, String> variables(
      DemoDatabase database, List<DemoNode> nodes, Account account, String exporterToken)
      throws IOException {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("DATABASE_URL", database.url());
    variables.put(
        "EXPORTER_SOURCES_JSON",
        new ObjectMapper().writeValueAsString(nodes.stream().map(DemoNode::source).toList()));
    variables.put("JP_TOKYO_TOKEN", exporterToken);
    variables.put("INTERNAL_SERVICE_TOKEN", account.token());
    variables.put("BILLING_ADMIN_TOKEN", account.adminToken());
    variables.put("ADMIN_LISTEN_ADDR", "127.0.0.1:0");
    variables.put("COLLECT_INTERVAL", "1s");
    variables.put("PRICE_PER_BYTE", "0.000000002");
    variables.put("INITIAL_INCLUDED_QUOTA_BYTES", "40000000");
    variables.put("INITIAL_BALANCE", INITIAL_BALANCE.toPlainString());
    variables.put("LOG_LEVEL", "ERROR");
    return variables;
  }

  private static String secret() {
    byte[] bytes = new byte[16];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** Another proxy UUID than the account's, so that identities have to be found. */
  private static SimulatedUser withProxy(SimulatedUser person) {
    return new SimulatedUser(
        person.identifier().replaceFirst("^00000000", "0000000a"),
        person.accountUuid(),
        person.email());
  }

  private void welcome() {
    out.println();
    out.printf(
        Locale.ROOT,
        "%d people on %d nodes, %d times as fast as real time. Try:%n",
        people.all().size(),
        nodes.size(),
        speed);
    out.printf(Locale.ROOT, "  curl %s/healthz%n", service.baseUrl());
    out.printf(
        Locale.ROOT,
        "  curl -H 'Authorization: Bearer %s' %s/v1/status%n",
        account.token(),
        service.baseUrl());
    out.printf(
        Locale.ROOT,
        "  curl -X POST -H 'Authorization: Bearer %s' %s/v1/jobs/collect-and-rate%n",
        account.token(),
        service.baseUrl());
    out.printf(Locale.ROOT, "  psql '%s'%n", database.url());
    wallet.welcome(service.baseUrl(), out);
    out.println();
    out.flush();
  }

  /** Shows what happens until told to stop or the time is over. */
  void watch(CountDownLatch stop, @Nullable Duration time) throws InterruptedException {
    Scoreboard board = new Scoreboard(database, nodes, wallet.board(database.jdbi()), out);
    long turns = time == null ? Long.MAX_VALUE : time.dividedBy(TICK);
    Instant began = clock.instant();
    for (long turn = 1; turn <= turns; turn++) {
      nodes.forEach(node -> node.exporter().tick());
      if (!latecomersRegistered
          && Duration.between(began, clock.instant()).compareTo(LATECOMERS_AFTER) > 0) {
        welcomeLatecomers();
      }
      if (turn % 8 == 0) {
        board.show(clock.instant());
      }
      if (stop.await(TICK.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    }
  }

  private void welcomeLatecomers() {
    latecomersRegistered = true;
    database.register(people.late());
    database.topUp(people.all().get(0), TOP_UP.toPlainString(), clock.instant());
    out.printf(
        Locale.ROOT,
        "          %d people are registered who used the nodes before; one tops up%n",
        people.late().size());
    out.flush();
  }

  /** Lets everything come to rest, then holds what was billed against what was emitted. */
  boolean reckon() throws InterruptedException {
    if (!latecomersRegistered) {
      welcomeLatecomers();
    }
    out.printf(
        Locale.ROOT, "%nreckoning: the last snapshot is taken, the service catches up ...%n");
    out.flush();
    nodes.forEach(node -> node.exporter().finish());
    WalletReckoning money = wallet.reckoning(out);
    OwnAudit audit = new OwnAudit(service.adminUrl(), account.adminToken());
    return new Reckoning(database, nodes, service.baseUrl(), account.token(), out)
        .run(
            checks -> {
              money.run(database.jdbi(), this::given, checks);
              audit.run(checks);
            });
  }

  private BigDecimal given(UUID person) {
    boolean toppedUp = person.toString().equals(people.all().get(0).accountUuid());
    return toppedUp ? INITIAL_BALANCE.add(TOP_UP) : INITIAL_BALANCE;
  }

  @Override
  public void close() throws IOException {
    out.println("stopping ...");
    out.flush();
    wallet.close();
    service.close();
    nodes.forEach(node -> node.exporter().close());
    database.close();
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(Demo::delete);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
