package plus.svc.billing.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import plus.svc.billing.api.JobResult;

final class TextTest {

  @ParameterizedTest
  @CsvSource({
    "-5, 0s",
    "0, 0s",
    "59, 59s",
    "60, 1m00s",
    "3599, 59m59s",
    "3600, 1h00m",
    "86399, 23h59m",
    "86400, 1d00h",
    "360000, 4d04h",
  })
  void aTimeShowsItsTwoLargestUnits(long seconds, String text) {
    assertThat(Text.seconds(seconds)).isEqualTo(text);
  }

  @Test
  void whatIsNotYetIsADash() {
    assertThat(Text.seconds(null)).isEqualTo("-");
    assertThat(Text.instant(null)).isEqualTo("-");
    assertThat(Text.instant(JobResult.NEVER)).isEqualTo("-");
  }

  @Test
  void anInstantIsUtcToTheSecond() {
    assertThat(Text.instant(Instant.parse("2025-03-01T12:00:00.987654Z")))
        .isEqualTo("2025-03-01T12:00:00Z");
  }
}
