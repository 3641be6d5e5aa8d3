package plus.svc.billing.demo;

import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The demo's command line. */
@Command(
    name = "billing-demo",
    mixinStandardHelpOptions = true,
    description = {
      "Runs the whole of billing on this machine: a PostgreSQL of its own, three emulated exporters",
      "(HTTPS with a token, mutual TLS, plain HTTP on loopback) and the service, on accelerated time.",
      "Beside the traffic three services use the wallet over HTTP and gRPC, and people recharge at a",
      "payment service that tells things twice, late, wrongly or not at all."
    },
    footer = {
      "",
      "Without --for it runs until Ctrl-C. At the end it compares every byte the exporters emitted",
      "with what was billed, and what services were answered and payments came to with the balances.",
      "Exit codes: 0 the laws held, 1 a law was broken, 2 it could not run."
    })
final class DemoCommand implements Callable<Integer> {

  private final Clock machineClock;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--for",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "How long to run, like 30s or 2m.")
  private @Nullable Duration time;

  @Option(
      names = "--speed",
      paramLabel = "N",
      defaultValue = "60",
      description = "How many times faster than real time passes. Default: ${DEFAULT-VALUE}.")
  private int speed;

  @Option(
      names = "--users",
      paramLabel = "N",
      defaultValue = "300",
      description = "How many people use the nodes. Default: ${DEFAULT-VALUE}.")
  private int users;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "The same seed gives the same traffic. Default: ${DEFAULT-VALUE}.")
  private long seed;

  DemoCommand(Clock machineClock) {
    this.machineClock = machineClock;
  }

  @Override
  public Integer call() throws Exception {
    CommandLine line = commandLine();
    if (speed < 1 || users < 4) {
      throw new CommandLine.ParameterException(line, "--speed must be at least 1, --users 4");
    }
    PrintWriter out = line.getOut();
    CountDownLatch stop = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> endWith(stop, stopped), "demo-stop"));
    try (Demo demo = Demo.start(machineClock, speed, users, seed, out)) {
      demo.watch(stop, time);
      boolean held = demo.reckon();
      return held ? 0 : 1;
    } finally {
      stopped.countDown();
    }
  }

  private CommandLine commandLine() {
    if (spec == null) {
      throw new IllegalStateException("picocli gives the command its specification");
    }
    return spec.commandLine();
  }

  /** On Ctrl-C: lets the demo reckon and stop its servers before the process ends. */
  private static void endWith(CountDownLatch stop, CountDownLatch stopped) {
    stop.countDown();
    try {
      stopped.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Reads {@code 30s}, {@code 2m} and {@code 1m30s}. */
  static final class DurationConverter implements CommandLine.ITypeConverter<Duration> {
    @Override
    public Duration convert(String value) {
      try {
        Duration duration = Duration.parse("PT" + value);
        if (duration.compareTo(Duration.ofSeconds(5)) >= 0) {
          return duration;
        }
      } catch (java.time.format.DateTimeParseException e) {
        throw new CommandLine.TypeConversionException(
            "'" + value + "' is no time: write 30s, 2m or 1m30s");
      }
      throw new CommandLine.TypeConversionException(
          "'" + value + "' is too short: at least 5s, so that there is something to see");
    }
  }
}
