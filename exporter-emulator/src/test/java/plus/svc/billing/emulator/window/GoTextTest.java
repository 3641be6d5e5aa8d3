package plus.svc.billing.emulator.window;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts that Go programs read and write. */
class GoTextTest {
  @ParameterizedTest
  @CsvSource({
    "2026-04-12T10:01:00Z,2026-04-12T10:01:00Z",
    "2026-04-12T10:01:00.120Z,2026-04-12T10:01:00.12Z",
    "2026-04-12T12:01:00+02:00,2026-04-12T10:01:00Z",
    "2026-04-12T04:31:00-05:30,2026-04-12T10:01:00Z",
    "2026-04-12T9:01:00Z,2026-04-12T09:01:00Z",
    "'2026-04-12T09:01:00,5Z',2026-04-12T09:01:00.5Z",
    "2026-04-12T10:01:00.1234567891Z,2026-04-12T10:01:00.123456789Z"
  })
  void instantsAreReadAndWrittenAsGoDoes(String read, String written) {
    assertThat(GoTime.parse(read).map(GoTime::format)).contains(written);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2026-04-12",
        "2026-04-12 10:01:00Z",
        "2026-04-12t10:01:00z",
        "2026-04-12T10:01Z",
        "2026-02-30T10:01:00Z",
        "2026-04-12T24:00:00Z",
        "2026-04-12T10:01:00",
        "2026-04-12T10:01:00Z ",
        "1775988060"
      })
  void otherInstantsAreRefused(String text) {
    assertThat(GoTime.parse(text)).isEmpty();
  }

  @Test
  void secondsAreCutOffNotRounded() {
    assertThat(GoTime.formatSeconds(Instant.parse("2026-04-12T10:01:00.999999999Z")))
        .isEqualTo("2026-04-12T10:01:00Z");
  }

  @Test
  void aQuerysFirstValueCountsAndBrokenPairsAreDropped() {
    GoQuery query = new GoQuery("a=1&a=2&b=%zz&c=x;y&d&e=%2B+&%66=6");
    assertThat(query.get("a")).isEqualTo("1");
    assertThat(query.get("b")).isEmpty();
    assertThat(query.get("c")).isEmpty();
    assertThat(query.get("d")).isEmpty();
    assertThat(query.get("e")).isEqualTo("+ ");
    assertThat(query.get("f")).isEqualTo("6");
    assertThat(new GoQuery(null).get("a")).isEmpty();
  }
}
