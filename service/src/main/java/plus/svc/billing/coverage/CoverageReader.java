package plus.svc.billing.coverage;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import plus.svc.billing.pipeline.source.SourceId;
import plus.svc.billing.platform.log.Happening;
import plus.svc.billing.quantity.NodeKey;

/**
 * How complete every source is, read on a thread of its own and kept for a while: an hour's figures
 * some seconds, a day's a minute, longer where reading them takes long.
 */
public final class CoverageReader implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(CoverageReader.class);
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  /** So much of the time at most is spent with reading. */
  private static final int REST_AFTER_READING = 20;

  private final CoverageDao dao;
  private final ExecutorService reader;
  private final Stretch hour = new Stretch(Duration.ofHours(1), Duration.ofSeconds(5));
  private final Stretch day = new Stretch(Duration.ofDays(1), Duration.ofMinutes(1));

  public CoverageReader(Jdbi jdbi) {
    this.dao = jdbi.onDemand(CoverageDao.class);
    this.reader =
        Executors.newSingleThreadExecutor(
            work -> {
              Thread thread = new Thread(work, "coverage");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** What is known of the sources; a source is missing where nothing is known of its nodes. */
  public record Known(Map<SourceId, CoverageDao.Row> hour, Map<SourceId, CoverageDao.Row> day) {}

  /**
   * How complete the sources are, as it was a moment ago; waits a second at most.
   *
   * @param nodes the nodes of each source
   * @param until the end of the last minute that can be read
   */
  public Known of(Map<SourceId, Set<NodeKey>> nodes, Instant until) {
    CompletableFuture<Void> hourly = hour.refresh(nodes, until);
    CompletableFuture<Void> daily = day.refresh(nodes, until);
    await(CompletableFuture.allOf(hourly, daily));
    return new Known(hour.rows, day.rows);
  }

  @Override
  public void close() {
    reader.shutdownNow();
  }

  private static void await(CompletableFuture<Void> both) {
    try {
      both.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      LOG.debug("the coverage is still being read; telling what was known before");
    } catch (ExecutionException e) {
      LOG.warn(Happening.DATABASE_FAILED, "the coverage cannot be read", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The figures of a stretch of time up to now. */
  private final class Stretch {

    private final Duration length;
    private final Duration kept;
    private volatile Map<SourceId, CoverageDao.Row> rows = Map.of();

    // Guarded by this.
    private @Nullable CompletableFuture<Void> reading;
    private long readAgainNanos = System.nanoTime();

    Stretch(Duration length, Duration kept) {
      this.length = length;
      this.kept = kept;
    }

    synchronized CompletableFuture<Void> refresh(Map<SourceId, Set<NodeKey>> nodes, Instant until) {
      if (reading != null) {
        return reading;
      }
      if (readAgainNanos - System.nanoTime() > 0) {
        return CompletableFuture.completedFuture(null);
      }
      try {
        reading = CompletableFuture.runAsync(() -> read(nodes, until), reader);
        return reading;
      } catch (RejectedExecutionException e) {
        return CompletableFuture.completedFuture(null);
      }
    }

    private void read(Map<SourceId, Set<NodeKey>> nodes, Instant until) {
      long began = System.nanoTime();
      try {
        rows = count(nodes, until.minus(length), until);
      } finally {
        synchronized (this) {
          long ended = System.nanoTime();
          readAgainNanos = ended + Math.max(kept.toNanos(), (ended - began) * REST_AFTER_READING);
          reading = null;
        }
      }
    }
  }

  private Map<SourceId, CoverageDao.Row> count(
      Map<SourceId, Set<NodeKey>> nodes, Instant from, Instant until) {
    List<String> sources = new ArrayList<>();
    List<NodeKey> keys = new ArrayList<>();
    nodes.forEach(
        (source, ofSource) ->
            ofSource.forEach(
                node -> {
                  sources.add(source.value());
                  keys.add(node);
                }));
    Map<SourceId, CoverageDao.Row> rows = new HashMap<>();
    dao.count(
            sources.toArray(String[]::new),
            keys.stream().map(NodeKey::env).toArray(String[]::new),
            keys.stream().map(NodeKey::node).toArray(String[]::new),
            from,
            until)
        .forEach(row -> rows.put(new SourceId(row.sourceId()), row));
    return rows;
  }
}
