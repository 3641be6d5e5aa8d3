package plus.svc.billing.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class PaceTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration CAP = Duration.ofMinutes(5);

  @Test
  void pausesDoubleUpToTheLongest() {
    List<Long> seconds =
        IntStream.rangeClosed(1, 7)
            .mapToObj(failures -> Pace.pause(MINUTE, CAP, failures, 0).toSeconds())
            .toList();
    assertThat(seconds).containsExactly(15L, 30L, 60L, 120L, 240L, 300L, 300L);
    assertThat(Pace.pause(MINUTE, CAP, Integer.MAX_VALUE, 0)).isEqualTo(CAP);
  }

  @Test
  void aSourceThatIsSeldomReadIsNotPausedForLessThanThat() {
    Duration day = Duration.ofDays(1);
    assertThat(Pace.pause(day, CAP, 1, 0)).isEqualTo(Duration.ofSeconds(15));
    assertThat(Pace.pause(day, CAP, 30, 0)).isEqualTo(day);
  }

  @Test
  void chanceShortensAPauseByAFifthAtMost() {
    assertThat(Pace.pause(MINUTE, CAP, 7, 1)).isEqualTo(Duration.ofMinutes(4));
  }

  @Test
  void turnsKeepToTheGridAndPassedOnesAreLeftOut() {
    assertThat(Pace.next(MINUTE, Duration.ofSeconds(2), 0))
        .isEqualTo(new Pace.Turn(MINUTE, MINUTE));
    assertThat(Pace.next(MINUTE, Duration.ofSeconds(150), 0).grid())
        .isEqualTo(Duration.ofMinutes(3));
    assertThat(Pace.next(MINUTE, Duration.ofSeconds(2), 1))
        .isEqualTo(new Pace.Turn(MINUTE, Duration.ofSeconds(63)));
  }

  @Test
  void secondTurnsSpreadOverTheInterval() {
    assertThat(Pace.shift(MINUTE, 0)).isZero();
    assertThat(Pace.shift(MINUTE, 0.75)).isEqualTo(Duration.ofSeconds(45));
  }
}
