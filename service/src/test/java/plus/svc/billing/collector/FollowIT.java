package plus.svc.billing.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static plus.svc.billing.pipeline.source.ScriptedFetcher.at;
import static plus.svc.billing.pipeline.source.ScriptedFetcher.last;
import static plus.svc.billing.pipeline.source.ScriptedFetcher.more;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import plus.svc.billing.collector.SourceOutcome.Ending;
import plus.svc.billing.pipeline.source.ScriptedFetcher;
import plus.svc.billing.pipeline.source.SourceProgressDao;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.pipeline.source.Sources;
import plus.svc.billing.testing.Database;
import plus.svc.billing.testing.Eventually;

/** Sources that come, change and go while the collector runs. */
@Timeout(120)
final class FollowIT {

  private static final Instant NOW = Instant.parse("2026-04-08T12:00:30Z");
  private static final Sources JP =
      Sources.at(URI.create("http://127.0.0.1:9")).every(Duration.ofHours(1));
  private static final Sources US = JP.named("us");

  @RegisterExtension static final Database database = Database.migrated();

  private final Jdbi jdbi = database.jdbi();
  private final RecordingSink sink = new RecordingSink(jdbi, NOW);
  private final List<URI> asked = new CopyOnWriteArrayList<>();
  private final List<Collector> collectors = new ArrayList<>();

  @BeforeEach
  void clean() {
    jdbi.useHandle(
        handle -> {
          handle.execute("DELETE FROM public.billing_source_sync_state");
          handle.execute("DELETE FROM billing.source_leases");
        });
  }

  @AfterEach
  void stop() throws InterruptedException {
    for (Collector collector : collectors) {
      collector.stop();
    }
  }

  @Test
  void anAddedSourceIsCollectedAtOnceAndThenWithTheOthers() throws Exception {
    Collector collector = collector(answering(), JP);
    collector.start();
    Eventually.holds(() -> assertThat(asked).hasSize(1));

    collector.follow(specs(JP, US));

    Eventually.holds(() -> assertThat(progressOf("us")).isNotNull());
    assertThat(asked).as("the other one notices nothing").hasSize(2);
    assertThat(collector.collectNow().join().outcomes())
        .extracting(outcome -> outcome.source().value())
        .containsExactly("jp", "us");
    assertThat(collector.standings()).hasSize(2);
  }

  @Test
  void aChangedSourceIsAskedAtItsNewAddressAtOnce() throws Exception {
    Collector collector = collector(answering(), JP);
    collector.start();
    Eventually.holds(() -> assertThat(asked).hasSize(1));

    URI moved = URI.create("http://127.0.0.1:10");
    collector.follow(specs(Sources.at(moved).every(Duration.ofHours(1))));

    Eventually.holds(() -> assertThat(asked).hasSize(2));
    assertThat(asked.get(1)).isEqualTo(moved);
    assertThat(collector.standings().get(0).source().baseUrl()).isEqualTo(moved);
  }

  @Test
  void aRunOfWhatASourceWasEndsBeforeItsNextPage() throws Exception {
    CountDownLatch onFirst = new CountDownLatch(1);
    CountDownLatch changed = new CountDownLatch(1);
    URI moved = URI.create("http://127.0.0.1:10");
    ScriptedFetcher fetcher =
        new ScriptedFetcher(
            (source, query) -> {
              asked.add(source.baseUrl());
              if (source.baseUrl().equals(moved)) {
                return last(at("2026-04-08T11:51:00Z"));
              }
              onFirst.countDown();
              changed.await();
              return more("c1", at("2026-04-08T11:50:00Z"));
            });
    Collector collector = collector(fetcher, JP);
    CompletableFuture<CollectReport> old = collector.collectNow();
    assertThat(onFirst.await(60, TimeUnit.SECONDS)).isTrue();

    collector.follow(specs(Sources.at(moved).every(Duration.ofHours(1))));
    CompletableFuture<CollectReport> fresh = collector.collectNow();
    changed.countDown();

    SourceOutcome ended = old.get(60, TimeUnit.SECONDS).outcomes().get(0);
    assertThat(ended.ending()).isEqualTo(Ending.STOPPED);
    assertThat(ended.error()).contains("changed meanwhile");
    assertThat(fresh.get(60, TimeUnit.SECONDS).outcomes().get(0).ending()).isEqualTo(Ending.READ);
    assertThat(asked.stream().filter(uri -> !uri.equals(moved)).count()).isLessThanOrEqualTo(2);
    assertThat(jdbi.onDemand(SourceProgressDao.class).find("jp").orElseThrow().lastError())
        .as("a change is no failure")
        .isEmpty();
  }

  @Test
  void aDisabledSourceIsLetGoOfAndAnotherInstanceMayHaveIt() {
    Collector collector = collector(answering(), JP, US);
    collector.collectNow().join();

    collector.follow(specs(US));

    assertThat(collector.collectNow().join().outcomes())
        .extracting(outcome -> outcome.source().value())
        .containsExactly("us");
    assertThat(jdbi.onDemand(SourceLeaseDao.class).acquire("jp", "another", 7_200_000)).isPresent();
    assertThat(jdbi.onDemand(SourceLeaseDao.class).acquire("us", "another", 7_200_000)).isEmpty();
  }

  @Test
  void aHangingRequestOfADisabledSourceIsGivenUpAndItMayComeBack() throws Exception {
    CountDownLatch hangs = new CountDownLatch(1);
    ScriptedFetcher[] fetcher = new ScriptedFetcher[1];
    fetcher[0] =
        new ScriptedFetcher(
            (source, query) -> {
              asked.add(source.baseUrl());
              if (asked.size() == 1) {
                hangs.countDown();
                return fetcher[0].hang(source);
              }
              return last(at("2026-04-08T11:51:00Z"));
            });
    Collector collector = collector(fetcher[0], JP);
    CompletableFuture<CollectReport> hanging = collector.collectNow();
    assertThat(hangs.await(60, TimeUnit.SECONDS)).isTrue();

    collector.follow(List.of());
    assertThat(hanging.join().outcomes().get(0).ending()).isEqualTo(Ending.STOPPED);
    assertThat(collector.collectNow().join().outcomes()).isEmpty();

    collector.follow(specs(JP));
    assertThat(collector.collectNow().join().outcomes().get(0).ending()).isEqualTo(Ending.READ);
  }

  private @Nullable Instant progressOf(String source) {
    return jdbi.onDemand(SourceProgressDao.class)
        .find(source)
        .map(progress -> progress.lastCompletedUntil())
        .orElse(null);
  }

  private ScriptedFetcher answering() {
    return new ScriptedFetcher(
        (source, query) -> {
          asked.add(source.baseUrl());
          return last(at("2026-04-08T11:51:00Z"));
        });
  }

  private Collector collector(ScriptedFetcher fetcher, Sources... sources) {
    CollectorPlan plan =
        new CollectorPlan(
            "me", 4, 120, Duration.ofDays(3), Duration.ofMinutes(1), Duration.ofSeconds(20));
    Collector collector = new Collector(specs(sources), plan, jdbi, fetcher, sink, () -> NOW);
    collectors.add(collector);
    return collector;
  }

  private static List<SourceSpec> specs(Sources... sources) {
    return List.of(sources).stream().map(Sources::spec).toList();
  }
}
