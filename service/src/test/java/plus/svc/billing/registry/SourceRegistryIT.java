package plus.svc.billing.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import plus.svc.billing.emulator.tls.DevCertificates;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.pipeline.source.Sources;
import plus.svc.billing.platform.SecretRefs;
import plus.svc.billing.registry.KnownSource.Origin;
import plus.svc.billing.registry.SourceRegistry.Action;
import plus.svc.billing.registry.SourceRegistry.Outcome;
import plus.svc.billing.testing.Database;

@Timeout(120)
final class SourceRegistryIT {

  private static final String JP =
      """
      {"source_id": "jp", "env": "prod", "node_id": "jp-1", "base_url": "https://jp.example",
       "auth_mode": "bearer", "credential_ref": "env:TOKEN", "collect_interval": "30s"}
      """;

  @RegisterExtension static final Database database = Database.migrated();
  @TempDir static Path directory;

  private final Jdbi jdbi = database.jdbi();
  private final List<List<SourceSpec>> told = new ArrayList<>();
  private final SourceRegistry registry = registry(told, fileSource());

  @BeforeEach
  void clean() {
    jdbi.useHandle(handle -> handle.execute("DELETE FROM billing.sources"));
  }

  @Test
  void anAddedSourceIsToldAtOnceAndHasTheDefaultsOfTheSettings() {
    Outcome outcome = registry.decide(Action.ADD, JP, true);

    assertThat(outcome.problems()).isEmpty();
    assertThat(ids(told.get(0))).containsExactly("file", "jp");
    SourceSpec jp = told.get(0).get(1);
    assertThat(jp).isEqualTo(outcome.source());
    assertThat(jp.collectInterval()).hasSeconds(30);
    assertThat(jp.requestTimeout()).hasSeconds(15);
    assertThat(registry.list())
        .extracting(KnownSource::id, KnownSource::origin, KnownSource::trouble)
        .containsExactly(tuple("file", Origin.SETTINGS, ""), tuple("jp", Origin.DATABASE, ""));
  }

  @Test
  void withoutApplyNothingChanges() {
    assertThat(registry.decide(Action.ADD, JP, false).source()).isNotNull();
    registry.refresh();
    assertThat(told).isEmpty();
    assertThat(rows()).isEmpty();
  }

  @Test
  void aChangeSetsTheFieldsItNamesAndNullGoesBackToTheDefault() {
    String us = JP.replace("\"jp\"", "\"us\"").replace("jp-1", "us-1");
    registry.decide(Action.ADD, us, true);
    registry.decide(Action.ADD, JP, true);
    Outcome outcome =
        registry.decide(
            Action.CHANGE,
            """
            {"source_id": "jp", "request_timeout": "7s", "collect_interval": null}
            """,
            true);
    SourceSpec jp = Objects.requireNonNull(outcome.source());
    assertThat(jp.requestTimeout()).hasSeconds(7);
    assertThat(jp.collectInterval()).hasMinutes(1);
    assertThat(jp.nodeId()).isEqualTo("jp-1");
    assertThat(ids(told.get(2))).containsExactly("file", "jp", "us");
    assertThat(told.get(2).get(2)).as("the other one stays").isEqualTo(told.get(0).get(1));
  }

  @Test
  void aDisabledSourceIsStillKnownAndCanBeEnabledAgain() {
    registry.decide(Action.ADD, JP, true);
    registry.decide(Action.DISABLE, "{\"source_id\":\"jp\"}", true);
    assertThat(told.get(1).get(1).enabled()).isFalse();
    registry.decide(Action.CHANGE, "{\"source_id\":\"jp\",\"enabled\":true}", true);
    assertThat(told.get(2).get(1).enabled()).isTrue();
  }

  @Test
  void anotherInstanceSeesItWithItsNextLookAndTellsOnlyChanges() {
    List<List<SourceSpec>> toldElsewhere = new ArrayList<>();
    SourceRegistry elsewhere = registry(toldElsewhere, fileSource());
    elsewhere.refresh();
    assertThat(toldElsewhere).isEmpty();
    registry.decide(Action.ADD, JP, true);
    elsewhere.refresh();
    elsewhere.refresh();
    assertThat(toldElsewhere).isEqualTo(told).hasSize(1);
  }

  @Test
  void twoThatAddTheSameNodeAtOnceGetItOnce() {
    SourceRegistry elsewhere = registry(new ArrayList<>(), fileSource());
    for (int i = 0; i < 5; i++) {
      clean();
      CompletableFuture<Outcome> other =
          CompletableFuture.supplyAsync(
              () -> elsewhere.decide(Action.ADD, JP.replace("\"jp\"", "\"jp-too\""), true));
      Outcome own = registry.decide(Action.ADD, JP, true);
      assertThat(List.of(own.applied(), other.join().applied())).containsOnlyOnce(true);
      assertThat(rows()).hasSize(1);
    }
  }

  @Test
  void whatTheSettingsNameIsChangedThereAndWins() {
    assertThat(registry.decide(Action.ADD, JP.replace("\"jp\"", "\"file\""), true).problems())
        .singleElement()
        .asString()
        .contains("'file' is named by config.yml or the environment");
    assertThat(registry.decide(Action.DISABLE, "{\"source_id\":\"file\"}", true).applied())
        .isFalse();

    registry.decide(Action.ADD, JP, true);
    List<List<SourceSpec>> toldLater = new ArrayList<>();
    SourceSpec jpOfFile = Sources.at(URI.create("https://other.example")).named("jp").spec();
    SourceRegistry later = registry(toldLater, jpOfFile);
    later.refresh();
    assertThat(toldLater).as("nothing beside what the settings say").isEmpty();
    assertThat(later.list()).extracting(KnownSource::trouble).anyMatch(t -> t.contains("win"));
  }

  @Test
  void aStoredSourceThatMeetsALaterOneOfTheSettingsForItsNodeIsLeftOut() {
    registry.decide(Action.ADD, JP, true);
    List<List<SourceSpec>> toldLater = new ArrayList<>();
    SourceRegistry later =
        registry(
            toldLater,
            Sources.at(URI.create("https://x.example")).named("x").of("prod", "jp-1").spec());
    later.refresh();
    assertThat(toldLater).isEmpty();
    assertThat(later.list().get(1).trouble()).contains("same env 'prod' and node_id 'jp-1'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "no json                                         | is no JSON",
        "[]                                              | is no JSON object",
        "{}                                              | source_id is missing",
        "{\"source_id\":\"a\"}                           | base_url is missing",
        "{\"source_id\":\"a\",\"base_url\":\"https://x\",\"token\":\"geheim\"} | unknown key token",
        "{\"source_id\":\"a\",\"base_url\":\"https://x\",\"expected_env\":\"e\"} | unknown key expected_env",
        "{\"source_id\":\"a\",\"base_url\":\"http://x.example\"} | must be https://",
        "{\"source_id\":\"a\",\"base_url\":\"https://x\",\"auth_mode\":\"none\"} | none only to loopback",
        "{\"source_id\":\"a\",\"base_url\":\"https://x\",\"credential_ref\":\"geheim\"} | must be env:NAME",
        "{\"source_id\":\"a\",\"base_url\":\"https://x\",\"credential_ref\":\"env:MISSING\"} | MISSING is not set",
        "{\"source_id\":\"a\",\"base_url\":\"https://x\",\"env\":\"prod\",\"node_id\":\"file-node\"} | same env 'prod'"
      })
  void whatAStartWouldRefuseIsRefusedHereToo(String json, String problem) {
    Outcome outcome = registry.decide(Action.ADD, json, true);
    assertThat(outcome.applied()).isFalse();
    assertThat(outcome.problems())
        .singleElement()
        .asString()
        .contains(problem)
        .doesNotContain("geheim");
    assertThat(rows()).isEmpty();
    assertThat(told).isEmpty();
  }

  @Test
  void aMissingKeyAndABundleWithoutCertificatesAreRefusedTogether() throws Exception {
    DevCertificates ours = DevCertificates.create(Clock.systemUTC());
    Path pair = directory.resolve("pair.pem");
    Files.writeString(pair, ours.client("a").certificatePem() + ours.client("b").keyPem());
    assertThat(
            registry
                .decide(
                    Action.ADD,
                    """
                    {"source_id": "a", "base_url": "https://x", "auth_mode": "mtls", "mode": "odd",
                     "credential_ref": "file:PAIR", "request_timeout": "soon"}
                    """
                        .replace("PAIR", pair.toString()),
                    true)
                .problems())
        .hasSize(3)
        .anySatisfy(text -> assertThat(text).contains("the key is not the first certificate's"))
        .anySatisfy(text -> assertThat(text).contains("request_timeout"));
  }

  @Test
  void onlyWhatIsThereCanBeChangedAndOnlyWhatIsNotCanBeAdded() {
    assertThat(registry.decide(Action.CHANGE, JP, true).problems().get(0)).contains("add it");
    assertThat(registry.decide(Action.DISABLE, JP, true).problems().get(0)).contains("add it");
    registry.decide(Action.ADD, JP, true);
    assertThat(registry.decide(Action.ADD, JP, true).problems().get(0)).contains("change it");
  }

  @Test
  void aRowThatCannotBeReadHarmsNoOther() {
    registry.decide(Action.ADD, JP, true);
    jdbi.useHandle(
        handle ->
            handle.execute(
                """
                INSERT INTO billing.sources (source_id, definition, changed_at)
                VALUES ('broken', '{"source_id": "broken", "base_url": 7}', now())
                """));
    registry.refresh();
    assertThat(ids(told.get(told.size() - 1))).containsExactly("file", "jp");
    assertThat(registry.list().get(1).trouble()).contains("base_url");
  }

  private List<SourceRow> rows() {
    return jdbi.onDemand(SourceRowDao.class).all();
  }

  private static List<String> ids(List<SourceSpec> sources) {
    return sources.stream().map(source -> source.id().value()).toList();
  }

  private static SourceSpec fileSource() {
    return Sources.at(URI.create("https://file.example"))
        .named("file")
        .of("prod", "file-node")
        .bearer("env:TOKEN")
        .spec();
  }

  private SourceRegistry registry(List<List<SourceSpec>> follower, SourceSpec... settings) {
    return new SourceRegistry(
        List.of(settings),
        Duration.ofMinutes(1),
        new SecretRefs(Map.of("TOKEN", "geheim", "INTERNAL_SERVICE_TOKEN", "geheim")),
        jdbi,
        follower::add,
        InstantSource.fixed(Instant.parse("2026-04-08T12:00:00Z")));
  }
}
