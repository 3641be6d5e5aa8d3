package plus.svc.billing.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import plus.svc.billing.api.report.Format;
import plus.svc.billing.audit.Audit;
import plus.svc.billing.audit.AuditRequest;
import plus.svc.billing.audit.ExporterAccess;
import plus.svc.billing.pipeline.rating.PeakHours;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.quantity.NodeKey;
import plus.svc.billing.testing.PostgresHarness;

/**
 * Measures an audit of a healthy stretch of time, where it is asked for: {@code -Daudit.speed=
 * NODES,ACCOUNTS,MINUTES -DargLine=-Xmx256m}. Prints how fast it is and how much memory it took.
 */
class AuditSpeedIT {

  @Test
  @EnabledIfSystemProperty(named = "audit.speed", matches = ".+")
  void aHealthyStretchOfTime() throws IOException {
    String[] sizes = System.getProperty("audit.speed", "10,50,1440").split(",", -1);
    int nodes = Integer.parseInt(sizes[0]);
    int accounts = Integer.parseInt(sizes[1]);
    int minutes = Integer.parseInt(sizes[2]);
    World world = new World(PostgresHarness.shared().freshDatabase());
    world.rating = PipelineIT.withQuota(world, 500_000);
    List<UUID> users = new ArrayList<>();
    for (int i = 0; i < accounts; i++) {
      users.add(world.user());
    }
    long began = System.nanoTime();
    for (int minute = 0; minute < minutes; minute += 20) {
      for (int node = 0; node < nodes; node++) {
        List<Snapshot> page = new ArrayList<>();
        for (int i = minute; i < Math.min(minutes, minute + 20); i++) {
          page.add(snapshot(new NodeKey("speed", "n" + node), i, users));
        }
        world.deliver(page);
      }
    }
    long made = System.nanoTime();
    world.jdbi.useHandle(h -> h.execute("ANALYZE"));
    Instant until = World.DAY.plus(Duration.ofMinutes(minutes));
    for (int round = 0; round < 3; round++) {
      System.gc();
      Peak peak = new Peak();
      long from = System.nanoTime();
      AuditReport report = AuditReport.of(world.jdbi, PeakHours.NONE, Set.of(), World.DAY, until);
      double seconds = (System.nanoTime() - from) / 1e9;
      long series = (long) nodes * accounts * minutes;
      System.out.printf(
          java.util.Locale.ROOT,
          "%s: %d minutes x series in %.1f s, %.0f a second; heap %d MB at most%n",
          report.verdict,
          series,
          seconds,
          series / seconds,
          peak.end() >> 20);
    }
    System.out.printf(java.util.Locale.ROOT, "made in %.0f s%n", (made - began) / 1e9);
    assertThat(AuditReport.of(world.jdbi, PeakHours.NONE, Set.of(), World.DAY, until).findings())
        .isEmpty();
    writePage(world, until);
  }

  /** A page to look at, of a world that was harmed a little. */
  private static void writePage(World world, Instant until) throws IOException {
    world.jdbi.useHandle(
        h ->
            h.execute(
                "DELETE FROM public.traffic_minute_buckets WHERE node_id = 'speed:n3'"
                    + " AND bucket_start >= ? AND bucket_start < ?",
                World.at("05:00").atOffset(ZoneOffset.UTC),
                World.at("05:20").atOffset(ZoneOffset.UTC)));
    NodeKey silent = new NodeKey("speed", "n1");
    UUID user = world.user();
    world.deliver(new World.Shot(until.plusSeconds(3_600)).on(silent).of(user, 1, 1));
    Path page = Path.of("target", "audit.html");
    try (Writer out = Files.newBufferedWriter(page, StandardCharsets.UTF_8)) {
      new Audit(world.jdbi, PeakHours.NONE, List::of, ExporterAccess.NONE)
          .run(
              new AuditRequest(
                  Set.of(),
                  Set.of(),
                  World.DAY,
                  until.plusSeconds(7_200),
                  until.plusSeconds(7_200),
                  AuditRequest.From.ARCHIVE,
                  false,
                  20),
              Format.HTML.to(out, "billing audit"));
    }
  }

  private static Snapshot snapshot(NodeKey node, int minute, List<UUID> users) {
    World.Shot shot = new World.Shot(World.DAY.plus(Duration.ofMinutes(minute))).on(node);
    users.forEach(user -> shot.of(user, minute * 1_000L + 7, minute * 300L));
    return shot.snapshot();
  }

  /** The most heap in use while it runs. */
  private static final class Peak extends Thread {
    private volatile boolean over;
    private volatile long most;

    Peak() {
      setDaemon(true);
      start();
    }

    @Override
    public void run() {
      while (!over) {
        Runtime runtime = Runtime.getRuntime();
        most = Math.max(most, runtime.totalMemory() - runtime.freeMemory());
        java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
      }
    }

    long end() {
      over = true;
      return most;
    }
  }
}
