package plus.svc.billing.emulator.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static plus.svc.billing.emulator.window.Ask.at;
import static plus.svc.billing.emulator.window.Ask.error;
import static plus.svc.billing.emulator.window.Ask.exporter;
import static plus.svc.billing.emulator.window.Ask.json;
import static plus.svc.billing.emulator.window.Ask.minutes;
import static plus.svc.billing.emulator.window.Ask.stamps;
import static plus.svc.billing.emulator.window.Ask.text;
import static plus.svc.billing.emulator.window.Ask.window;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExporterATest {
  private final Exporter exporter = exporter(Flavour.A, minutes(40));

  @Test
  void refusesToStartWithoutTokenOrNodeId() {
    assertThatThrownBy(() -> NodeConfig.of(Flavour.A, "n", "prod", Access.bearer("")))
        .hasMessageContaining("blank token");
    assertThatThrownBy(() -> NodeConfig.of(Flavour.A, " ", "prod", Access.bearer("t")))
        .hasMessageContaining("node id");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer secret", "  Bearer secret\t"})
  void forgivesBlanksAroundTheAuthorizationHeader(String header) {
    assertThat(Ask.authorized(exporter, header).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bearer secret", "Bearer  secret", "Bearer secre", "Basic secret", ""})
  void lets401AnswerEveryOtherHeader(String header) {
    assertThat(error(Ask.authorized(exporter, header))).isEqualTo("401 unauthorized");
    assertThat(error(exporter.answer(new Request(Request.LATEST, null, header))))
        .isEqualTo("401 unauthorized");
  }

  @Test
  void wantsSince() {
    assertThat(error(window(exporter))).isEqualTo("400 invalid since");
    assertThat(error(window(exporter, "since", "10:00"))).isEqualTo("400 invalid since");
  }

  @Test
  void takesAnUnescapedPlusForABlankAndRefusesIt() {
    assertThat(error(Ask.raw(exporter, "since=2026-04-12T10:00:00+00:00")))
        .isEqualTo("400 invalid since");
    assertThat(stamps(Ask.raw(exporter, "since=2026-04-12T10:28:00%2B00:00"))).hasSize(2);
  }

  @Test
  void endsAWindowWithoutUntilAtTheLastWholeMinuteButOne() {
    // It is 10:30:45; the minute of 10:30 is not over.
    assertThat(stamps(window(exporter, "since", "2026-04-12T10:27:00Z")))
        .containsExactly("2026-04-12T10:27:00Z", "2026-04-12T10:28:00Z", "2026-04-12T10:29:00Z");
    assertThat(error(window(exporter, "since", "2026-04-12T10:00:00Z", "until", "x")))
        .isEqualTo("400 invalid until");
  }

  @ParameterizedTest
  @CsvSource({"2abc,2", "1e3,1", "' 3',3", "+4,4", "'',30", "9999,30"})
  void readsALimitByItsPrefix(String limit, int snapshots) {
    assertThat(stamps(window(exporter, "since", "2026-04-12T10:00:00Z", "limit", limit)))
        .hasSize(snapshots);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "abc", "-", "99999999999999999999"})
  void refusesOtherLimits(String limit) {
    assertThat(error(window(exporter, "since", "2026-04-12T10:00:00Z", "limit", limit)))
        .isEqualTo("400 invalid limit");
  }

  @Test
  void takes120SnapshotsByDefaultAndAtMost1440() {
    Exporter full = exporter(Flavour.A, minutes(2000));
    String since = "2026-04-12T10:00:00Z";
    String until = "2026-04-20T10:00:00Z";
    assertThat(stamps(window(full, "since", since, "until", until))).hasSize(120);
    assertThat(stamps(window(full, "since", since, "until", until, "limit", "1500"))).hasSize(1440);
  }

  @Test
  void hasBothEndsInTheWindowAndTheCursorOutside() {
    String since = "2026-04-12T10:01:00Z";
    String until = "2026-04-12T10:03:00Z";
    assertThat(stamps(window(exporter, "since", since, "until", until)))
        .containsExactly(since, "2026-04-12T10:02:00Z", until);
    assertThat(stamps(window(exporter, "since", since, "until", until, "cursor", since)))
        .containsExactly("2026-04-12T10:02:00Z", until);
    assertThat(stamps(window(exporter, "since", since, "until", since))).containsExactly(since);
  }

  @Test
  void givesACursorExactlyWhenMoreFollows() {
    String since = "2026-04-12T10:01:00Z";
    String until = "2026-04-12T10:04:00Z";
    Reply first = window(exporter, "since", since, "until", until, "limit", "3");
    assertThat(json(first).get("has_more").asBoolean()).isTrue();
    assertThat(json(first).get("next_cursor").asText()).isEqualTo("2026-04-12T10:03:00Z");

    Reply full = window(exporter, "since", since, "until", until, "limit", "4");
    assertThat(json(full).get("has_more").asBoolean()).isFalse();
    assertThat(json(full).has("next_cursor")).isFalse();
  }

  @Test
  void refusesABadCursorAndIgnoresABlankOne() {
    String since = "2026-04-12T10:28:00Z";
    assertThat(error(window(exporter, "since", since, "cursor", "x")))
        .isEqualTo("400 invalid cursor");
    assertThat(stamps(window(exporter, "since", since, "cursor", ""))).hasSize(2);
  }

  @Test
  void answersAReversedWindowWithAnEmptyPage() {
    assertThat(
            text(
                window(exporter, "since", "2026-04-12T10:10:00Z", "until", "2026-04-12T10:00:00Z")))
        .isEqualTo(
            "{\"node_id\":\"jp-node\",\"env\":\"prod\",\"snapshots\":null,\"has_more\":false}\n");
  }

  @Test
  void comparesSubSecondBoundsAsText() {
    Exporter three = exporter(Flavour.A, minutes(3));
    String ten = "2026-04-12T10:00:00Z";
    String two = "2026-04-12T10:02:00Z";
    assertThat(
            stamps(
                window(three, "since", "2026-04-12T10:00:00.5Z", "until", "2026-04-12T10:02:01Z")))
        .as("since=10:00:00.5Z still returns 10:00")
        .contains(ten);
    assertThat(stamps(window(three, "since", ten, "until", "2026-04-12T10:02:00.5Z")))
        .as("until=10:02:00.5Z omits 10:02")
        .doesNotContain(two);
    assertThat(
            stamps(window(three, "since", ten, "until", two, "cursor", "2026-04-12T10:01:00.5Z")))
        .as("cursor=10:01:00.5Z delivers 10:01 again")
        .containsExactly("2026-04-12T10:01:00Z", two);
  }

  @Test
  void cutsStampsToTheMinuteAndOverwritesTheRow() {
    Exporter fresh = exporter(Flavour.A);
    fresh.collect(scrape("2026-04-12T10:00:05Z", 10));
    fresh.collect(scrape("2026-04-12T10:00:58.9Z", 25));
    assertThat(fresh.history()).singleElement().satisfies(ExporterATest::isTheSecondOfTen);
  }

  private static void isTheSecondOfTen(SnapshotRow row) {
    assertThat(row.collectedAt()).isEqualTo(Ask.TEN);
    assertThat(row.samples()).extracting(SampleRow::uplinkBytesTotal).containsExactly(25L);
  }

  @Test
  void keepsASnapshotWithoutSamplesWithAnEmptyArray() {
    Exporter fresh = exporter(Flavour.A);
    fresh.collect(new Scrape(Ask.TEN, Ask.TEN, List.of(), Optional.of(Identities.none())));
    assertThat(text(window(fresh, "since", "2026-04-12T10:00:00Z"))).contains("\"samples\":[]");
  }

  @Test
  void keepsHistoryBackFromTheNewestSnapshot() {
    Exporter kept =
        exporter(Ask.config(Flavour.A).withRetention(Duration.ofMinutes(10)), minutes(21));
    assertThat(kept.history()).hasSize(11);
    assertThat(kept.history().get(0).collectedAt()).isEqualTo(Ask.TEN.plusSeconds(600));
  }

  @Test
  void tellsTheLatestWithoutALineEnd() {
    assertThat(text(Ask.path(exporter, Request.LATEST)))
        .startsWith("{\"collected_at\":\"2026-04-12T10:39:00Z\"")
        .endsWith("}");
  }

  @Test
  void tellsAZeroSnapshotAsTheLatestOfNothing() {
    assertThat(text(Ask.path(exporter(Flavour.A), Request.LATEST)))
        .isEqualTo(
            "{\"collected_at\":\"0001-01-01T00:00:00Z\",\"node_id\":\"\",\"env\":\"\","
                + "\"samples\":null}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/", "/v1/snapshots/", "/v1/snapshots/other", "/v1/snapshots/window/", "/health"})
  void knowsNoOtherPath(String path) {
    assertThat(error(Ask.path(exporter, path))).isEqualTo("404 404 page not found");
    assertThat(error(exporter.answer(new Request(path, null, null))))
        .as("even without a token")
        .isEqualTo("404 404 page not found");
  }

  @Test
  void isHealthyFromTheFirstSuccessfulScrapeOn() {
    Exporter fresh = exporter(Flavour.A, minutes(1));
    assertThat(error(Ask.path(fresh, "/healthz")))
        .isEqualTo("503 {\"message\":\"\",\"status\":\"degraded\"}");
    fresh.collect(scrape("2026-04-12T10:01:00Z", 1));
    assertThat(error(Ask.path(fresh, "/healthz")))
        .isEqualTo("200 {\"message\":\"\",\"status\":\"ok\"}");
    fresh.collectFailed("fetch xray stats: \"gone\"");
    assertThat(error(Ask.path(fresh, "/healthz")))
        .isEqualTo("503 {\"message\":\"fetch xray stats: \\\"gone\\\"\",\"status\":\"degraded\"}");
  }

  @Test
  void goesOnWithoutTheAccountsServiceAndLosesTheEmails() {
    Exporter fresh = exporter(Flavour.A);
    fresh.collect(new Scrape(Ask.TEN, Ask.TEN, counters(7), Optional.empty()));
    assertThat(fresh.history().get(0).samples())
        .containsExactly(new SampleRow("proxy-1", "unknown", "tcp", 7, 0));
    assertThat(error(Ask.path(fresh, "/healthz"))).startsWith("200").contains("degraded: down");
  }

  @Test
  void tellsTheProducersEpochOnlyIfAsked() {
    Instant started = Instant.parse("2026-04-12T09:59:30.25Z");
    Scrape scrape = new Scrape(Ask.TEN, started, List.of(), Optional.of(Identities.none()));
    Exporter plain = exporter(Flavour.A);
    plain.collect(scrape);
    assertThat(text(Ask.path(plain, Request.LATEST))).doesNotContain("started_at");

    Exporter telling = exporter(Ask.config(Flavour.A).withProducerEpoch(true));
    telling.collect(scrape);
    assertThat(text(Ask.path(telling, Request.LATEST)))
        .contains("\"started_at\":\"2026-04-12T09:59:30.25Z\",\"samples\":[]");
  }

  @Test
  void escapesAsGosEncoderDoes() {
    SnapshotRow row =
        new SnapshotRow(
            Ask.TEN,
            "jp-node",
            "prod",
            null,
            List.of(new SampleRow("u", "a<b>&\u2028\"\\é", "tcp", 1, Long.MAX_VALUE)));
    assertThat(text(Ask.path(exporter(Flavour.A, row), Request.LATEST)))
        .contains(
            "\"email\":\"a\\u003cb\\u003e\\u0026\\u2028\\\"\\\\é\"",
            "\"downlink_bytes_total\":9223372036854775807");
  }

  @Test
  void forgetsNothingOfASnapshotGivenToIt() {
    SnapshotRow odd = at(Instant.parse("2026-04-12T10:00:30.5Z"), 3);
    assertThat(exporter(Flavour.A, odd).history()).containsExactly(odd);
  }

  private static Scrape scrape(String at, long bytes) {
    return new Scrape(Instant.parse(at), Ask.TEN, counters(bytes), Optional.of(Identities.none()));
  }

  private static List<RawCounter> counters(long bytes) {
    return List.of(new RawCounter("proxy-1", "tcp", RawCounter.Direction.UPLINK, bytes));
  }
}
