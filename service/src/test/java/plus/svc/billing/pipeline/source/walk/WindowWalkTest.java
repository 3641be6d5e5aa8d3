package plus.svc.billing.pipeline.source.walk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static plus.svc.billing.pipeline.source.ScriptedFetcher.at;
import static plus.svc.billing.pipeline.source.ScriptedFetcher.last;
import static plus.svc.billing.pipeline.source.ScriptedFetcher.more;
import static plus.svc.billing.pipeline.source.ScriptedFetcher.pages;
import static plus.svc.billing.pipeline.source.ScriptedFetcher.withUnusable;

import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import plus.svc.billing.pipeline.snapshot.RejectReason;
import plus.svc.billing.pipeline.snapshot.RejectedSample;
import plus.svc.billing.pipeline.snapshot.Sample;
import plus.svc.billing.pipeline.snapshot.SeriesKey;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.pipeline.source.ScriptedFetcher;
import plus.svc.billing.pipeline.source.SourceFailure;
import plus.svc.billing.pipeline.source.SourceFailure.Kind;
import plus.svc.billing.pipeline.source.Sources;
import plus.svc.billing.pipeline.source.page.WindowPage;
import plus.svc.billing.pipeline.source.page.WindowQuery;
import plus.svc.billing.quantity.NodeKey;

final class WindowWalkTest {

  private static final Window WINDOW =
      new Window(Instant.parse("2026-04-08T10:00:00Z"), Instant.parse("2026-04-08T11:00:00Z"));
  private static final Sources JP = Sources.at(URI.create("http://127.0.0.1:9")).of("prod", "jp");

  @Test
  void theSameWindowIsAskedForWithEachCursor() throws Exception {
    ScriptedFetcher fetcher =
        pages(
            more("2026-04-08T10:01:00.000000001Z", at("2026-04-08T10:01:00Z")),
            more("2026-04-08T10:01:00.000000002Z", at("2026-04-08T10:02:00Z")),
            last(at("2026-04-08T10:03:00Z")));
    assertThat(instants(walk(fetcher)))
        .containsExactly("2026-04-08T10:01:00Z", "2026-04-08T10:02:00Z", "2026-04-08T10:03:00Z");
    assertThat(fetcher.queries())
        .extracting(WindowQuery::cursor)
        .containsExactly(null, "2026-04-08T10:01:00.000000001Z", "2026-04-08T10:01:00.000000002Z");
    assertThat(fetcher.queries())
        .allSatisfy(
            query -> {
              assertThat(query.since()).isEqualTo(WINDOW.since());
              assertThat(query.until()).isEqualTo(WINDOW.until());
              assertThat(query.limit()).isEqualTo(120);
            });
  }

  @Test
  void snapshotsOfAPageAreBroughtIntoOrder() throws Exception {
    assertThat(instants(walk(pages(last(at("2026-04-08T10:02:00Z"), at("2026-04-08T10:01:00Z"))))))
        .containsExactly("2026-04-08T10:01:00Z", "2026-04-08T10:02:00Z");
  }

  @Test
  void t05MoreAfterAnEmptyPageFails() {
    assertFails(Kind.CURSOR, walk(pages(more("2026-04-08T10:01:00Z"))));
  }

  @Test
  void t05MoreWithoutACursorFails() {
    assertFails(Kind.CURSOR, walk(pages(more(null, at("2026-04-08T10:01:00Z")))));
    assertFails(Kind.CURSOR, walk(pages(more(" ", at("2026-04-08T10:01:00Z")))));
  }

  @ParameterizedTest
  @CsvSource({
    "2026-04-08T10:02:00Z, 2026-04-08T10:02:00Z",
    "2026-04-08T10:02:00Z, 2026-04-08T10:02:00.000Z",
    "2026-04-08T10:02:00Z, 2026-04-08T10:01:59.999999999Z",
    "2026-04-08T10:02:00Z, 2026-04-08T11:02:00+01:00",
    "opaque, opaque"
  })
  void t05ACursorThatRepeatsOrRunsBackwardsFails(String first, String second) throws Exception {
    WindowWalk walk =
        walk(
            pages(
                more(first, at("2026-04-08T10:01:00Z")), more(second, at("2026-04-08T10:02:00Z"))));
    walk.next();
    assertFails(Kind.CURSOR, walk);
  }

  @Test
  void anOpaqueCursorNeedsOnlyToBeAnother() throws Exception {
    assertThat(
            instants(
                walk(
                    pages(
                        more("z", at("2026-04-08T10:01:00Z")),
                        more("a", at("2026-04-08T10:02:00Z")),
                        last()))))
        .hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\u0000b", "a\nb", "\ud800"})
  void aCursorThatCannotBeEchoedFails(String cursor) {
    assertFails(Kind.CURSOR, walk(pages(more(cursor, at("2026-04-08T10:01:00Z")))));
  }

  @Test
  void pagesThatNeverEndAreCutOff() throws Exception {
    int[] page = {0};
    WindowWalk walk =
        walk(
            new ScriptedFetcher(
                (source, query) ->
                    more(
                        "c" + page[0],
                        at(ScriptedFetcher.JP, WINDOW.since().plusMillis(page[0]++)))));
    for (int second = 0; second <= 3_601; second++) {
      walk.next();
    }
    assertFails(Kind.CURSOR, walk);
  }

  @Test
  void newCursorsForOldSnapshotsAreCutOffAtOnce() throws Exception {
    int[] page = {0};
    WindowWalk walk =
        walk(
            new ScriptedFetcher(
                (source, query) -> more("c" + page[0]++, at("2026-04-08T10:01:00Z"))));
    walk.next();
    assertFails(Kind.CURSOR, walk);
  }

  @Test
  void t06AndT18WhatLiesOutsideTheWindowIsSetAsideAndCounted() throws Exception {
    WalkedPage page =
        walk(pages(
                last(
                    at("2026-04-08T09:59:59.999999Z"),
                    at("2026-04-08T10:00:00Z"),
                    at("2026-04-08T11:00:00Z"),
                    at("2026-04-08T11:00:00.000001Z"),
                    at("2999-01-01T00:00:00Z"),
                    at("0001-01-01T00:00:00Z"))))
            .next();
    assertThat(page.snapshots()).hasSize(2);
    assertThat(page.findings()).isEqualTo(new Findings(0, 4, 0, null));
    assertThat(page.findings().text().orElseThrow()).startsWith("outside_window: ");
  }

  @Test
  void t06AWholePageOutsideTheWindowWithMoreToFollowFails() {
    assertFails(
        Kind.OUTSIDE_WINDOW, walk(pages(more("2026-04-08T12:00:00Z", at("2026-04-08T12:00:00Z")))));
  }

  @Test
  void t02AndT17ForeignSnapshotsAreSetAsideAndTheOthersTaken() throws Exception {
    Instant ten = WINDOW.since();
    WalkedPage page =
        walk(pages(
                last(
                    at(new NodeKey("prod", "us"), ten),
                    at(new NodeKey("uat", "jp"), ten.plusSeconds(60)),
                    at("2026-04-08T10:02:00Z"))))
            .next();
    assertThat(page.snapshots()).extracting(Snapshot::node).containsExactly(ScriptedFetcher.JP);
    assertThat(page.findings().foreign()).isEqualTo(2);
    assertThat(page.findings().text().orElseThrow()).startsWith("wrong_node: ");
  }

  @Test
  void t02AForeignHeadIsToldEvenOverAnEmptyPageAndABlankOneIsNot() throws Exception {
    WindowPage foreign = new WindowPage("us", "prod", List.of(), List.of(), false, null);
    assertThat(walk(pages(foreign)).next().findings().foreign()).isEqualTo(1);
    assertThat(walk(pages(last())).next().findings()).isEqualTo(Findings.NONE);
  }

  @Test
  void withoutAnExpectationEveryNodeIsTaken() throws Exception {
    WindowWalk walk =
        new WindowWalk(
            pages(last(at(new NodeKey("uat", "us"), WINDOW.since()))),
            Sources.at(URI.create("http://127.0.0.1:9")).spec(),
            WINDOW,
            120);
    assertThat(walk.next().snapshots()).hasSize(1);
  }

  @Test
  void unusableSnapshotsAreToldWithTheirReason() throws Exception {
    WalkedPage page = walk(pages(withUnusable(3, at("2026-04-08T10:02:00Z")))).next();
    assertThat(page.snapshots()).hasSize(1);
    assertThat(page.findings().text().orElseThrow())
        .contains("bad_snapshot", "collected_at", "3 set aside");
  }

  @ParameterizedTest
  @CsvSource({"TOO_LARGE", "TRUNCATED"})
  void aPageTooLargeOrCutShortIsAskedForInSmallerOnes(Kind kind) throws Exception {
    ScriptedFetcher fetcher =
        new ScriptedFetcher(
            (source, query) -> {
              if (query.limit() > 10) {
                throw new SourceFailure(kind, "x");
              }
              return query.cursor() == null
                  ? more("2026-04-08T10:01:00Z", at("2026-04-08T10:01:00Z"))
                  : last();
            });
    assertThat(instants(walk(fetcher))).hasSize(1);
    assertThat(fetcher.queries()).extracting(WindowQuery::limit).containsExactly(120, 30, 7, 7);
  }

  @Test
  void bigPagesAreFollowedByFewerSnapshotsAndSmallOnesByMore() throws Exception {
    int[] samples = {50, 50, 50, 2, 2, 2, 2};
    int[] asked = {0};
    ScriptedFetcher fetcher =
        new ScriptedFetcher(
            (source, query) -> {
              int i = asked[0]++;
              Snapshot[] page = new Snapshot[query.limit()];
              for (int n = 0; n < page.length; n++) {
                page[n] =
                    big(Instant.parse("2026-04-08T10:00:00Z").plusMillis(i * 100 + n), samples[i]);
              }
              return i + 1 < samples.length ? more("c" + i, page) : last(page);
            });
    PageSize size = new PageSize(40, 200);
    WindowWalk walk = new WindowWalk(fetcher, JP.spec(), WINDOW, size);
    while (!walk.isDone()) {
      walk.next();
    }
    assertThat(fetcher.queries())
        .extracting(WindowQuery::limit)
        .containsExactly(16, 4, 4, 4, 8, 16, 32);
    assertThat(size.snapshots()).as("kept for the next walk").isEqualTo(40);
  }

  @Test
  void aNodeBiggerThanAPageIsReadSnapshotBySnapshot() throws Exception {
    PageSize size = new PageSize(120, 10);
    new WindowWalk(
            pages(more("c", big(Instant.parse("2026-04-08T10:01:00Z"), 50))),
            JP.spec(),
            WINDOW,
            size)
        .next();
    assertThat(size.snapshots()).isEqualTo(1);
  }

  @Test
  void whatWasSetAsideCountsForTheSizeOfAPageToo() {
    PageSize size = new PageSize(120, 10);
    List<RejectedSample> rejected =
        Collections.nCopies(5, new RejectedSample("x", "", "1", "1", RejectReason.BAD_IDENTIFIER));
    size.came(
        List.of(
            new Snapshot(
                ScriptedFetcher.JP,
                Instant.parse("2026-04-08T10:01:00Z"),
                null,
                List.of(),
                rejected)));
    assertThat(size.snapshots()).isEqualTo(2);
  }

  @Test
  void aPageThatWasRefusedIsTriedALittleBiggerInTheNextWalk() {
    PageSize size = new PageSize(400, 1_000_000);
    List<Snapshot> page = List.of(big(Instant.parse("2026-04-08T10:01:00Z"), 1));
    size.came(page);
    assertThat(size.snapshots()).isEqualTo(32);
    size.shrink();
    size.came(page);
    assertThat(size.snapshots()).as("not beyond what was refused").isEqualTo(8);
    size.begin();
    size.came(page);
    size.came(page);
    assertThat(size.snapshots()).isEqualTo(16);
    size.begin();
    size.came(page);
    size.came(page);
    assertThat(size.snapshots()).isEqualTo(32);
  }

  private static Snapshot big(Instant at, int samples) {
    List<Sample> all = new ArrayList<>();
    for (int i = 0; i < samples; i++) {
      all.add(
          new Sample(new SeriesKey("00000000-0000-4000-8000-00000000000a", "t" + (100 + i)), i, i));
    }
    return new Snapshot(ScriptedFetcher.JP, at, null, all, List.of());
  }

  @Test
  void aSingleSnapshotTooLargeFails() {
    ScriptedFetcher fetcher =
        new ScriptedFetcher(
            (source, query) -> {
              throw new SourceFailure(Kind.TOO_LARGE, "x");
            });
    assertFails(Kind.TOO_LARGE, walk(fetcher));
    assertThat(fetcher.queries()).extracting(WindowQuery::limit).containsExactly(120, 30, 7, 1);
  }

  @Test
  void aWalkIsOverAfterItsLastPageAndAfterAFailure() throws Exception {
    WindowWalk read = walk(pages(last()));
    read.next();
    assertThat(read.isDone()).isTrue();
    assertThatThrownBy(read::next).isInstanceOf(IllegalStateException.class);
    WindowWalk failed = walk(pages(more(null, at("2026-04-08T10:01:00Z"))));
    assertFails(Kind.CURSOR, failed);
    assertThat(failed.isDone()).isTrue();
  }

  private static WindowWalk walk(ScriptedFetcher fetcher) {
    return new WindowWalk(fetcher, JP.spec(), WINDOW, 120);
  }

  private static List<String> instants(WindowWalk walk) throws SourceFailure {
    List<String> instants = new ArrayList<>();
    while (!walk.isDone()) {
      walk.next().snapshots().forEach(s -> instants.add(s.collectedAt().toString()));
    }
    return instants;
  }

  private static void assertFails(Kind kind, WindowWalk walk) {
    assertThatThrownBy(walk::next)
        .isInstanceOfSatisfying(SourceFailure.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }
}
