package plus.svc.billing.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
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
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import plus.svc.billing.collector.SourceOutcome.Ending;
import plus.svc.billing.pipeline.Delivery;
import plus.svc.billing.pipeline.FenceLost;
import plus.svc.billing.pipeline.source.ScriptedFetcher;
import plus.svc.billing.pipeline.source.SourceFailure;
import plus.svc.billing.pipeline.source.SourceFailure.Kind;
import plus.svc.billing.pipeline.source.SourceProgress;
import plus.svc.billing.pipeline.source.SourceProgressDao;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.pipeline.source.Sources;
import plus.svc.billing.pipeline.source.page.WindowPage;
import plus.svc.billing.pipeline.source.page.WindowQuery;
import plus.svc.billing.testing.Database;
import plus.svc.billing.testing.Eventually;

@Timeout(120)
final class CollectorIT {

  private static final Instant NOW = Instant.parse("2026-04-08T12:00:30Z");
  private static final Instant UNTIL = Instant.parse("2026-04-08T11:59:00Z");
  private static final Sources JP =
      Sources.at(URI.create("http://127.0.0.1:9")).every(Duration.ofHours(1));
  private static final Sources US = JP.named("us");

  @RegisterExtension static final Database database = Database.migrated();

  private final Jdbi jdbi = database.jdbi();
  private final RecordingSink sink = new RecordingSink(jdbi, NOW);
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
  void whatIsNewIsReadWithTheOverlapAndHandedOnUnderTheLease() {
    seen("jp", "2026-04-08T11:50:00Z");
    ScriptedFetcher fetcher =
        ScriptedFetcher.pages(
            more("c1", at("2026-04-08T11:49:00Z"), at("2026-04-08T11:50:00Z")),
            last(at("2026-04-08T11:51:00Z")));

    SourceOutcome outcome = onlyOutcome(collector(fetcher, JP));

    assertThat(outcome.ending()).isEqualTo(Ending.READ);
    assertThat(outcome.error()).isNull();
    assertThat(outcome.pages()).isEqualTo(2);
    assertThat(outcome.receipt().accepted()).isEqualTo(3);
    assertThat(fetcher.queries().get(0).since()).isEqualTo("2026-04-08T11:48:00Z");
    assertThat(fetcher.queries().get(0).until()).isEqualTo(UNTIL);
    assertThat(sink.deliveries())
        .extracting(Delivery::fence, d -> d.progress().cursor(), d -> d.progress().completedUntil())
        .containsExactly(
            tuple(1L, "c1", Instant.parse("2026-04-08T11:50:00Z")),
            tuple(1L, null, Instant.parse("2026-04-08T11:51:00Z")));
    assertThat(row("jp").lastCompletedUntil()).isEqualTo("2026-04-08T11:51:00Z");
    assertThat(row("jp").lastAttemptedAt()).isEqualTo(NOW);
  }

  @Test
  void t08AnEmptyWindowIsASuccessThatMovesNothing() {
    seen("jp", "2026-04-08T09:00:00Z");
    Collector collector = collector(ScriptedFetcher.pages(last()), JP);

    assertThat(onlyOutcome(collector).ending()).isEqualTo(Ending.READ);

    assertThat(sink.deliveries()).isEmpty();
    assertThat(row("jp"))
        .isEqualTo(
            new SourceProgress("jp", Instant.parse("2026-04-08T09:00:00Z"), NOW, NOW, "", ""));
    assertThat(collector.standings().get(0).progress()).isEqualTo(row("jp"));
    assertThat(collector.standings().get(0).lag(NOW)).contains(Duration.ofMinutes(179));
  }

  @Test
  void aCursorDoesNotOutliveItsWindow() {
    onlyOutcome(
        collector(ScriptedFetcher.pages(more("c1", at("2026-04-08T11:50:00Z")), last()), JP));
    assertThat(row("jp").lastCursor()).isEmpty();
    assertThat(row("jp").lastCompletedUntil()).isEqualTo("2026-04-08T11:50:00Z");
  }

  @Test
  void aFailureIsStoredCountedAndForgottenAfterASuccess() {
    seen("jp", "2026-04-08T11:50:00Z");
    int[] asked = {0};
    Collector collector =
        collector(
            new ScriptedFetcher(
                (source, query) -> {
                  if (asked[0]++ < 2) {
                    throw new SourceFailure(Kind.TIMEOUT, "too slow");
                  }
                  return last(at("2026-04-08T11:51:00Z"));
                }),
            JP);

    assertThat(onlyOutcome(collector).ending()).isEqualTo(Ending.FAILED);
    assertThat(onlyOutcome(collector).error()).isEqualTo("timeout: too slow");
    assertThat(row("jp").lastError()).isEqualTo("timeout: too slow");
    assertThat(row("jp").lastCompletedUntil()).isEqualTo("2026-04-08T11:50:00Z");
    assertThat(collector.standings().get(0).consecutiveFailures()).isEqualTo(2);

    onlyOutcome(collector);
    assertThat(row("jp").lastError()).isEmpty();
    assertThat(collector.standings().get(0).consecutiveFailures()).isZero();
    assertThat(collector.standings().get(0).sinceStart().accepted()).isEqualTo(1);
  }

  @Test
  void aSourceThatFailsAgainAndAgainIsLeftAloneWhoeverAsksUntilAProbeFindsItHealthy()
      throws Exception {
    AtomicBoolean healthy = new AtomicBoolean();
    Semaphore answered = new Semaphore(0);
    ScriptedFetcher fetcher =
        new ScriptedFetcher(
            (source, query) -> {
              if (!healthy.get()) {
                throw new SourceFailure(Kind.TIMEOUT, "too slow");
              }
              answered.release();
              return last();
            });
    Collector collector = collector(fetcher, JP.every(Duration.ofMillis(400)));
    for (int i = 0; i < Pace.CIRCUIT_OPENS_AFTER; i++) {
      assertThat(onlyOutcome(collector).ending()).isEqualTo(Ending.FAILED);
    }
    SourceOutcome paused = onlyOutcome(collector);
    assertThat(paused.ending()).isEqualTo(Ending.PAUSED);
    assertThat(paused.error()).endsWith("timeout: too slow");
    assertThat(fetcher.queries()).hasSize(Pace.CIRCUIT_OPENS_AFTER);
    assertThat(collector.standings().get(0).health().isOpen()).isTrue();
    assertThat(collector.standings().get(0).health().pausedUntil()).isAfter(NOW);

    healthy.set(true);
    collector.start();
    assertThat(answered.tryAcquire(2, 60, TimeUnit.SECONDS)).isTrue();
    assertThat(collector.standings().get(0).health().isOpen()).isFalse();
    assertThat(onlyOutcome(collector).ending()).isEqualTo(Ending.READ);
  }

  @Test
  void theScheduleLeavesAFailingSourceAloneForItsGrowingPauses() throws Exception {
    List<Long> asked = new CopyOnWriteArrayList<>();
    ScriptedFetcher fetcher =
        new ScriptedFetcher(
            (source, query) -> {
              asked.add(System.nanoTime());
              throw new SourceFailure(Kind.TIMEOUT, "too slow");
            });
    collector(fetcher, JP.every(Duration.ofMillis(10))).start();
    Eventually.holds(() -> assertThat(asked).hasSizeGreaterThan(6));
    Duration pauses = Duration.ofMillis(10 + 20 + 40 + 80 + 160 + 320);
    assertThat(asked.get(6) - asked.get(0)).isGreaterThan(pauses.toNanos() * 4 / 5);
  }

  @Test
  void ourOwnTroubleOpensNoCircuit() {
    sink.doing(
        delivery -> {
          throw new IllegalStateException("the database is away");
        });
    ScriptedFetcher fetcher =
        new ScriptedFetcher((source, query) -> last(at("2026-04-08T11:50:00Z")));
    Collector collector = collector(fetcher, JP);
    for (int i = 0; i <= Pace.CIRCUIT_OPENS_AFTER; i++) {
      assertThat(onlyOutcome(collector).ending()).isEqualTo(Ending.FAILED);
    }
    assertThat(collector.standings().get(0).consecutiveFailures())
        .isEqualTo(Pace.CIRCUIT_OPENS_AFTER + 1);
    assertThat(collector.standings().get(0).health().isOpen()).isFalse();
  }

  @Test
  void aJobTellsOfASourceThatHangsInsteadOfWaitingForIt() {
    ScriptedFetcher[] fetcher = new ScriptedFetcher[1];
    fetcher[0] =
        new ScriptedFetcher(
            (source, query) -> source.id().value().equals("jp") ? fetcher[0].hang(source) : last());
    CollectorPlan plan =
        new CollectorPlan(
            "me",
            1,
            120,
            1_000,
            Duration.ofDays(3),
            Duration.ofMinutes(1),
            Duration.ofMillis(20),
            Duration.ofMinutes(5),
            Duration.ofMillis(200),
            Duration.ofSeconds(20));
    Collector collector =
        new Collector(List.of(JP.spec(), US.spec()), plan, jdbi, fetcher[0], sink, () -> NOW);
    collectors.add(collector);
    assertThat(collector.collectNow().orTimeout(60, TimeUnit.SECONDS).join().outcomes())
        .extracting(o -> o.source().value(), SourceOutcome::ending)
        .containsExactly(tuple("jp", Ending.LATE), tuple("us", Ending.READ));
  }

  @Test
  void whatExportersNoLongerKeepIsGivenUpByAnEmptyWindow() {
    seen("jp", "2026-04-01T00:00:00Z");
    onlyOutcome(collector(ScriptedFetcher.pages(last()), JP));
    assertThat(row("jp").lastCompletedUntil()).isEqualTo(UNTIL.minus(Duration.ofDays(3)));
  }

  @Test
  void aCollectionThatBringsAPageNeedsNoStatementBesideThePagesOwn() {
    AtomicInteger statements = new AtomicInteger();
    ScriptedFetcher fetcher =
        new ScriptedFetcher((source, query) -> last(at("2026-04-08T11:50:00Z")));
    Collector collector = collector(fetcher, JP);
    onlyOutcome(collector);
    jdbi.setSqlLogger(
        new SqlLogger() {
          @Override
          public void logBeforeExecution(StatementContext context) {
            statements.incrementAndGet();
          }
        });
    try {
      onlyOutcome(collector);
    } finally {
      jdbi.setSqlLogger(SqlLogger.NOP_SQL_LOGGER);
    }
    assertThat(statements).as("the sink's one statement").hasValue(1);
  }

  @Test
  void pagesTakenBeforeAFailureStay() {
    Collector collector =
        collector(
            new ScriptedFetcher(
                (source, query) -> {
                  if (query.cursor() != null) {
                    throw new SourceFailure(Kind.TRUNCATED, "cut");
                  }
                  return more("c1", at("2026-04-08T11:50:00Z"));
                }),
            JP);
    SourceOutcome outcome = onlyOutcome(collector);
    assertThat(outcome.ending()).isEqualTo(Ending.FAILED);
    assertThat(outcome.receipt().accepted()).isEqualTo(1);
    assertThat(row("jp").lastCompletedUntil()).isEqualTo("2026-04-08T11:50:00Z");
    assertThat(row("jp").lastError()).isEqualTo("truncated: cut");
  }

  @Test
  void whatWasSetAsideIsToldWhileTheRestGoesOn() {
    Collector collector =
        collector(
            ScriptedFetcher.pages(ScriptedFetcher.withUnusable(2, at("2026-04-08T11:50:00Z"))), JP);
    SourceOutcome outcome = onlyOutcome(collector);
    assertThat(outcome.ending()).isEqualTo(Ending.READ);
    assertThat(outcome.error()).startsWith("bad_snapshot: ");
    assertThat(row("jp").lastError()).isEqualTo(outcome.error());
    assertThat(row("jp").lastCompletedUntil()).isEqualTo("2026-04-08T11:50:00Z");
  }

  @Test
  void oneFailingSourceLeavesTheOthersAlone() {
    Collector collector =
        collector(
            new ScriptedFetcher(
                (source, query) -> {
                  if (source.id().value().equals("jp")) {
                    throw new SourceFailure(Kind.TLS, "x");
                  }
                  return last(at("2026-04-08T11:50:00Z"));
                }),
            JP,
            US);
    CollectReport report = collector.collectNow().join();
    assertThat(report.outcomes())
        .extracting(o -> o.source().value(), SourceOutcome::ending)
        .containsExactly(tuple("jp", Ending.FAILED), tuple("us", Ending.READ));
    assertThat(report.total().accepted()).isEqualTo(1);
    assertThat(row("us").lastError()).isEmpty();
  }

  @Test
  void troubleInTheDatabaseIsTheSourcesOutcomeAndQuotesNothing() {
    sink.doing(
        delivery -> {
          throw new IllegalArgumentException("secret");
        });
    SourceOutcome outcome =
        onlyOutcome(collector(ScriptedFetcher.pages(last(at("2026-04-08T11:50:00Z"))), JP));
    assertThat(outcome.ending()).isEqualTo(Ending.FAILED);
    assertThat(outcome.error()).contains("IllegalArgumentException").doesNotContain("secret");
    assertThat(row("jp").lastError()).isEqualTo(outcome.error());
    assertThat(row("jp").lastCompletedUntil()).isNull();
  }

  @Test
  void aHangingSourceDelaysNoOtherAndIsAskedOnce() throws Exception {
    Semaphore others = new Semaphore(0);
    ScriptedFetcher[] fetcher = new ScriptedFetcher[1];
    fetcher[0] =
        new ScriptedFetcher(
            (source, query) -> {
              if (source.id().value().equals("jp")) {
                return fetcher[0].hang(source);
              }
              others.release();
              return last();
            });
    Duration often = Duration.ofMillis(5);
    Collector collector =
        collector(fetcher[0], JP.every(often), US.every(often), US.named("de").every(often));
    collector.start();
    assertThat(others.tryAcquire(20, 60, TimeUnit.SECONDS)).isTrue();
    assertThat(fetcher[0].queries("jp")).hasSize(1);
    assertThat(fetcher[0].queries("us").size()).isGreaterThan(3);
    assertThat(fetcher[0].queries("de").size()).isGreaterThan(3);
  }

  @Test
  void aSourceBeingCollectedIsJoinedNotDoubled() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    ScriptedFetcher fetcher =
        new ScriptedFetcher(
            (source, query) -> {
              asked.countDown();
              go.await();
              return last(at("2026-04-08T11:50:00Z"));
            });
    Collector collector = collector(fetcher, JP);
    CompletableFuture<CollectReport> one = collector.collectNow();
    asked.await();
    CompletableFuture<CollectReport> other = collector.collectNow();
    go.countDown();
    assertThat(other.join().outcomes()).isEqualTo(one.join().outcomes());
    assertThat(fetcher.queries()).hasSize(1);
  }

  @Test
  void aReconcileWaitsForTheRunUnderWayAndReadsFurtherBack() throws Exception {
    seen("jp", "2026-04-08T11:59:00Z");
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    ScriptedFetcher fetcher =
        new ScriptedFetcher(
            (source, query) -> {
              asked.countDown();
              go.await();
              return last();
            });
    Collector collector = collector(fetcher, JP);
    CompletableFuture<CollectReport> collect = collector.collectNow();
    asked.await();
    CompletableFuture<CollectReport> hour = collector.reconcile(Duration.ofHours(1));
    CompletableFuture<CollectReport> six = collector.reconcile(Duration.ofHours(6));
    go.countDown();
    collect.join();
    hour.join();
    six.join();
    assertThat(fetcher.queries())
        .extracting(WindowQuery::since)
        .containsExactly(
            Instant.parse("2026-04-08T11:57:00Z"), Instant.parse("2026-04-08T06:00:00Z"));
  }

  @Test
  void theNextPageIsReadWhileOneIsWrittenAndNoFurther() {
    CountDownLatch secondAsked = new CountDownLatch(1);
    ScriptedFetcher[] fetcher = new ScriptedFetcher[1];
    fetcher[0] =
        new ScriptedFetcher(
            (source, query) -> {
              if (query.cursor() == null) {
                return more("c1", at("2026-04-08T11:50:00Z"));
              }
              secondAsked.countDown();
              return query.cursor().equals("c1")
                  ? more("c2", at("2026-04-08T11:51:00Z"))
                  : last(at("2026-04-08T11:52:00Z"));
            });
    List<Integer> askedAtWrite = new ArrayList<>();
    sink.doing(
        delivery -> {
          if (askedAtWrite.isEmpty()) {
            await(secondAsked);
          }
          askedAtWrite.add(fetcher[0].queries().size());
        });
    assertThat(onlyOutcome(collector(fetcher[0], JP)).snapshots()).isEqualTo(3);
    assertThat(askedAtWrite.get(0)).isEqualTo(2);
  }

  @Test
  void aPageReadAheadIsGivenUpWhenTheOneBeforeCannotBeWritten() {
    ScriptedFetcher[] fetcher = new ScriptedFetcher[1];
    fetcher[0] =
        new ScriptedFetcher(
            (source, query) ->
                query.cursor() == null
                    ? more("c1", at("2026-04-08T11:50:00Z"))
                    : fetcher[0].hang(source));
    sink.doing(
        delivery -> {
          throw new IllegalStateException("no");
        });
    assertThat(onlyOutcome(collector(fetcher[0], JP)).ending()).isEqualTo(Ending.FAILED);
  }

  @Test
  void aBacklogLetsTheOtherSourcesTakeTheirTurns() {
    ScriptedFetcher fetcher =
        new ScriptedFetcher(
            (source, query) -> {
              if (source.id().value().equals("us")) {
                return last(at("2026-04-08T11:50:00Z"));
              }
              int page = query.cursor() == null ? 0 : Integer.parseInt(query.cursor());
              Instant instant = Instant.parse("2026-04-08T11:50:00Z").plusSeconds(page);
              WindowPage next = more("" + (page + 1), at(ScriptedFetcher.JP, instant));
              return page == 3 * SourceRun.PAGES_PER_TURN ? last() : next;
            });
    Collector collector = collectorOf(1, fetcher, JP, US);
    collector.collectNow().join();
    List<String> order =
        sink.deliveries().stream().map(delivery -> delivery.source().value()).toList();
    assertThat(order).hasSize(3 * SourceRun.PAGES_PER_TURN + 1);
    assertThat(order.indexOf("us")).isEqualTo(SourceRun.PAGES_PER_TURN);
  }

  @Test
  void aSourceThatAnotherInstanceHasIsLeftAloneUntilItsLeaseRunsOut() {
    lease("jp", "other", 4, Duration.ofHours(1));
    seen("jp", "2026-04-08T11:40:00Z");
    Collector collector = collector(ScriptedFetcher.pages(last(at("2026-04-08T11:50:00Z"))), JP);

    assertThat(onlyOutcome(collector).ending()).isEqualTo(Ending.HELD_ELSEWHERE);
    assertThat(collector.standings().get(0).progress().lastCompletedUntil())
        .isEqualTo("2026-04-08T11:40:00Z");

    lease("jp", "other", 4, Duration.ZERO);
    assertThat(onlyOutcome(collector).ending()).isEqualTo(Ending.READ);
    assertThat(sink.deliveries()).extracting(Delivery::fence).containsExactly(5L);
  }

  @Test
  void aLeaseLostBetweenPagesEndsTheRunAndWritesNoFailure() {
    ScriptedFetcher fetcher =
        new ScriptedFetcher(
            (source, query) ->
                query.cursor() == null
                    ? more("c1", at("2026-04-08T11:50:00Z"))
                    : last(at("2026-04-08T11:51:00Z")));
    sink.doing(
        delivery -> {
          if (delivery.progress().cursor() == null) {
            lease("jp", "other", 2, Duration.ofHours(1));
            throw new FenceLost(delivery.source(), delivery.fence());
          }
        });
    Collector collector = collector(fetcher, JP);
    assertThat(onlyOutcome(collector).ending()).isEqualTo(Ending.HELD_ELSEWHERE);
    assertThat(sink.deliveries()).hasSize(1);
    assertThat(row("jp").lastError()).isEmpty();
    assertThat(onlyOutcome(collector).ending())
        .as("asks for the lease again instead of trusting the one that was lost")
        .isEqualTo(Ending.HELD_ELSEWHERE);
    assertThat(fetcher.queries()).hasSize(2);
  }

  @Test
  void aStaleFenceNoticedByThePipelineEndsTheRun() {
    sink.doing(
        delivery -> {
          throw new FenceLost(delivery.source(), delivery.fence());
        });
    Collector collector = collector(ScriptedFetcher.pages(last(at("2026-04-08T11:50:00Z"))), JP);
    assertThat(onlyOutcome(collector).ending()).isEqualTo(Ending.HELD_ELSEWHERE);
    assertThat(lastError("jp")).isEmpty();
    assertThat(collector.standings().get(0).consecutiveFailures()).isZero();
  }

  @Test
  void stoppingGivesUpARequestAtOnceAndLetsGoOfTheLease() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    ScriptedFetcher[] fetcher = new ScriptedFetcher[1];
    fetcher[0] =
        new ScriptedFetcher(
            (source, query) -> {
              asked.countDown();
              return fetcher[0].hang(source);
            });
    Collector collector = collector(fetcher[0], JP);
    CompletableFuture<CollectReport> run = collector.collectNow();
    asked.await();
    collector.stop();
    assertThat(run.get(60, TimeUnit.SECONDS).outcomes().get(0).ending()).isEqualTo(Ending.STOPPED);
    assertThat(lastError("jp")).isEmpty();
    assertThat(jdbi.onDemand(SourceLeaseDao.class).acquire("jp", "successor", 1_000)).contains(2L);
    assertThat(collector.collectNow().join().outcomes().get(0).ending()).isEqualTo(Ending.STOPPED);
  }

  @Test
  void stoppingLetsAPageBeingWrittenComeToItsEnd() throws Exception {
    CountDownLatch writing = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    sink.doing(
        delivery -> {
          writing.countDown();
          await(go);
        });
    ScriptedFetcher fetcher =
        new ScriptedFetcher(
            (source, query) -> more(query.cursor() + "x", at("2026-04-08T11:50:00Z")));
    Collector collector = collector(fetcher, JP);
    CompletableFuture<CollectReport> run = collector.collectNow();
    writing.await();
    CompletableFuture<Void> stop =
        CompletableFuture.runAsync(
            () -> {
              try {
                collector.stop();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    assertThat(stop).isNotDone();
    go.countDown();
    stop.get(60, TimeUnit.SECONDS);
    assertThat(run.join().outcomes().get(0).ending()).isEqualTo(Ending.STOPPED);
    assertThat(sink.deliveries()).hasSize(1);
  }

  @Test
  void whatTheDatabaseKnowsIsShownFromTheStartAndDisabledSourcesAreNot() throws Exception {
    seen("jp", "2026-04-08T11:40:00Z");
    ScriptedFetcher[] fetcher = new ScriptedFetcher[1];
    fetcher[0] = new ScriptedFetcher((source, query) -> fetcher[0].hang(source));
    Collector collector = collectorOf(2, fetcher[0], List.of(JP.spec(), disabled(US.spec())));
    collector.start();
    assertThat(collector.standings())
        .singleElement()
        .extracting(standing -> standing.progress().lastCompletedUntil())
        .isEqualTo(Instant.parse("2026-04-08T11:40:00Z"));
    collector.stop();
    assertThat(fetcher[0].queries("us")).isEmpty();
  }

  private Collector collector(ScriptedFetcher fetcher, Sources... sources) {
    return collectorOf(4, fetcher, sources);
  }

  private Collector collectorOf(int workers, ScriptedFetcher fetcher, Sources... sources) {
    return collectorOf(workers, fetcher, List.of(sources).stream().map(Sources::spec).toList());
  }

  private Collector collectorOf(int workers, ScriptedFetcher fetcher, List<SourceSpec> sources) {
    Collector collector =
        new Collector(
            sources,
            new CollectorPlan(
                "me",
                workers,
                120,
                Duration.ofDays(3),
                Duration.ofMinutes(1),
                Duration.ofSeconds(20)),
            jdbi,
            fetcher,
            sink,
            () -> NOW);
    collectors.add(collector);
    return collector;
  }

  private static SourceOutcome onlyOutcome(Collector collector) {
    List<SourceOutcome> outcomes = collector.collectNow().join().outcomes();
    assertThat(outcomes).hasSize(1);
    return outcomes.get(0);
  }

  private String lastError(String source) {
    return jdbi.onDemand(SourceProgressDao.class)
        .find(source)
        .map(SourceProgress::lastError)
        .orElse("");
  }

  private SourceProgress row(String source) {
    return jdbi.onDemand(SourceProgressDao.class).find(source).orElseThrow();
  }

  private void seen(String source, String instant) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                """
                INSERT INTO public.billing_source_sync_state (source_id, last_completed_until)
                VALUES (?, ?)
                """,
                source,
                Instant.parse(instant)));
  }

  private void lease(String source, String holder, long fence, Duration left) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                """
                INSERT INTO billing.source_leases (source_id, holder, fence, expires_at)
                VALUES (?, ?, ?, clock_timestamp() + ? * INTERVAL '1 second')
                    ON CONFLICT (source_id) DO UPDATE
                   SET holder = excluded.holder,
                       fence = excluded.fence,
                       expires_at = excluded.expires_at
                """,
                source,
                holder,
                fence,
                left.toSeconds()));
  }

  private static SourceSpec disabled(SourceSpec spec) {
    return new SourceSpec(
        spec.id(),
        spec.nodeId(),
        spec.env(),
        spec.baseUrl(),
        false,
        spec.authMode(),
        spec.credentialRef(),
        spec.caBundleRef(),
        spec.serverName(),
        spec.collectInterval(),
        spec.requestTimeout(),
        spec.mode(),
        spec.firstSnapshot(),
        spec.billingFrom(),
        spec.maxBytesPerSecond());
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
