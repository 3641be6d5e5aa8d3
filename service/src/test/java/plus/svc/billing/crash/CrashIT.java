package plus.svc.billing.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The built service and a real PostgreSQL, ended in every rude way at random moments. After each
 * blow, and while the others work on, the facts must be those of the archive; at the end those of
 * all that the exporters have.
 *
 * <p>Each scenario is played {@code crash.rounds} times (1), with one seed after the other; {@code
 * crash.seed} begins with one that a failure told: the same traffic and the same choices, though
 * the machine's own timing stays its own.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "it has no signals")
final class CrashIT {

  private static final int ROUNDS = Integer.getInteger("crash.rounds", 1);
  private static final long SEED = Long.getLong("crash.seed", new Random().nextInt(1_000_000));

  @TempDir static Path folder;
  private static CrashPostgres postgres;

  @BeforeAll
  static void start() throws IOException {
    System.out.println("crash tests: -Dcrash.seed=" + SEED + " -Dcrash.rounds=" + ROUNDS);
    postgres = CrashPostgres.start(folder.resolve("postgres"));
  }

  @AfterAll
  static void stop() throws IOException {
    postgres.close();
  }

  @Test
  void aServiceThatIsKilledAgainAndAgainEndsInTheSameFacts() throws Exception {
    inAWorld(
        1,
        (world, random) -> {
          for (int left = 2; left > 0; left--) {
            ServiceProcess service = world.launch();
            if (random.nextInt(4) == 0) {
              world.moment(2_500);
            } else {
              world.awaitMoment(left);
            }
            service.kill();
            world.judge();
          }
          ServiceProcess cut = world.launch();
          cut.baseUrl();
          var unused = cut.post("/v1/jobs/reconcile");
          Patience.until("it runs", () -> world.runsByStatus().containsKey("running"));
          cut.kill();
          world.endWell(world.launch());
          assertThat(world.runsByStatus()).containsEntry("abandoned", 1L);
        });
  }

  @Test
  void aDatabaseThatIsStoppedAtOnceAndComesBackEndsInTheSameFacts() throws Exception {
    inAWorld(
        2,
        (world, random) -> {
          ServiceProcess service = world.launch();
          for (int left = 2; left > 0; left--) {
            world.awaitMoment(left);
            postgres.stopAtOnce();
            world.moment(700);
            postgres.startAgain();
            world.judge();
          }
          world.endWell(service);
        });
  }

  @Test
  void connectionsCutInMidTransactionEndInTheSameFacts() throws Exception {
    inAWorld(
        3,
        (world, random) -> {
          ServiceProcess service = world.launch();
          for (int left = 6; left > 0; left--) {
            world.awaitMoment(left);
            Patience.until("a transaction is cut", world::cutOne);
            if (left % 3 == 0) {
              world.judge();
            }
          }
          world.endWell(service);
        });
  }

  @Test
  void instancesThatDieOrFreezeHandTheirSourcesOnAndWriteNothingLate() throws Exception {
    inAWorld(
        4,
        (world, random) -> {
          List<ServiceProcess> alive = new ArrayList<>();
          alive.add(world.launch());
          alive.add(world.launch());
          alive.add(world.launch());
          for (int left = 3; left > 0; left--) {
            world.awaitMoment(left);
            ServiceProcess hit = holder(world, alive, random);
            if (random.nextInt(3) == 0) {
              alive.remove(hit);
              hit.kill();
              if (alive.size() == 1) {
                alive.add(world.launch());
              }
            } else {
              hit.pause();
              Patience.until(
                  "another took over from the frozen " + hit.instance(),
                  Duration.ofSeconds(20),
                  () -> world.leasesOf(hit).isEmpty());
              hit.goOn();
            }
            world.judge();
          }
          ServiceProcess last = alive.remove(0);
          for (ServiceProcess other : alive) {
            other.terminate(Duration.ofSeconds(20));
          }
          world.endWell(last);
        });
  }

  @Test
  void aServiceThatIsAskedToEndFinishesWhatItWritesAndLetsGo() throws Exception {
    inAWorld(
        5,
        (world, random) -> {
          ServiceProcess service = world.launch();
          service.baseUrl();
          var unused = service.post("/v1/jobs/collect-and-rate");
          world.awaitMoment(1);
          assertThat(service.terminate(Duration.ofSeconds(15))).isEqualTo(143);
          assertThat(service.log()).doesNotContain("interrupting");
          world.judge();
          assertThat(leasesInForce(world)).isZero();
          assertThat(world.runsByStatus()).doesNotContainKey("running");
          world.endWell(world.launch());
        });
  }

  @Test
  void aStopInMidPageCommitsThePageWhole() throws Exception {
    inAWorld(
        6,
        (world, random) -> {
          ServiceProcess waits = world.launch(Map.of("STOP_LIMIT", "60s"));
          long before;
          try (HeldLedger ledger = HeldLedger.in(world.jdbi())) {
            ledger.awaitWaiting(waits.instance());
            before = world.archived();
            URI base = waits.baseUrl();
            waits.askToEnd();
            Patience.until("it stops", () -> ServiceProcess.isClosed(base));
            assertThat(waits.isAlive()).as("it waits for its transaction").isTrue();
            // Pages that charge nothing don't wait for the ledger, and may be there by now.
          }
          assertThat(waits.terminate(Duration.ofSeconds(20))).isEqualTo(143);
          assertThat(world.archived()).as("the page is there, whole").isGreaterThan(before);
          world.judge();
          world.endWell(world.launch());
        });
  }

  @Test
  void aStopThatTheDatabaseNeverAnswersEndsTheProcessWithinItsLimit() throws Exception {
    inAWorld(
        7,
        (world, random) -> {
          try (SilentRelay relay = SilentRelay.to(postgres.port())) {
            ServiceProcess cut =
                world.launch(
                    Map.of(
                        "STOP_LIMIT",
                        "2s",
                        "DATABASE_URL",
                        postgres.url(world.database(), relay.port())
                            + "&application_name=instance-1"));
            world.awaitMoment(9);
            relay.beSilent();
            int code = cut.terminate(Duration.ofSeconds(10));
            // Where nothing was under way there was nothing to cut short.
            assertThat(code).isIn(1, 143);
            assertThat(cut.log().contains("the stop takes longer than PT2S")).isEqualTo(code == 1);
            world.judge();
            // The database still has its connections; what was under way in them holds nobody up.
            long before = world.archived();
            ServiceProcess next = world.launch();
            Patience.until("the next one works on", () -> world.archived() > before);
            world.judge();
            assertThat(next.isAlive()).isTrue();
          }
        });
  }

  /** One of those that have a lease, or else any. */
  private static ServiceProcess holder(
      CrashWorld world, List<ServiceProcess> alive, Random random) {
    List<ServiceProcess> holders =
        alive.stream().filter(process -> !world.leasesOf(process).isEmpty()).toList();
    List<ServiceProcess> chosen = holders.isEmpty() ? alive : holders;
    return chosen.get(random.nextInt(chosen.size()));
  }

  private static long leasesInForce(CrashWorld world) {
    return world
        .jdbi()
        .withHandle(
            h ->
                h.createQuery(
                        "SELECT count(*) FROM billing.source_leases"
                            + " WHERE expires_at > clock_timestamp()")
                    .mapTo(Long.class)
                    .one());
  }

  /** What happens in a world. */
  private interface Scenario {
    void play(CrashWorld world, Random random) throws Exception;
  }

  private static void inAWorld(int number, Scenario scenario) throws Exception {
    for (long seed = SEED; seed < SEED + ROUNDS; seed++) {
      Random random = new Random(seed * 31 + number);
      Path own = Files.createTempDirectory(folder, "world");
      try (CrashNodes nodes = new CrashNodes(seed, Clock.systemUTC().instant());
          CrashWorld world = new CrashWorld(postgres, nodes, own, random)) {
        nodes.answerAfter(Duration.ofMillis(5 + random.nextInt(20)));
        try {
          scenario.play(world, random);
        } catch (Throwable e) {
          throw new AssertionError(
              "repeat with -Dcrash.seed=" + seed + ": " + e.getMessage() + world.tails(), e);
        }
      }
    }
  }
}
