package plus.svc.billing.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The built service, and PostgreSQL, whose clock is set while they work: by minutes, hours and
 * weeks, on and back. After each step every fact is that of the archive, and at the end that of all
 * that the exporters have, once.
 */
@EnabledIfSystemProperty(
    named = "counterparts.required",
    matches = "true",
    disabledReason = "compiles a clock that can be set: runs with -Pcounterparts")
final class ClockStepIT {

  @TempDir static Path folder;
  private static ClockStep clock;
  private static ClockStep databaseClock;
  private static InstalledPostgres postgres;

  @BeforeAll
  static void start() throws Exception {
    clock = ClockStep.in(Files.createDirectory(folder.resolve("ours")));
    databaseClock = ClockStep.in(Files.createDirectory(folder.resolve("theirs")));
    Path programs =
        InstalledPostgres.programs()
            .orElseThrow(() -> new AssertionError("-Pcounterparts: install postgresql"));
    postgres =
        InstalledPostgres.create(programs, folder.resolve("postgres"), databaseClock.variables());
  }

  @AfterAll
  static void stop() throws Exception {
    postgres.close();
  }

  @Test
  void aServiceWhoseClockIsSetOnAndBackReadsEverySnapshotOnce() throws Exception {
    databaseClock.to(Duration.ZERO);
    try (CrashNodes nodes = new CrashNodes(61, Clock.systemUTC().instant());
        CrashWorld world =
            new CrashWorld(
                postgres, nodes, Files.createDirectory(folder.resolve("a")), new Random(61))) {
      try {
        List<Instant> history =
            nodes.history().keySet().stream()
                .map(name -> Instant.parse(name.substring(name.indexOf(' ') + 1)))
                .toList();
        // As if it were a while ago: what came about since is "of the future" to it.
        clock.to(Duration.ofMinutes(-100));
        ServiceProcess service = world.launch(clock.variables());
        readsUpToItsTime(world, history);

        clock.by(Duration.ofMinutes(5));
        readsUpToItsTime(world, history);

        clock.by(Duration.ofHours(-1));
        long before = world.archived();
        turns(world);
        assertThat(world.archived()).as("nothing of the future is asked for").isEqualTo(before);
        assertThat(service.log()).contains("which is still to come");
        assertThat(service.post("/v1/jobs/collect-and-rate").join()).contains("\"status\":\"ok\"");
        assertThat(pushNewest(service, nodes)).contains("more than 5 minutes ahead of us");
        lives(service, world);

        clock.by(Duration.ofMinutes(95));
        readsUpToItsTime(world, history);

        // Over the month's end, and further than an exporter's memory: it has nothing to tell.
        clock.to(Duration.ofDays(50));
        turns(world);
        lives(service, world);
        service.kill();
        service = world.launch(clock.variables());
        turns(world);
        clock.by(Duration.ofDays(-10));
        turns(world);
        lives(service, world);

        clock.to(Duration.ZERO);
        turns(world);
        world.endWell(service);
        assertThat(pushNewest(service, nodes)).doesNotContain("ahead of us");
      } catch (Throwable e) {
        throw new AssertionError(e.getMessage() + world.tails(), e);
      }
    }
  }

  @Test
  void aDatabaseWhoseClockIsSetOnAndBackLetsNobodyWriteTwiceAndNoSourceWaits() throws Exception {
    databaseClock.to(Duration.ZERO);
    try (CrashNodes nodes = new CrashNodes(62, Clock.systemUTC().instant());
        CrashWorld world =
            new CrashWorld(
                postgres, nodes, Files.createDirectory(folder.resolve("b")), new Random(62))) {
      nodes.answerAfter(Duration.ofMillis(300));
      try {
        ServiceProcess one = world.launch();
        ServiceProcess other = world.launch();
        Patience.until("it works", () -> world.archived() > 5);
        // Every lease is over at once.
        databaseClock.by(Duration.ofHours(1));
        world.moment(500);
        world.judge();
        databaseClock.by(Duration.ofHours(-3));
        world.judge();
        // Had its leases hours to go by the clock that was set back, nobody would take over.
        boolean first = !world.leasesOf(one).isEmpty();
        (first ? one : other).kill();
        ServiceProcess left = first ? other : one;
        Patience.until("it has every source", () -> world.leasesOf(left).size() == 3);
        long before = world.archived();
        assertThat(before).as("there is work left").isLessThan(nodes.snapshots());
        Patience.until("it works on", () -> world.archived() > before);
        world.judge();
      } catch (Throwable e) {
        throw new AssertionError(e.getMessage() + world.tails(), e);
      }
    }
  }

  /** What exporters had by its time is archived, and no more. */
  private static void readsUpToItsTime(CrashWorld world, List<Instant> history) {
    Patience.until(
        "all up to " + clock.instant() + " is read, and no more",
        () -> {
          Instant until = clock.instant().truncatedTo(ChronoUnit.MINUTES).minusSeconds(60);
          return world.archived() == history.stream().filter(at -> !at.isAfter(until)).count();
        });
    world.judge();
  }

  /** Every source is read by its time, and this is noted; what is counted does not change. */
  private static void turns(CrashWorld world) {
    Instant now = clock.instant();
    Patience.until(
        "every source is asked about " + now,
        () ->
            world
                .jdbi()
                .withHandle(
                    h ->
                        h.createQuery(
                                """
                            SELECT count(*) = 3 FROM public.billing_source_sync_state
                             WHERE last_attempted_at BETWEEN :now AND :soon
                               AND last_succeeded_at BETWEEN :now AND :soon
                            """)
                            .bind("now", Timestamp.from(now))
                            .bind("soon", Timestamp.from(now.plusSeconds(60)))
                            .mapTo(Boolean.class)
                            .one()));
    world.judge();
  }

  /** Its loops beat, its leases are its own, and it takes calls. */
  private static void lives(ServiceProcess service, CrashWorld world) throws Exception {
    assertThat(service.get("/livez").statusCode()).isEqualTo(200);
    assertThat(service.get("/readyz").statusCode()).isEqualTo(200);
    assertThat(world.leasesOf(service)).hasSize(3);
  }

  private static String pushNewest(ServiceProcess service, CrashNodes nodes)
      throws IOException, InterruptedException {
    String newest =
        nodes.history().keySet().stream()
            .filter(name -> name.startsWith(CrashNodes.ENV + ":tokyo "))
            .reduce((one, next) -> next)
            .orElseThrow();
    String body =
        "{\"node_id\": \"tokyo\", \"env\": \""
            + CrashNodes.ENV
            + "\", \"samples\": [], \"collected_at\": \""
            + newest.substring(newest.indexOf(' ') + 1)
            + "\"}";
    return service.post("/v1/ingest/snapshots", body).body();
  }
}
