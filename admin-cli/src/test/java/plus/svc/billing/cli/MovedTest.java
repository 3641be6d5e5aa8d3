package plus.svc.billing.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;
import plus.svc.billing.api.report.Verdict;

/** A list that is followed shows what moved, and nothing else. */
final class MovedTest {

  private final StringWriter shown = new StringWriter();
  private final Moved moved = new Moved(new PrintWriter(shown));

  private void round(String until, long lag, long uplink) {
    moved.section("sources", "source_id", "completed_until", "lag");
    moved.row("jp", until, lag);
    moved.section("series", "node", "ordinal", "account", "inbound", "uplink_total");
    moved.row("prod:jp", 3, "unknown-0badcafe", "tcp", uplink);
    moved.progress(1, "");
    moved.end(Map.of(), Verdict.CLEAN);
    moved.endRound();
  }

  @Test
  void onlyWhatMovedIsShownAndTimeAloneIsNothing() {
    round("10:00", 60, 5);
    assertThat(shown.toString()).isEqualTo("following 2 checkpoints; Ctrl-C ends\n");
    round("10:00", 65, 5);
    assertThat(shown.toString().lines()).hasSize(1);
    round("10:01", 5, 9);
    assertThat(shown.toString().lines().skip(1))
        .containsExactly(
            "source jp  completed_until 10:00 -> 10:01",
            "prod:jp unknown-0badcafe tcp #3  uplink_total 5 -> 9");
  }
}
