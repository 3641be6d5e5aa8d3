package plus.svc.billing.wallet;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.Pipeline;
import plus.svc.billing.pipeline.PipelineSettings;
import plus.svc.billing.pipeline.PipelineWatch;
import plus.svc.billing.pipeline.rating.PeakHours;
import plus.svc.billing.pipeline.rating.RatingPolicy;
import plus.svc.billing.testing.TestDatabase;

/**
 * The wallet in a process of its own, to be ended rudely: takes requests as lines on its standard
 * input and tells of each, on its standard output, what became of it.
 *
 * <p>A line is {@code key kind account amount other}; {@code other} is the second account of a
 * transfer, the key that made the hold of a commit or a void, {@code -} else.
 */
public final class WalletProcess {

  private WalletProcess() {}

  /** The request of a line. */
  public static WalletRequest request(String line) {
    String[] words = line.split(" ", -1);
    UUID account = UUID.fromString(words[2]);
    BigDecimal amount = new BigDecimal(words[3]);
    return WalletRequest.of("crash", words[0], "test", command(words, account, amount), line);
  }

  private static Command command(String[] words, UUID account, BigDecimal amount) {
    return switch (words[1]) {
      case "post" -> new Command.Post(account, amount, "CNY", "", true);
      case "append" -> new Command.Post(account, amount, "CNY", "", false);
      case "deduct" -> new Command.Deduct(account, "payment", amount.longValueExact());
      case "reserve" -> new Command.Reserve(account, amount, "CNY", 2);
      case "reserve_use" -> new Command.ReserveUse(account, "payment", amount.longValueExact(), 2);
      case "commit" -> new Command.Commit(WalletRequest.idOf("crash", words[4]), null, null);
      case "void" -> new Command.Release(WalletRequest.idOf("crash", words[4]));
      case "transfer" ->
          new Command.Group(
              List.of(
                  new Command.Leg(account, amount.negate(), "CNY"),
                  new Command.Leg(UUID.fromString(words[4]), amount, "CNY")),
              "");
      default -> throw new IllegalArgumentException(words[1]);
    };
  }

  /** Its wallet on a database. */
  public static WalletEngine engine(Jdbi jdbi) {
    Clock clock = Clock.systemUTC();
    RatingPolicy rating =
        new RatingPolicy(
            BigDecimal.ZERO, 0, BigDecimal.ZERO, "v1", Map.of(), PeakHours.NONE, ZoneOffset.UTC);
    Pipeline pipeline =
        new Pipeline(
            jdbi, new PipelineSettings(rating, "", "test", false), clock, PipelineWatch.NONE);
    ServicePriceBook prices =
        new ServicePriceBook(
            jdbi, Map.of("payment", new ServicePriceBook.Terms(new BigDecimal("0.10"), 40)), clock);
    return new WalletEngine(
        jdbi,
        new WalletPolicy("CNY", ZoneOffset.UTC),
        new Wallet.Limits(2, 50, 50, Duration.ofSeconds(5)),
        prices::prices,
        pipeline::open,
        pipeline::settleStandings,
        clock);
  }

  /** Works until its input ends or it is killed. */
  public static void main(String[] args) throws IOException {
    TestDatabase database = new TestDatabase("", args[0], args[1], args[2]);
    WalletEngine engine = engine(database.jdbi());
    ScheduledExecutorService tending = Executors.newSingleThreadScheduledExecutor();
    var unused =
        tending.scheduleWithFixedDelay(() -> tend(engine), 100, 200, TimeUnit.MILLISECONDS);
    System.out.println("ready");
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      WalletRequest request = request(line);
      var ignored =
          engine
              .wallet()
              .apply(request)
              .handle(
                  (answer, failure) -> {
                    tell(request, answer);
                    return answer;
                  });
    }
    tending.shutdownNow();
    engine.close();
  }

  private static void tell(WalletRequest request, @Nullable WalletAnswer answer) {
    String what = answer == null ? "unknown" : answer.isDone() ? "applied" : "rejected";
    synchronized (System.out) {
      System.out.println(request.key() + " " + what);
      System.out.flush();
    }
  }

  private static void tend(WalletEngine engine) {
    try {
      engine.tending().tend();
    } catch (RuntimeException e) {
      System.err.println("not tended: " + e.getMessage());
    }
  }
}
