package plus.svc.billing.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * PostgreSQL on a disk that runs full while the service writes: nothing half is kept, the service
 * stays, and goes on by itself when there is room again.
 */
@EnabledIfSystemProperty(
    named = "counterparts.required",
    matches = "true",
    disabledReason = "mounts a small disk, which needs root: runs with -Pcounterparts")
final class DiskFullIT {

  private static final int DISK_MIB = 256;

  @TempDir static Path folder;

  @Test
  void aDiskThatRunsFullLosesNothingAndTheServiceGoesOnWhenThereIsRoom() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    mount("mount", "-t", "tmpfs", "-o", "size=" + DISK_MIB + "m", "tmpfs", disk.toString());
    try (CrashPostgres postgres =
            CrashPostgres.start(folder.resolve("postgres"), disk.resolve("data"));
        CrashNodes nodes = new CrashNodes(22, Clock.systemUTC().instant());
        CrashWorld world =
            new CrashWorld(
                postgres, nodes, Files.createDirectory(folder.resolve("w")), new Random(22))) {
      nodes.answerAfter(Duration.ofMillis(300));
      try {
        ServiceProcess service = world.launch();
        world.awaitMoment(6);
        Path ballast = disk.resolve("ballast");
        fill(ballast);
        Patience.until(
            "the disk is felt",
            () ->
                service.log().contains("No space left") || !postgres.isAlive() || !world.answers());
        world.moment(1_000);
        assertThat(service.isAlive()).isTrue();

        Files.delete(ballast);
        if (!postgres.isAlive()) {
          postgres.startAgain(); // it went down where its own log had no room
        }
        Patience.until("PostgreSQL answers", world::answers);
        world.judge();
        assertThat(world.archived()).as("there was work left").isLessThan(nodes.snapshots());
        world.endWell(service);
      } catch (Throwable e) {
        throw new AssertionError(e.getMessage() + world.tails(), e);
      }
    } finally {
      mount("umount", "-l", disk.toString());
    }
  }

  /** Takes all the room that is left. */
  private static void fill(Path ballast) throws IOException {
    byte[] block = new byte[1 << 16];
    try (OutputStream out = Files.newOutputStream(ballast)) {
      for (int written = 0; written < DISK_MIB << 4; written++) {
        out.write(block);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left");
    }
  }

  private static void mount(String... line) throws IOException, InterruptedException {
    int status = new ProcessBuilder(line).inheritIO().start().waitFor();
    assertThat(status).as("-Pcounterparts: %s needs root", String.join(" ", line)).isZero();
  }
}
