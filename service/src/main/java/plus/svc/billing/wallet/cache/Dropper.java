package plus.svc.billing.wallet.cache;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * Drops keys in a thread of its own, many at once: who changed an account never waits for the
 * cache. Where more wait than there is room for, the rest end by their age.
 */
final class Dropper implements AutoCloseable {

  private static final int MOST_WAITING = 20_000;
  private static final int AT_ONCE = 1_000;

  private final LinkedBlockingQueue<String> waiting = new LinkedBlockingQueue<>(MOST_WAITING);
  private final Consumer<String[]> drop;
  private final Thread thread;

  Dropper(Consumer<String[]> drop) {
    this.drop = drop;
    this.thread = new Thread(this::run, "cache-dropper");
    thread.setDaemon(true);
    thread.start();
  }

  void drop(String key) {
    // Room or not: what is not dropped ends by its age.
    boolean unused = waiting.offer(key);
  }

  private void run() {
    Set<String> keys = new LinkedHashSet<>();
    try {
      while (true) {
        keys.add(waiting.take());
        waiting.drainTo(keys, AT_ONCE - 1);
        drop.accept(keys.toArray(String[]::new));
        keys.clear();
      }
    } catch (InterruptedException e) {
      // The end.
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
