package plus.svc.billing.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringWriter;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import plus.svc.billing.api.report.Format;
import plus.svc.billing.api.report.Verdict;
import plus.svc.billing.testing.Database;

class ChangesIT {

  private static final Instant TEN = Instant.parse("2026-01-31T10:00:00Z");

  @RegisterExtension static final Database SERVER = Database.migrated();

  private final DatabaseChangeJournal journal = new DatabaseChangeJournal(SERVER.jdbi());

  @BeforeEach
  void forget() {
    SERVER
        .jdbi()
        .useTransaction(
            handle -> {
              handle.execute("SET LOCAL session_replication_role = replica");
              handle.execute("DELETE FROM billing.admin_changes");
            });
  }

  private String told(String... inputs) {
    Map<String, List<String>> given =
        Arrays.stream(inputs)
            .map(input -> input.split("=", 2))
            .collect(Collectors.toMap(pair -> pair[0], pair -> List.of(pair[1])));
    StringWriter out = new StringWriter();
    new ChangesOperation(journal)
        .run(new Inputs(given, TEN.plusSeconds(3600), "auditor"), Format.CSV.to(out, ""));
    return out.toString().replace("\r\n", "\n");
  }

  @Test
  void aChangeIsToldWithWhoWhyWhatAndWhatCameOfIt() {
    long done = journal.begin(TEN, "anna", "prune", "disk, short", Map.of("a", List.of("1", "2")));
    journal.end(done, TEN.plusSeconds(5), Map.of("snapshots", 7), Verdict.CLEAN);
    journal.begin(TEN.plusSeconds(60), "ben", "replay", "mend", Map.of());

    assertThat(told())
        .contains(
            "2026-01-31T10:00:00Z,anna,prune,\"disk, short\",\"{\"\"a\"\": [\"\"1\"\", \"\"2\"\"]}\","
                + "2026-01-31T10:00:05Z,clean,\"{\"\"snapshots\"\": 7}\"\n")
        .contains("2026-01-31T10:01:00Z,ben,replay,mend,{},,unfinished,\n")
        .endsWith("changes,2\nunfinished,1\nverdict,found\n");
  }

  @ParameterizedTest
  @CsvSource({
    "caller=anna, 1",
    "caller=ann, 0",
    "operation=replay, 1",
    "operation=changes, 0",
    "since=2026-01-31T10:01:00Z, 1",
    "until=2026-01-31T10:01:00Z, 1",
    "since=-30m, 0",
    "until=-1h, 0",
  })
  void onlyWhatIsAskedForIsTold(String input, int count) {
    long first = journal.begin(TEN, "anna", "prune", "r", Map.of());
    journal.end(first, TEN, Map.of(), Verdict.CLEAN);
    long second = journal.begin(TEN.plusSeconds(60), "ben", "replay", "r", Map.of());
    journal.end(second, TEN.plusSeconds(61), Map.of(), Verdict.FOUND);

    assertThat(told(input)).contains("changes," + count + "\n");
  }

  @Test
  void moreThanAPageIsToldWhole() {
    for (int change = 0; change < 501; change++) {
      journal.begin(TEN, "anna", "prune", "r", Map.of());
    }
    assertThat(told()).contains("changes,501\n");
  }

  @Test
  void aChangeEndsOnce() {
    long change = journal.begin(TEN, "anna", "prune", "r", Map.of());
    journal.end(change, TEN, Map.of(), Verdict.CLEAN);
    assertThatThrownBy(() -> journal.end(change, TEN, Map.of(), Verdict.FAILED))
        .hasStackTraceContaining("duplicate key");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE billing.admin_changes SET reason = 'another'",
        "DELETE FROM billing.admin_changes",
        "TRUNCATE billing.admin_changes"
      })
  void theDatabaseItselfLetsNothingGo(String statement) {
    journal.begin(TEN, "anna", "prune", "r", Map.of());
    assertThatThrownBy(() -> SERVER.jdbi().useHandle(handle -> handle.execute(statement)))
        .hasStackTraceContaining("admin_changes is append-only");
    assertThat(told()).contains("changes,1\n");
  }
}
