package plus.svc.billing.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import plus.svc.billing.pipeline.snapshot.Sample;
import plus.svc.billing.pipeline.snapshot.SeriesKey;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.pipeline.source.ScriptedFetcher;
import plus.svc.billing.pipeline.source.Sources;
import plus.svc.billing.pipeline.source.walk.Findings;
import plus.svc.billing.pipeline.source.walk.WalkedPage;

final class DualReadingTest {

  private final DualReading dual =
      new DualReading(Sources.at(URI.create("http://127.0.0.1:9")).spec());

  @Test
  void nothingIsComparedBeforeAnInstantThatBothHave() {
    latest(minute(1, 10));
    dual.window(List.of(minute(2, 20), minute(3, 30)));
    assertThat(dual.report().since()).isNull();
    assertThat(dual.report().onlyLatest()).isEqualTo(1);
    assertThat(dual.report().onlyWindow()).isZero();
    assertThat(dual.report().windowBytes()).isZero();
  }

  @Test
  void instantsThatOneOfThemLacksAreCounted() {
    latest(minute(1, 10));
    latest(minute(3, 30));
    latest(minute(4, 40));
    dual.window(List.of(minute(1, 10), minute(2, 20), minute(4, 40)));
    assertThat(dual.report().both()).isEqualTo(2);
    assertThat(dual.report().onlyLatest()).isEqualTo(1);
    assertThat(dual.report().onlyWindow()).isEqualTo(1);
    assertThat(dual.report().latestBytes()).isEqualTo(30);
    assertThat(dual.report().windowBytes()).isEqualTo(30);
  }

  @Test
  void anotherContentAtTheSameInstantIsToldWithWhatItWouldHaveWritten() {
    latest(minute(1, 10));
    latest(minute(2, 25));
    dual.window(List.of(minute(1, 10), minute(2, 20)));
    assertThat(dual.report().differing()).isEqualTo(1);
    assertThat(dual.report().latestBytes()).isEqualTo(15);
    assertThat(dual.report().windowBytes()).isEqualTo(10);
    assertThat(dual.report().differingMinutes()).isEqualTo(1);
  }

  @Test
  void whatTheWindowSaysAgainIsComparedOnce() {
    latest(minute(1, 10));
    dual.window(List.of(minute(1, 10), minute(2, 20)));
    latest(minute(1, 10));
    dual.window(List.of(minute(1, 10), minute(2, 20), minute(3, 30)));
    assertThat(dual.report().both()).isEqualTo(1);
    assertThat(dual.report().onlyWindow()).isEqualTo(2);
  }

  @Test
  void aLatestEndpointThatFailsIsCountedWithItsLastError() {
    dual.latestFailed("timeout: too slow");
    dual.latestFailed("not_found: it answers 404");
    assertThat(dual.report().latestFailures()).isEqualTo(2);
    assertThat(dual.report().latestError()).isEqualTo("not_found: it answers 404");
  }

  /** Memory is bounded: what waits longest for its window is given up. */
  @Test
  void whatWaitsTooLongForTheWindowIsNotCompared() {
    for (int m = 1; m <= 10; m++) {
      latest(minute(m, 10L * m));
    }
    for (int m = 1; m <= 10; m++) {
      dual.window(List.of(minute(m, 10L * m)));
    }
    assertThat(dual.report().both()).isEqualTo(8);
    assertThat(dual.report().since()).isEqualTo(minute(3, 30).collectedAt());
  }

  @Test
  void aWindowThatIsLongAloneIsForgottenAndTheComparisonBeginsAnew() {
    latest(minute(1, 10));
    dual.window(List.of(minute(1, 10)));
    for (int m = 2; m <= 5_002; m++) {
      dual.window(List.of(minute(m, 10L * m)));
    }
    assertThat(dual.report().since()).isNull();
    assertThat(dual.report().windowBytes()).isZero();
    latest(minute(6_000, 7));
    dual.window(List.of(minute(6_000, 7)));
    assertThat(dual.report().since()).isEqualTo(minute(6_000, 7).collectedAt());
    assertThat(dual.report().windowBytes()).isZero();
  }

  private void latest(Snapshot snapshot) {
    dual.latest(new WalkedPage(List.of(snapshot), null, Findings.NONE));
  }

  private static Snapshot minute(int minute, long total) {
    return new Snapshot(
        ScriptedFetcher.JP,
        Instant.parse("2026-04-08T10:00:00Z").plusSeconds(60L * minute),
        null,
        List.of(new Sample(new SeriesKey("00000000-0000-4000-8000-00000000000a", "tcp"), total, 0)),
        List.of());
  }
}
