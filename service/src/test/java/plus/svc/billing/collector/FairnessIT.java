package plus.svc.billing.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import plus.svc.billing.collector.SourceOutcome.Ending;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.pipeline.source.Sources;
import plus.svc.billing.pipeline.source.http.ExporterClient;
import plus.svc.billing.pipeline.source.page.DecoderLimits;
import plus.svc.billing.pipeline.source.page.WindowDecoder;
import plus.svc.billing.platform.SecretRefs;
import plus.svc.billing.testing.Database;

/** A thousand sources on real sockets, of which a hundred accept and never answer. */
@Timeout(120)
final class FairnessIT {

  private static final int SOURCES = 1_000;
  private static final Duration INTERVAL = Duration.ofSeconds(3);

  @RegisterExtension static final Database database = Database.migrated();

  private final AtomicInteger statements = new AtomicInteger();
  private final Jdbi jdbi = database.jdbi().setSqlLogger(new Counting());

  @Test
  void healthySourcesKeepTheirIntervalWhateverTheHangingOnesDo() throws Exception {
    Lags alone = lags(0);
    Lags beside = lags(SOURCES / 10);
    System.out.println(
        String.format(
            Locale.ROOT,
            "lag of healthy sources behind an interval of %d ms: alone %s; beside %d hanging %s",
            INTERVAL.toMillis(),
            alone,
            SOURCES / 10,
            beside));
    // The jitter is a twentieth of the interval; the rest is for a machine with other work to do.
    assertThat(beside.medianMillis).isLessThan(INTERVAL.toMillis() / 5);
    assertThat(beside.worstMillis).isLessThan(INTERVAL.toMillis() / 2 + alone.worstMillis);
    assertThat(beside.allAskedMillis).isLessThan(3 * INTERVAL.toMillis() + alone.allAskedMillis);
  }

  private Lags lags(int hanging) throws InterruptedException {
    try (FleetServer answering = FleetServer.answering();
        FleetServer silent = FleetServer.hanging();
        ExporterClient client =
            new ExporterClient(
                new WindowDecoder(DecoderLimits.DEFAULT), new SecretRefs(Map.of()))) {
      List<SourceSpec> sources = new ArrayList<>();
      List<String> healthy = new ArrayList<>();
      for (int i = 0; i < SOURCES; i++) {
        boolean hangs = hanging > 0 && i % (SOURCES / hanging) == 0;
        String id = (hangs ? "hanging-" : "healthy-") + i;
        Sources source = Sources.at((hangs ? silent : answering).uri(id)).named(id);
        sources.add(source.every(INTERVAL).within(INTERVAL).spec());
        if (!hangs) {
          healthy.add(id);
        }
      }
      Collector collector = collector(sources, client);
      statements.set(0);
      long start = System.nanoTime();
      collector.start();
      try {
        awaitAsked(answering, healthy, 3);
        int stated = statements.get();
        assertThat(stated).as("statements for some 3,000 collections").isLessThan(100);
        if (hanging > 0) {
          assertThatAJobWaitsForNoneThatHangs(collector, hanging);
        }
      } finally {
        long began = System.nanoTime();
        collector.stop();
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
      }
      return Lags.of(answering, healthy, start);
    }
  }

  private static void assertThatAJobWaitsForNoneThatHangs(Collector collector, int hanging) {
    long began = System.nanoTime();
    CollectReport report = collector.collectNow().orTimeout(60, TimeUnit.SECONDS).join();
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(8));
    List<SourceOutcome> failing =
        report.outcomes().stream().filter(outcome -> outcome.error() != null).toList();
    assertThat(failing).hasSize(hanging);
    assertThat(failing)
        .allSatisfy(
            outcome -> {
              assertThat(outcome.source().value()).startsWith("hanging-");
              assertThat(outcome.ending()).isIn(Ending.LATE, Ending.PAUSED, Ending.FAILED);
            });
  }

  private Collector collector(List<SourceSpec> sources, ExporterClient client) {
    return new Collector(
        sources,
        new CollectorPlan(
            "me",
            16,
            120,
            CollectorPlan.DEFAULT_PAGE_SAMPLES,
            Duration.ofDays(3),
            Duration.ofMinutes(1),
            Duration.ofMillis(300),
            Duration.ofMinutes(5),
            Duration.ofSeconds(1),
            Duration.ofSeconds(20)),
        jdbi,
        client,
        new RecordingSink(jdbi, InstantSource.system().instant()),
        InstantSource.system());
  }

  private static void awaitAsked(FleetServer server, List<String> sources, int times) {
    while (!sources.stream().allMatch(source -> server.asked(source).size() >= times)) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  /** How far turns came behind the interval, and when the last source was first asked, in ms. */
  private record Lags(long medianMillis, long worstMillis, long allAskedMillis) {

    /** Of each source but the first two turns: between them it is spread over the interval. */
    static Lags of(FleetServer server, List<String> sources, long start) {
      List<Long> lags = new ArrayList<>();
      long lastFirst = start;
      for (String source : sources) {
        List<Long> asked = server.asked(source);
        long gap = TimeUnit.NANOSECONDS.toMillis(asked.get(2) - asked.get(1));
        lags.add(Math.max(0, gap - INTERVAL.toMillis()));
        lastFirst = Math.max(lastFirst, asked.get(0));
      }
      lags.sort(null);
      return new Lags(
          lags.get(lags.size() / 2),
          lags.get(lags.size() - 1),
          TimeUnit.NANOSECONDS.toMillis(lastFirst - start));
    }

    @Override
    public String toString() {
      return "median "
          + medianMillis
          + " ms, worst "
          + worstMillis
          + " ms, all asked after "
          + allAskedMillis
          + " ms";
    }
  }

  /** Counts what is sent to the database. */
  private final class Counting implements SqlLogger {
    @Override
    public void logBeforeExecution(StatementContext context) {
      statements.incrementAndGet();
    }
  }
}
