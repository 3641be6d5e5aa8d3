package plus.svc.billing.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import plus.svc.billing.pipeline.source.AuthMode;
import plus.svc.billing.pipeline.source.FirstSnapshot;
import plus.svc.billing.pipeline.source.SourceId;
import plus.svc.billing.pipeline.source.SourceMode;
import plus.svc.billing.pipeline.source.SourceSpec;

class SourceListReaderTest {

  private static final String NAME = "EXPORTER_SOURCES_JSON";

  private final SourceListReader reader = new SourceListReader(Duration.ofMinutes(1));

  private List<String> problemsOf(String json) {
    List<SourceSpec> sources = reader.readJson(NAME, json);
    List<String> problems = new ArrayList<>(reader.problems());
    problems.addAll(SourceSpec.problemsOf(sources));
    return problems;
  }

  @Test
  void readsTheEarlierWritersKeys() {
    List<SourceSpec> sources =
        reader.readJson(
            NAME,
            """
            [{"source_id": " a ", "base_url": "https://x.example/p/", "expected_node_id": "n",
              "EXPECTED_ENV": "prod", "enabled": false, "timeout_seconds": 7, "colour": "red"}]
            """);
    assertThat(reader.problems()).isEmpty();
    assertThat(sources)
        .containsExactly(
            new SourceSpec(
                new SourceId("a"),
                "n",
                "prod",
                URI.create("https://x.example/p"),
                false,
                AuthMode.BEARER,
                "env:INTERNAL_SERVICE_TOKEN",
                null,
                null,
                Duration.ofMinutes(1),
                Duration.ofSeconds(7),
                SourceMode.WINDOW,
                FirstSnapshot.BASELINE,
                Instant.EPOCH,
                1_250_000_000L));
  }

  @Test
  void readsTheNewerKeys() {
    List<SourceSpec> sources =
        reader.readJson(
            NAME,
            """
            [{"source_id": "a", "base_url": "https://x.example", "node_id": "n", "env": "prod",
              "auth_mode": "mTLS", "credential_ref": "file:/pair.pem", "ca_bundle_ref": "file:/ca.pem",
              "server_name": "n.example", "collect_interval": "30s", "request_timeout": "5 seconds",
              "mode": "window", "first_snapshot": "from-zero", "billing_from": "2026-01-31T00:00:00Z",
              "max_bytes_per_second": 1000, "timeout_seconds": 0}]
            """);
    assertThat(reader.problems()).isEmpty();
    assertThat(sources)
        .containsExactly(
            new SourceSpec(
                new SourceId("a"),
                "n",
                "prod",
                URI.create("https://x.example"),
                true,
                AuthMode.MTLS,
                "file:/pair.pem",
                "file:/ca.pem",
                "n.example",
                Duration.ofSeconds(30),
                Duration.ofSeconds(5),
                SourceMode.WINDOW,
                FirstSnapshot.FROM_ZERO,
                Instant.parse("2026-01-31T00:00:00Z"),
                1000L));
    assertThat(SourceSpec.problemsOf(sources)).isEmpty();
  }

  @Test
  void theSingleUrlIsOneSourceWithoutExpectations() {
    List<SourceSpec> sources = reader.readBaseUrl("EXPORTER_BASE_URL", "http://127.0.0.1:8080///");
    assertThat(SourceSpec.problemsOf(sources)).isEmpty();
    assertThat(sources).hasSize(1);
    assertThat(sources.get(0).id()).hasToString("default");
    assertThat(sources.get(0).baseUrl()).hasToString("http://127.0.0.1:8080");
    assertThat(sources.get(0).nodeId()).isEmpty();
    assertThat(sources.get(0).requestTimeout()).hasSeconds(15);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "null                                       | must define at least one source",
        "[]                                         | must define at least one source",
        "{\"source_id\":\"a\"}                      | must be a JSON array",
        "[{]                                        | is no JSON (line 1",
        "[] []                                      | is no JSON (line 1",
        "[1]                                        | [0] is no object",
        "[{\"base_url\":\"https://x\"}]             | source_id is missing",
        "[{\"source_id\":\"a\"}]                    | base_url is missing",
        "[{\"source_id\":7,\"base_url\":\"https://x\"}] | source_id is 7: must be a text"
      })
  void refusesWhatIsNoListOfSources(String json, String problem) {
    assertThat(problemsOf(json)).anySatisfy(text -> assertThat(text).contains(problem));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"timeout_seconds\": \"15\"        | timeout_seconds is \"15\": must be a whole number",
        "\"timeout_seconds\": 1.5           | timeout_seconds is 1.5: must be a whole number",
        "\"enabled\": \"maybe\"             | enabled is \"maybe\": must be true or false",
        "\"auth_mode\": \"basic\", \"credential_ref\": \"env:X\" | auth_mode is 'basic': must be one of bearer, mtls, none",
        "\"auth_mode\": \"bearer\"          | credential_ref is missing",
        "\"auth_mode\": \"none\"            | auth_mode 'none': must be mtls or bearer",
        "\"credential_ref\": \"geheim\"     | must be env:NAME, file:PATH or systemd:NAME",
        "\"ca_bundle_ref\": \"ca.pem\"      | ca_bundle_ref 'ca.pem': must be file:PATH or systemd:NAME",
        "\"collect_interval\": \"0\"        | collect_interval 'PT0S': must be a duration above 0",
        "\"collect_interval\": \"60\"       | collect_interval is '60': must be a duration",
        "\"request_timeout\": \"-1s\"       | request_timeout 'PT-1S': must be a duration above 0",
        "\"mode\": \"newest\"               | mode is 'newest': must be one of dual, latest, window",
        "\"first_snapshot\": \"later\"      | first_snapshot is 'later': must be one of baseline, from-zero",
        "\"billing_from\": \"yesterday\"    | billing_from is 'yesterday': must be an instant",
        "\"max_bytes_per_second\": 0        | max_bytes_per_second '0': must be a whole number above 0",
        "\"node_id\": \"n\", \"expected_node_id\": \"m\" | node_id and expected_node_id differ"
      })
  void refusesABadFieldByItsName(String field, String problem) {
    String json = "[{\"source_id\":\"a\",\"base_url\":\"https://x.example\"," + field + "}]";
    assertThat(problemsOf(json))
        .hasSize(1)
        .first()
        .asString()
        .startsWith("source 'a': ")
        .contains(problem)
        .doesNotContain("geheim");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http://remote.example      | must be https://",
        "http://10.0.0.1:8080       | must be https://",
        "http://127.0.0.1.evil.com  | must be https://",
        "ftp://x.example            | must be https://",
        "x.example                  | must be https://",
        "https://                   | must be https://",
        "https://x.example?a=b      | without user info, query",
        "https://me:geheim@x.example| without user info, query",
        "https://me:geheim@x y      | must be https://"
      })
  void refusesAUrlThatIsNotSafe(String url, String problem) {
    assertThat(problemsOf("[{\"source_id\":\"a\",\"base_url\":\"" + url + "\"}]"))
        .hasSize(1)
        .first()
        .asString()
        .contains(problem)
        .doesNotContain("geheim");
  }

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1:8080",
    "http://localhost",
    "http://[::1]:8080",
    "http://127.8.9.1/p"
  })
  void plainHttpIsFineToThisMachine(String url) {
    assertThat(problemsOf("[{\"source_id\":\"a\",\"base_url\":\"" + url + "\"}]")).isEmpty();
  }

  @Test
  void mtlsNeedsTlsAndAFile() {
    assertThat(
            problemsOf(
                """
                [{"source_id": "a", "base_url": "http://127.0.0.1", "auth_mode": "mtls",
                  "credential_ref": "env:PAIR"}]
                """))
        .hasSize(2);
  }

  @Test
  void tellsEveryProblemOfAllSourcesAtOnce() {
    assertThat(
            problemsOf(
                """
                [{"source_id": "a", "base_url": "http://x.example", "timeout_seconds": "1",
                  "node_id": "n", "env": "prod"},
                 {"source_id": "a", "base_url": "https://y.example"},
                 {"source_id": "b", "base_url": "https://z.example", "expected_node_id": "n",
                  "expected_env": "prod"},
                 {"base_url": "https://w.example"}]
                """))
        .hasSize(5)
        .anySatisfy(text -> assertThat(text).contains("timeout_seconds"))
        .anySatisfy(text -> assertThat(text).contains("http://x.example"))
        .anySatisfy(text -> assertThat(text).contains("source_id 'a' is given twice"))
        .anySatisfy(text -> assertThat(text).contains("'a' and 'b' have the same env 'prod'"))
        .anySatisfy(text -> assertThat(text).contains("[3]: source_id is missing"));
  }
}
