package plus.svc.billing.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The clock of the service's machine is set forward and back while it works (libfaketime): nothing
 * is lost, doubled or dropped, and an instance whose clock is right takes over at once.
 */
@EnabledIfSystemProperty(
    named = "counterparts.required",
    matches = "true",
    disabledReason = "runs with -Pcounterparts, where libfaketime is installed")
final class ClockStepIT {

  private static final List<String> LIBRARIES =
      List.of(
          "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
          "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1");

  @TempDir static Path folder;

  @Test
  void aClockThatStepsLosesAndDoublesNothing() throws Exception {
    Path offset = folder.resolve("offset");
    step(offset, "+0");
    Map<String, String> stepping =
        Map.of(
            "LD_PRELOAD",
            LIBRARIES.stream()
                .filter(library -> Files.exists(Path.of(library)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("-Pcounterparts: install faketime")),
            "FAKETIME_TIMESTAMP_FILE",
            offset.toString(),
            "FAKETIME_NO_CACHE",
            "1",
            // Pauses and time limits go by the other clock, which nobody sets.
            "FAKETIME_DONT_FAKE_MONOTONIC",
            "1",
            "DONT_FAKE_MONOTONIC",
            "1");
    try (CrashPostgres postgres = CrashPostgres.start(folder.resolve("postgres"));
        CrashNodes nodes = new CrashNodes(15, Clock.systemUTC().instant());
        CrashWorld world =
            new CrashWorld(
                postgres, nodes, Files.createDirectory(folder.resolve("w")), new Random(15))) {
      nodes.answerAfter(Duration.ofMillis(500));
      try {
        ServiceProcess service = world.launch(ServiceProcess.JAR, stepping);
        world.awaitMoment(8);
        for (String by : List.of("+6h", "-6h", "+60d", "-60d")) {
          step(offset, by);
          world.moment(800);
          world.judge();
        }
        assertThat(service.isAlive()).isTrue();
        service.kill();
        long archived = world.archived();
        assertThat(archived).as("there is work left").isLessThan(nodes.snapshots());

        // A start with a wrong clock: days of the archive that are over by it alone stay.
        step(offset, "+60d");
        ServiceProcess ahead = world.launch(ServiceProcess.JAR, stepping);
        ahead.baseUrl();
        Patience.until("it has its leases", () -> world.leasesOf(ahead).size() == 3);
        assertThat(world.archived()).isGreaterThanOrEqualTo(archived);
        world.judge();

        // The right clock again, and beside it an instance that never had another.
        step(offset, "+0");
        ServiceProcess right = world.launch();
        right.baseUrl();
        assertThat(ahead.terminate(Duration.ofSeconds(20))).isEqualTo(143);
        world.judge();
        world.endWell(right);
      } catch (Throwable e) {
        throw new AssertionError(e.getMessage() + world.tails(), e);
      }
    }
  }

  /** Sets the clock so far off, at once. */
  private static void step(Path offset, String by) throws IOException {
    Path whole = Files.writeString(offset.resolveSibling("next-offset"), by + "\n");
    Files.move(whole, offset, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
