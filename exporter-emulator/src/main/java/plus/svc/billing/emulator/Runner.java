package plus.svc.billing.emulator;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Ticks a node until it is told to stop, by Ctrl-C or by time. */
final class Runner {
  private final SimulatedExporter exporter;
  private final PrintWriter out;
  private final CountDownLatch stop = new CountDownLatch(1);

  Runner(SimulatedExporter exporter, PrintWriter out) {
    this.exporter = exporter;
    this.out = out;
  }

  /** Blocks while the node lives. */
  void run(Duration tick, Optional<Duration> atMost) throws InterruptedException {
    Thread onShutdown = new Thread(this::stopInOrder, "exporter-emulator-stop");
    Runtime.getRuntime().addShutdownHook(onShutdown);
    try {
      long start = System.nanoTime();
      do {
        exporter.tick();
      } while (!stop.await(tick.toNanos(), TimeUnit.NANOSECONDS) && !over(start, atMost));
    } finally {
      removeUnlessRunning(onShutdown);
    }
  }

  /** Ctrl-C and a plain kill end the process in order, with exit code 0 rather than 130 or 143. */
  private void stopInOrder() {
    stop.countDown();
    exporter.close();
    out.println("Stopped.");
    out.flush();
    Runtime.getRuntime().halt(0);
  }

  private static boolean over(long startNanos, Optional<Duration> atMost) {
    return atMost.isPresent() && System.nanoTime() - startNanos >= atMost.get().toNanos();
  }

  private static void removeUnlessRunning(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending already, by this very hook.
    }
  }
}
