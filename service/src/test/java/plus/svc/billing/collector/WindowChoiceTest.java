package plus.svc.billing.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import plus.svc.billing.pipeline.source.SourceProgress;
import plus.svc.billing.pipeline.source.Sources;
import plus.svc.billing.pipeline.source.walk.Window;

final class WindowChoiceTest {

  private static final Instant NOW = Instant.parse("2026-04-08T10:00:59.999Z");
  private static final Instant UNTIL = Instant.parse("2026-04-08T09:59:00Z");
  private static final Duration THREE_DAYS = Duration.ofDays(3);
  private static final Sources SOURCE = Sources.at(URI.create("http://127.0.0.1:9"));

  @Test
  void t09TheEndStaysAFullMinuteBehindNow() {
    assertThat(WindowChoice.until(NOW)).isEqualTo(UNTIL);
    assertThat(WindowChoice.until(Instant.parse("2026-04-08T10:01:00Z")))
        .isEqualTo("2026-04-08T10:00:00Z");
  }

  @Test
  void theFirstContactLooksBackAsFarAsConfigured() {
    assertThat(collect(null, THREE_DAYS)).isEqualTo(window("2026-04-05T09:59:00Z"));
    assertThat(collect(null, Duration.ZERO)).isEqualTo(window("2026-04-08T09:59:00Z"));
  }

  @Test
  void theFirstContactDoesNotReachBehindTheStartOfBilling() {
    Sources source = SOURCE.billingFrom(Instant.parse("2026-04-08T08:00:00.5Z"));
    assertThat(first(source)).isEqualTo(window("2026-04-08T07:58:00Z"));
    assertThat(first(SOURCE.billingFrom(Instant.parse("2026-01-01T00:00:00Z"))))
        .isEqualTo(window("2026-04-05T09:59:00Z"));
    assertThat(first(SOURCE.billingFrom(Instant.parse("2026-04-08T12:00:00Z")))).isNull();
  }

  @Test
  void laterContactsOverlapAndUseWholeSeconds() {
    assertThat(collect("2026-04-08T09:50:30.123456Z", THREE_DAYS))
        .isEqualTo(window("2026-04-08T09:48:30Z"));
    assertThat(collect("2026-04-08T09:59:00Z", THREE_DAYS))
        .isEqualTo(window("2026-04-08T09:57:00Z"));
  }

  @Test
  void t08ASourceThatWasSilentIsReadFromItsWatermarkUpToWhatExportersKeep() {
    assertThat(collect("2026-04-06T00:00:00Z", Duration.ofHours(1)))
        .isEqualTo(window("2026-04-05T23:58:00Z"));
    assertThat(collect("2026-01-01T00:00:00Z", Duration.ofHours(1)))
        .isEqualTo(window("2026-04-05T09:59:00Z"));
    assertThat(collect("2026-01-01T00:00:00Z", Duration.ofDays(5)))
        .isEqualTo(window("2026-04-03T09:59:00Z"));
  }

  @Test
  void aWatermarkInTheFutureStillReadsTheOverlap() {
    assertThat(collect("2027-01-01T00:00:00Z", THREE_DAYS))
        .isEqualTo(window("2026-04-08T09:57:00Z"));
  }

  @Test
  void reconcilingReadsTheLookBackAgainAndJumpsOverNothingUnread() {
    assertThat(reconcile("2026-04-08T09:59:00Z", Duration.ofHours(6)))
        .isEqualTo(window("2026-04-08T04:00:00Z"));
    assertThat(reconcile("2026-04-07T10:00:00Z", Duration.ofHours(6)))
        .isEqualTo(window("2026-04-07T09:58:00Z"));
  }

  private static @Nullable Window collect(@Nullable String seen, Duration firstLookBack) {
    return WindowChoice.collect(SOURCE.spec(), progress(seen), NOW, firstLookBack).orElse(null);
  }

  private static @Nullable Window first(Sources source) {
    return WindowChoice.collect(source.spec(), progress(null), NOW, THREE_DAYS).orElse(null);
  }

  private static @Nullable Window reconcile(String seen, Duration lookBack) {
    return WindowChoice.reconcile(SOURCE.spec(), progress(seen), NOW, THREE_DAYS, lookBack)
        .orElse(null);
  }

  private static Window window(String since) {
    return new Window(Instant.parse(since), UNTIL);
  }

  private static SourceProgress progress(@Nullable String seen) {
    return new SourceProgress("jp", seen == null ? null : Instant.parse(seen), null, null, "", "");
  }
}
