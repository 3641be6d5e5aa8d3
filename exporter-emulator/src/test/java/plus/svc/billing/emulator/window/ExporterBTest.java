package plus.svc.billing.emulator.window;

import static org.assertj.core.api.Assertions.assertThat;
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

class ExporterBTest {
  private static final String EMPTY_PAGE =
      "{\"node_id\":\"\",\"env\":\"\",\"snapshots\":[],\"has_more\":false}\n";
  private final Exporter exporter = exporter(Flavour.B, minutes(40));

  @ParameterizedTest
  @ValueSource(
      strings = {" Bearer secret", "Bearer secret ", "bearer secret", "Bearer  secret", ""})
  void wantsTheAuthorizationHeaderToTheLetter(String header) {
    assertThat(error(Ask.authorized(exporter, header))).isEqualTo("401 unauthorized");
    assertThat(Ask.authorized(exporter, "Bearer secret").status()).isEqualTo(200);
  }

  @Test
  void locksEveryoneOutWithABlankToken() {
    Exporter blank = exporter(NodeConfig.of(Flavour.B, "uat-node", "uat", Access.bearer("")));
    assertThat(error(Ask.authorized(blank, "Bearer "))).isEqualTo("401 unauthorized");
  }

  @ParameterizedTest
  @ValueSource(strings = {"limit=500", "since=&until=", "since=yesterday&until=x"})
  void takesTheLastHourForAMissingOrBadWindow(String query) {
    // It is 10:30:45: the snapshots of 10:00 to 10:30.
    assertThat(stamps(Ask.raw(exporter, query))).hasSize(31);
  }

  @Test
  void fallsBackSilentlyOnAnUnescapedPlus() {
    assertThat(stamps(Ask.raw(exporter, "since=2026-04-12T10:29:00+00:00"))).hasSize(31);
    assertThat(stamps(Ask.raw(exporter, "since=2026-04-12T10:29:00%2B00:00"))).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({"2,2", "1000,1000", "1001,1000", "0,1000", "-5,1000", "2abc,1000", "1e3,1000"})
  void takes1000ForEveryLimitItDoesNotLike(String limit, int snapshots) {
    Exporter full = exporter(Flavour.B, minutes(1100));
    assertThat(
            stamps(
                window(
                    full,
                    "since",
                    "2026-04-12T10:00:00Z",
                    "until",
                    "2026-04-14T10:00:00Z",
                    "limit",
                    limit)))
        .hasSize(snapshots);
  }

  @Test
  void restartsPagingOnABadCursor() {
    String[] window = {"since", "2026-04-12T10:00:00Z", "limit", "2", "cursor", "garbage"};
    assertThat(stamps(window(exporter, window)))
        .containsExactly("2026-04-12T10:00:00Z", "2026-04-12T10:01:00Z");
  }

  @Test
  void comparesSubSecondBoundsAsInstants() {
    Exporter three = exporter(Flavour.B, minutes(3));
    assertThat(
            stamps(
                window(
                    three, "since", "2026-04-12T10:00:00.5Z", "until", "2026-04-12T10:02:00.5Z")))
        .containsExactly("2026-04-12T10:01:00Z", "2026-04-12T10:02:00Z");
  }

  @Test
  void pagesByNanosecondCursorsWithoutTrailingZeros() {
    Exporter drifting =
        exporter(
            Flavour.B,
            at(Instant.parse("2026-04-12T10:00:00.1234567Z"), 1),
            at(Instant.parse("2026-04-12T10:00:00.123456701Z"), 2),
            at(Instant.parse("2026-04-12T10:00:59.5Z"), 3));
    String since = "2026-04-12T10:00:00Z";
    Reply first = window(drifting, "since", since, "limit", "1");
    String cursor = json(first).get("next_cursor").asText();
    assertThat(cursor).isEqualTo("2026-04-12T10:00:00.1234567Z");
    assertThat(stamps(window(drifting, "since", since, "limit", "1", "cursor", cursor)))
        .containsExactly("2026-04-12T10:00:00.123456701Z");
  }

  @Test
  void deliversTheLastSnapshotOfAPageAgainForACursorCutToSeconds() {
    Exporter drifting =
        exporter(
            Flavour.B,
            at(Instant.parse("2026-04-12T10:00:00.5Z"), 1),
            at(Instant.parse("2026-04-12T10:00:59.5Z"), 2));
    assertThat(
            stamps(
                window(
                    drifting,
                    "since",
                    "2026-04-12T10:00:00Z",
                    "limit",
                    "1",
                    "cursor",
                    "2026-04-12T10:00:00Z")))
        .containsExactly("2026-04-12T10:00:00.5Z");
  }

  @Test
  void hidesEqualInstantsBeyondTheLimitForEver() {
    Exporter tied = exporter(Flavour.B, at(Ask.TEN, 1), at(Ask.TEN, 2), at(Ask.TEN, 3));
    Reply page = window(tied, "since", "2026-04-12T10:00:00Z", "limit", "1");
    assertThat(stamps(page)).hasSize(1);
    assertThat(json(page).get("has_more").asBoolean()).isFalse();
    assertThat(json(page).has("next_cursor")).isFalse();
  }

  @Test
  void hasABlankHeaderOnAnEmptyPage() {
    assertThat(
            text(
                window(exporter, "since", "2026-04-12T12:00:00Z", "until", "2026-04-12T11:00:00Z")))
        .isEqualTo(EMPTY_PAGE);
    assertThat(text(window(exporter(Flavour.B)))).isEqualTo(EMPTY_PAGE);
  }

  @Test
  void headsAPageWithItsFirstSnapshotsNode() {
    SnapshotRow foreign = new SnapshotRow(Ask.TEN, "old-node", "uat", null, List.of());
    Reply page = window(exporter(Flavour.B, foreign, minutes(2)[1]));
    assertThat(json(page).get("node_id").asText()).isEqualTo("old-node");
    assertThat(json(page).get("env").asText()).isEqualTo("uat");
  }

  @Test
  void keepsSeveralSnapshotsOfAMinuteAndEqualInstants() {
    Exporter fresh = exporter(Flavour.B);
    fresh.collect(scrape("2026-04-12T10:00:00.25Z", 10));
    fresh.collect(scrape("2026-04-12T10:00:59.999999999Z", 25));
    assertThat(fresh.history())
        .extracting(row -> GoTime.format(row.collectedAt()))
        .containsExactly("2026-04-12T10:00:00.25Z", "2026-04-12T10:00:59.999999999Z");
  }

  @Test
  void writesNullForASnapshotWithoutSamples() {
    Exporter silent = exporter(Ask.config(Flavour.B).withUserCounters(false));
    silent.collect(scrape("2026-04-12T10:00:00Z", 10));
    assertThat(text(window(silent))).contains("\"samples\":null");
  }

  @Test
  void skipsTheSnapshotWithoutTheAccountsService() {
    Exporter fresh = exporter(Flavour.B);
    assertThat(fresh.collect(new Scrape(Ask.TEN, Ask.TEN, List.of(), Optional.empty()))).isEmpty();
    assertThat(fresh.history()).isEmpty();
  }

  @Test
  void keepsHistoryBackFromTheNewestSnapshot() {
    Exporter kept =
        exporter(Ask.config(Flavour.B).withRetention(Duration.ofMinutes(10)), minutes(21));
    assertThat(kept.history()).hasSize(11);
  }

  @Test
  void hasNoLatestOfNothing() {
    assertThat(error(Ask.path(exporter(Flavour.B), Request.LATEST)))
        .isEqualTo("404 no snapshot available");
    assertThat(text(Ask.path(exporter, Request.LATEST))).endsWith("}\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/snapshots/", "/v1/snapshots/other", "/v1/snapshots/window/"})
  void asksForTheTokenBeforeItKnowsNoPath(String path) {
    assertThat(error(Ask.path(exporter, path))).isEqualTo("404 404 page not found");
    assertThat(error(exporter.answer(new Request(path, null, null)))).isEqualTo("401 unauthorized");
  }

  @Test
  void answersEveryOtherPathWithThePageForPeople() {
    Reply reply = exporter.answer(new Request("/anything", null, null));
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.headers()).containsEntry("Content-Type", "text/html");
    assertThat(text(reply)).contains("<h1>Xray Exporter");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/snapshots/window", "/v1/snapshots/latest"})
  void answersThePageForPeopleWhereSnapshotsAreNotEnabled(String path) {
    Exporter disabled = exporter(NodeConfig.of(Flavour.B, "", "uat", Access.bearer(Ask.TOKEN)));
    Reply reply = Ask.path(disabled, path);
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.headers()).containsEntry("Content-Type", "text/html");
  }

  @Test
  void isAlwaysHealthy() {
    assertThat(error(exporter.answer(new Request("/health", null, null)))).isEqualTo("200 OK");
  }

  @Test
  void letsOtherClientsInWhenTheTokenIsChanged() {
    exporter.access(Access.bearer("new"));
    assertThat(Ask.authorized(exporter, "Bearer secret").status()).isEqualTo(401);
    assertThat(Ask.authorized(exporter, "Bearer new").status()).isEqualTo(200);
  }

  private static Scrape scrape(String at, long bytes) {
    return new Scrape(
        Instant.parse(at),
        Ask.TEN,
        List.of(new RawCounter("proxy-1", "tcp", RawCounter.Direction.UPLINK, bytes)),
        Optional.of(Identities.none()));
  }
}
