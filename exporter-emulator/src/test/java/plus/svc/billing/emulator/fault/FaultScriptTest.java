package plus.svc.billing.emulator.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FaultScriptTest {
  private static final Instant START = Instant.parse("2026-04-12T10:00:00Z");

  @Test
  void namesFaultsAndTheirFields() {
    assertThat(
            FaultScript.parse(
                """
                [
                  {"kind": "restart", "at": "2026-04-12T10:05:30Z"},
                  {"kind": "missed_scrapes", "from": "PT10M", "until": "PT13M"},
                  {"kind": "silent", "mode": "refused", "when": {"from": "PT1M", "until": "PT2M"}},
                  {"kind": "status", "when": {"requests": 3}, "status": 503, "body": "busy"},
                  {"kind": "drip", "piece_bytes": 10, "pause": "PT0.1S"},
                  {"kind": "odd_total", "literal": "1.5"}
                ]
                """,
                START))
        .containsExactly(
            new NodeFault.Restart(Instant.parse("2026-04-12T10:05:30Z")),
            new NodeFault.MissedScrapes(START.plusSeconds(600), START.plusSeconds(780)),
            new WireFault.Silent(
                When.between(START.plusSeconds(60), START.plusSeconds(120)),
                WireFault.Silent.Mode.REFUSED),
            new WireFault.Status(When.nextRequests(3), 503, "busy"),
            new WireFault.Drip(When.always(), 10, Duration.ofMillis(100)),
            new SampleFault.OddTotal(When.always(), "1.5"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[{\"kind\": \"rstart\"}]                           | rstart",
        "[{\"kind\": \"restart\"}]                          | at is missing",
        "[{\"kind\": \"restart\", \"at\": \"soon\"}]        | soon",
        "[{\"kind\": \"restart\", \"at\": \"PT1M\", \"x\": 1}] | x",
        "[{\"kind\": \"status\", \"body\": \"b\"}]          | status",
        "[{\"kind\": \"silent\"}]                           | mode is missing",
        "[{\"kind\": \"delay\", \"time\": \"10 s\"}]        | 10 s",
        "[{\"kind\": \"html\", \"when\": {\"requests\": 0}}]| requests must be at least 1",
        "{                                                  | line 1"
      })
  void saysWhatIsWrong(String script, String told) {
    assertThatThrownBy(() -> FaultScript.parse(script, START))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("fault script, line 1")
        .hasMessageContaining(told);
  }

  @Test
  void knowsEveryKindOfFault() {
    List<Class<?>> named =
        Arrays.stream(Objects.requireNonNull(Fault.class.getAnnotation(JsonSubTypes.class)).value())
            .<Class<?>>map(JsonSubTypes.Type::value)
            .toList();
    assertThat(named).containsExactlyInAnyOrderElementsOf(leaves(Fault.class));
  }

  private static List<Class<?>> leaves(Class<?> type) {
    if (!type.isSealed()) {
      return List.of(type);
    }
    return Arrays.stream(type.getPermittedSubclasses())
        .flatMap(sub -> leaves(sub).stream())
        .toList();
  }
}
