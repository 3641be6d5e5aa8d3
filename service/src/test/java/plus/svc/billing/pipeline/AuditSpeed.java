package plus.svc.billing.pipeline;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import plus.svc.billing.pipeline.rating.PeakHours;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.quantity.NodeKey;
import plus.svc.billing.testing.PostgresHarness;

/**
 * Measures an audit of a healthy day: {@code java -Xmx256m -cp ... AuditSpeed [nodes] [accounts]
 * [minutes]}. Prints how fast it is and how much memory it took at most.
 */
final class AuditSpeed {

  private AuditSpeed() {}

  public static void main(String[] args) {
    int nodes = args.length > 0 ? Integer.parseInt(args[0]) : 10;
    int accounts = args.length > 1 ? Integer.parseInt(args[1]) : 50;
    int minutes = args.length > 2 ? Integer.parseInt(args[2]) : 1_440;
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
      AuditReport report =
          AuditReport.of(world.jdbi, PeakHours.NONE, Set.of(), World.DAY, until);
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
    System.exit(0);
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
