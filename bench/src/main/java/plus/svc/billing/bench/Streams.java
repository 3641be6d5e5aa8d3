package plus.svc.billing.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs one piece of work a stream at the same time and takes what it costs until the last ends. */
final class Streams {

  private final Cpu cpu;

  Streams(Cpu cpu) {
    this.cpu = cpu;
  }

  /** The work of one stream. */
  @FunctionalInterface
  interface Work {
    void run(int stream) throws Exception;
  }

  /** Runs the work of every stream. */
  Cost run(int streams, long samples, Work work) throws InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(streams);
    try {
      Heap.begin();
      double client = cpu.client();
      double server = cpu.server();
      long begin = System.nanoTime();
      List<Callable<Void>> calls = new ArrayList<>();
      for (int stream = 0; stream < streams; stream++) {
        int mine = stream;
        calls.add(
            () -> {
              work.run(mine);
              return null;
            });
      }
      for (Future<Void> done : threads.invokeAll(calls)) {
        done.get();
      }
      double seconds = (System.nanoTime() - begin) / 1e9;
      return new Cost(
          samples, seconds, cpu.client() - client, cpu.server() - server, Heap.peakMegabytes());
    } catch (ExecutionException e) {
      throw new IllegalStateException("a stream failed", e.getCause());
    } finally {
      threads.shutdown();
    }
  }
}
