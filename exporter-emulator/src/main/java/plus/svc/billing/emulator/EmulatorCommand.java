package plus.svc.billing.emulator;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import plus.svc.billing.emulator.fault.Fault;
import plus.svc.billing.emulator.fault.FaultScript;
import plus.svc.billing.emulator.window.Access;
import plus.svc.billing.emulator.window.Flavour;
import plus.svc.billing.emulator.window.NodeConfig;
import plus.svc.billing.emulator.xray.SimulatedUser;

/** The command line: one simulated node on loopback, until it is stopped. */
@Command(
    name = "exporter-emulator",
    mixinStandardHelpOptions = true,
    version = "exporter-emulator 0.1.0",
    sortOptions = false,
    showDefaultValues = false,
    description = {
      "Answers like one of the platform's two traffic exporters, with simulated users behind it.",
      ""
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:stopped by Ctrl-C, or --for is over", "2:could not run"},
    exitCodeOnInvalidInput = 2,
    exitCodeOnExecutionException = 2,
    footerHeading = "%nExamples:%n",
    footer = {
      "  Two hours of history at once, then on in real time:",
      "    java -jar exporter-emulator.jar --flavour A --node jp-node --history PT2H",
      "  HTTPS with client certificates, made in ./tls, sixty times as fast, with faults:",
      "    java -jar exporter-emulator.jar --flavour B --node uat-node --tls-dir tls \\",
      "        --client-auth --speed 60 --script faults.json"
    })
public final class EmulatorCommand implements Callable<Integer> {
  private static final Duration TICK = Duration.ofMillis(100);

  private final InstantSource machineClock;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--flavour",
      required = true,
      paramLabel = "A|B",
      description = "A: x-evor/xray-exporter; B: ai-workspace-xstream/xray-exporter.")
  private Flavour flavour = Flavour.A;

  @Option(names = "--node", required = true, paramLabel = "ID", description = "The node id.")
  private String node = "";

  @Option(names = "--env", paramLabel = "ENV", description = "Default: prod for A, uat for B.")
  private @Nullable String env;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "On 127.0.0.1; 0 for any free one. Default: 8080 for A, 9550 for B.")
  private @Nullable Integer port;

  @Option(
      names = "--prefix",
      paramLabel = "PATH",
      description = "What comes before /v1, e.g. /xray-exporter/xhttp. Default: nothing.")
  private String prefix = "";

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "The bearer token. Default: one made up for this run.")
  private @Nullable Path tokenFile;

  @Option(
      names = "--tls-dir",
      paramLabel = "DIR",
      description =
          "HTTPS with DIR/server.pem and server-key.pem; if there is no ca.pem, the directory is"
              + " filled with a new authority, a server's and a client's certificate.")
  private @Nullable Path tlsDir;

  @Option(
      names = "--client-auth",
      description =
          "Want a client certificate by DIR/ca.pem, and no token. With --token-file: both.")
  private boolean clientAuth;

  @Option(names = "--users", paramLabel = "N", description = "Default: 20.")
  private int users = 20;

  @Option(names = "--seed", paramLabel = "N", description = "Same seed, same traffic. Default: 1.")
  private long seed = 1;

  @Option(
      names = "--interval",
      paramLabel = "TIME",
      description = "Between scrapes. Default: PT1M.")
  private Duration interval = Duration.ofMinutes(1);

  @Option(
      names = "--restart-every",
      paramLabel = "TIME",
      description = "About how often Xray restarts. Default: never.")
  private @Nullable Duration restartEvery;

  @Option(
      names = "--history",
      paramLabel = "TIME",
      description = "How much has already happened at the start, e.g. PT2H. Default: nothing.")
  private Duration history = Duration.ZERO;

  @Option(
      names = "--retention",
      paramLabel = "TIME",
      description = "How much history is kept. Default: PT72H.")
  private Duration retention = NodeConfig.DEFAULT_RETENTION;

  @Option(
      names = "--speed",
      paramLabel = "N",
      description =
          "The node's clock runs so many times as fast, beginning now. Default: 1. Above 1 it runs"
              + " ahead of yours.")
  private int speed = 1;

  @Option(
      names = "--started-at",
      description = "Snapshots tell when Xray started; the real exporters' don't.")
  private boolean startedAt;

  @Option(
      names = "--script",
      paramLabel = "FILE",
      description = "Faults as JSON, see the README. Relative instants count from now.")
  private @Nullable Path script;

  @Option(names = "--for", paramLabel = "TIME", description = "Stop by itself, e.g. PT30S.")
  private @Nullable Duration stopAfter;

  /**
   * The command on a clock.
   *
   * @param machineClock the machine's own
   */
  public EmulatorCommand(InstantSource machineClock) {
    this.machineClock = machineClock;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Instant now = machineClock.instant();
    String token = token();
    try (SimulatedExporter exporter = start(now, token)) {
      printHowTo(exporter, token, now);
      new Runner(exporter, out()).run(TICK, Optional.ofNullable(stopAfter));
    }
    return 0;
  }

  private SimulatedExporter start(Instant now, String token) throws IOException {
    List<Fault> faults = faults(now);
    EmulatorConfig config =
        new EmulatorConfig(nodeConfig(token), port == null ? flavour.defaultPort() : port, tls());
    SimulationConfig life =
        SimulationConfig.of(SimulatedUser.firstNumbered(users), seed, begin(now))
            .withScrapeInterval(interval)
            .withRestartEvery(restartEvery);
    InstantSource clock = new AcceleratedClock(machineClock, now, speed);
    SimulatedExporter exporter = SimulatedExporter.start(config, life, clock);
    exporter.faults().addAll(faults);
    return exporter;
  }

  private Instant begin(Instant now) {
    return now.minus(history).truncatedTo(ChronoUnit.SECONDS);
  }

  private NodeConfig nodeConfig(String token) {
    Access access = token.isEmpty() ? Access.open() : Access.bearer(token);
    return NodeConfig.of(flavour, node, env == null ? flavour.defaultEnv() : env, access)
        .withRetention(retention)
        .withProducerEpoch(startedAt)
        .withPathPrefix(prefix);
  }

  /** From the file, made up, or "" where the client certificate is enough. */
  private String token() throws IOException {
    if (tokenFile != null) {
      String token = Files.readString(tokenFile).strip();
      if (token.isEmpty()) {
        throw bad("--token-file " + tokenFile + " is empty");
      }
      return token;
    }
    if (clientAuth) {
      return "";
    }
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  private @Nullable ServerTls tls() throws IOException {
    if (tlsDir == null) {
      if (clientAuth) {
        throw bad("--client-auth needs --tls-dir");
      }
      return null;
    }
    return DevTls.in(tlsDir, node, clientAuth, machineClock);
  }

  private List<Fault> faults(Instant now) throws IOException {
    if (script == null) {
      return List.of();
    }
    try {
      return FaultScript.read(script, now);
    } catch (IllegalArgumentException e) {
      throw bad("--script " + script + ": " + e.getMessage());
    }
  }

  private void printHowTo(SimulatedExporter exporter, String token, Instant now) {
    PrintWriter out = out();
    out.printf(
        "Exporter %s, node %s, env %s, %d users: %s%n",
        flavour, node, exporter.emulator().exporter().config().env(), users, exporter.baseUri());
    out.println("Try:");
    out.println("  " + curl(exporter, token, now));
    out.println("Ctrl-C stops it.");
    out.flush();
  }

  private String curl(SimulatedExporter exporter, String token, Instant now) {
    return new CurlExample()
        .tls(tlsDir, clientAuth)
        .token(tokenFile == null ? token : "$(cat " + tokenFile + ")")
        .window(exporter.baseUri(), begin(now));
  }

  private PrintWriter out() {
    return command().commandLine().getOut();
  }

  private ParameterException bad(String message) {
    return new ParameterException(command().commandLine(), message);
  }

  private CommandSpec command() {
    if (spec == null) {
      throw new IllegalStateException("picocli sets the spec before it calls");
    }
    return spec;
  }
}
