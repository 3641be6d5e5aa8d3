package plus.svc.billing.platform.setting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoDurationTest {

  @ParameterizedTest
  @CsvSource({
    "0, PT0S",
    "+0, PT0S",
    "-0, PT0S",
    "0s, PT0S",
    "1m, PT1M",
    "1h30m, PT1H30M",
    "1m30s, PT1M30S",
    "1.5h, PT1H30M",
    ".5s, PT0.5S",
    "1.s, PT1S",
    "+5s, PT5S",
    "-1m30s, PT-1M-30S",
    "336h, PT336H",
    "1ns, PT0.000000001S",
    "1us, PT0.000001S",
    "1\u00b5s, PT0.000001S",
    "1\u03bcs, PT0.000001S",
    "1ms, PT0.001S",
    "1s1m, PT1M1S",
    "0.1ns, PT0S",
    "9223372036854775807ns, PT2562047H47M16.854775807S"
  })
  void readsWhatGoWrites(String text, Duration expected) {
    assertThat(GoDuration.parse(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "60", "1d", "1M", "1e3s", "1 m", " 1m", "1m ", "m", ".s", "s", "-", "+", "--1s",
        "1h-1m", "0x1s", "1.2.3s", "PT1M", "1S", "\u0661s", "1m30"
      })
  void refusesWhatGoRefuses(String text) {
    assertThatThrownBy(() -> GoDuration.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"9223372036854775808ns", "2562048h", "99999999999999999999999h"})
  void refusesWhatDoesNotFit(String text) {
    assertThatThrownBy(() -> GoDuration.parse(text)).hasMessageContaining("out of range");
  }

  @Test
  void readsDropwizardsSpellingToo() {
    assertThat(DurationText.parse("5 minutes")).isEqualTo(Duration.ofMinutes(5));
    assertThat(DurationText.parse("1d")).isEqualTo(Duration.ofDays(1));
    assertThat(DurationText.parse("1m30s")).isEqualTo(Duration.ofSeconds(90));
    assertThat(DurationText.of(Duration.ofSeconds(90))).isEqualTo("1m30s");
    assertThatThrownBy(() -> DurationText.parse("soon"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
