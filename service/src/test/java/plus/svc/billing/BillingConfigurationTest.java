package plus.svc.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dropwizard.configuration.ConfigurationException;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import plus.svc.billing.auth.Caller;
import plus.svc.billing.auth.Right;
import plus.svc.billing.auth.Token;
import plus.svc.billing.auth.TokenHash;
import plus.svc.billing.config.IngestMode;
import plus.svc.billing.config.Settings;
import plus.svc.billing.pipeline.rating.PeakHours;
import plus.svc.billing.pipeline.rating.RatingPolicy;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.platform.setting.ListenAddress;
import plus.svc.billing.platform.setting.StartRefused;

class BillingConfigurationTest {

  @Test
  void theShippedFileLoadsWithTheDefaultsOfTheContract() throws Exception {
    Settings settings = ShippedConfiguration.withDefaults();
    assertThat(settings.image()).isEmpty();
    assertThat(settings.ingestMode()).isEqualTo(IngestMode.PULL);
    assertThat(settings.listen().application()).hasToString(":8081");
    assertThat(settings.listen().admin()).hasToString("127.0.0.1:8082");
    assertThat(settings.database().maxOpen()).isEqualTo(5);
    assertThat(settings.database().maxIdle()).isEqualTo(2);
    assertThat(settings.database().pingTimeout()).hasSeconds(3);
    assertThat(settings.database().startupRetries()).isEqualTo(15);
    assertThat(settings.database().retryInterval()).hasSeconds(2);
    assertThat(settings.sources()).isEmpty();
    assertThat(settings.collector().interval()).hasMinutes(1);
    assertThat(settings.pipeline().rating().pricePerByte()).isEqualTo(BigDecimal.ZERO);
    assertThat(settings.pipeline().rating().initialBalance()).isEqualTo(BigDecimal.ZERO);
    assertThat(settings.pipeline().rating().includedQuotaBytes()).isZero();
    assertThat(settings.pipeline().sourceRevision()).isEqualTo("billing-service-v1");
    assertThat(settings.pipeline().defaultRegion()).isEmpty();
    assertThat(settings.pipeline().rating().periodZone().normalized()).isEqualTo(ZoneOffset.UTC);
    assertThat(settings.pipeline().rating().plans())
        .isEqualTo(Map.of("plan:UNLIMITED-BETA", new RatingPolicy.Plan(true, null, null)));
    assertThat(settings.pipeline().rating().peakHours()).isEqualTo(PeakHours.NONE);
    assertThat(settings.pipeline().rating().ruleVersion()).isEqualTo("billing-service-v1");
    assertThat(settings.arrears().suspendThreshold()).hasHours(336);
    assertThat(settings.arrears().sweepInterval()).hasHours(1);
    assertThat(settings.jobs().answerWithin()).hasSeconds(10);
    assertThat(settings.jobs().allowUnauthenticatedLoopback()).isFalse();
    assertThat(settings.tokens())
        .extracting(Token::caller)
        .containsExactly(new Caller("platform", Set.of(Right.JOBS, Right.STATUS, Right.INGEST)));
  }

  static Stream<Arguments> goodValues() {
    return Stream.of(
        good("IMAGE", " r/app:v1 ", Settings::image, "r/app:v1"),
        good("BILLING_INGEST_MODE", "PUSH", Settings::ingestMode, IngestMode.PUSH),
        good("BILLING_INGEST_MODE", " ", Settings::ingestMode, IngestMode.PULL),
        good("DB_MAX_OPEN_CONNS", "1", s -> s.database().maxIdle(), 1),
        good("DB_MAX_IDLE_CONNS", "0", s -> s.database().maxIdle(), 0),
        good("DB_PING_TIMEOUT", "500ms", s -> s.database().pingTimeout(), Duration.ofMillis(500)),
        good("DB_STARTUP_RETRIES", "1", s -> s.database().startupRetries(), 1),
        good("DB_RETRY_INTERVAL", "0", s -> s.database().retryInterval(), Duration.ZERO),
        good("PORT", "9000", s -> s.listen().application(), new ListenAddress("", 9000)),
        good("LISTEN_ADDR", "[::1]:1", s -> s.listen().application(), new ListenAddress("::1", 1)),
        good("ADMIN_LISTEN_ADDR", "[::1]:2", s -> s.listen().admin(), new ListenAddress("::1", 2)),
        good("COLLECT_INTERVAL", "1m30s", s -> s.collector().interval(), Duration.ofSeconds(90)),
        good("COLLECT_INTERVAL", "2 minutes", s -> s.collector().interval(), Duration.ofMinutes(2)),
        good("DEFAULT_REGION", "jp", s -> s.pipeline().defaultRegion(), "jp"),
        good("SOURCE_REVISION", "v9", s -> s.pipeline().sourceRevision(), "v9"),
        good(
            "PRICE_PER_BYTE",
            "1e-9",
            s -> s.pipeline().rating().pricePerByte(),
            new BigDecimal("1E-9")),
        good(
            "PRICE_PER_BYTE",
            "0.10",
            s -> s.pipeline().rating().pricePerByte(),
            new BigDecimal("0.10")),
        good(
            "INITIAL_BALANCE",
            "-1_000.5",
            s -> s.pipeline().rating().initialBalance(),
            new BigDecimal("-1000.5")),
        good(
            "INITIAL_INCLUDED_QUOTA_BYTES",
            "9223372036854775807",
            s -> s.pipeline().rating().includedQuotaBytes(),
            Long.MAX_VALUE),
        good("ARREARS_SUSPEND_THRESHOLD", "0", s -> s.arrears().suspendThreshold(), Duration.ZERO),
        good(
            "ARREARS_SWEEP_INTERVAL",
            "10s",
            s -> s.arrears().sweepInterval(),
            Duration.ofSeconds(10)),
        good(
            "BILLING_JOBS_ALLOW_LOOPBACK",
            "TRUE",
            s -> s.jobs().allowUnauthenticatedLoopback(),
            true),
        good("BILLING_ADMIN_TOKEN", "x", s -> s.tokens().size(), 2),
        good(
            "EXPORTER_BASE_URL",
            "https://x.example/p/",
            s -> s.sources().get(0).baseUrl().toString(),
            "https://x.example/p"));
  }

  private static Arguments good(
      String variable, String value, Function<Settings, Object> read, Object expected) {
    return Arguments.of(variable, value, read, expected);
  }

  @ParameterizedTest(name = "{0}={1}")
  @MethodSource("goodValues")
  void takesAGoodValue(
      String variable, String value, Function<Settings, Object> read, Object expected)
      throws Exception {
    assertThat(read.apply(ShippedConfiguration.with(Map.of(variable, value)))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "BILLING_INGEST_MODE          | both            | one of pull, push",
        "DB_MAX_OPEN_CONNS            | 0               | 1 to 1000",
        "DB_MAX_OPEN_CONNS            | five            | 1 to 1000",
        "DB_MAX_IDLE_CONNS            | 6               | 0 to 5",
        "DB_MAX_IDLE_CONNS            | -1              | 0 to 5",
        "DB_PING_TIMEOUT              | 0               | above 0",
        "DB_PING_TIMEOUT              | 3               | above 0",
        "DB_STARTUP_RETRIES           | 0               | 1 to",
        "DB_RETRY_INTERVAL            | -1s             | 0 or more",
        "PORT                         | http            | 0 to 65535",
        "PORT                         | 65536           | 0 to 65535",
        "LISTEN_ADDR                  | 8081            | :8081, 127.0.0.1:8081 or [::1]:8081",
        "LISTEN_ADDR                  | ::1:8081        | [::1]:8081",
        "LISTEN_ADDR                  | localhost:http  | :8081",
        "ADMIN_LISTEN_ADDR            | :8082           | loopback",
        "ADMIN_LISTEN_ADDR            | 0.0.0.0:8082    | loopback",
        "COLLECT_INTERVAL             | 60              | 1m30s",
        "COLLECT_INTERVAL             | 0               | above 0",
        "COLLECT_INTERVAL             | -1m             | above 0",
        "PRICE_PER_BYTE               | NaN             | decimal number of 0 or more",
        "PRICE_PER_BYTE               | Inf             | decimal number of 0 or more",
        "PRICE_PER_BYTE               | -0.1            | decimal number of 0 or more",
        "PRICE_PER_BYTE               | 0x1p-2          | decimal number",
        "PRICE_PER_BYTE               | 1e-99           | 24 after",
        "PRICE_PER_BYTE               | 1e999           | 15",
        "PRICE_PER_BYTE               | free            | decimal number",
        "INITIAL_BALANCE              | NaN             | decimal number",
        "INITIAL_BALANCE              | 1,5             | decimal number",
        "INITIAL_INCLUDED_QUOTA_BYTES | 1e3             | plain digits",
        "INITIAL_INCLUDED_QUOTA_BYTES | 0x10            | plain digits",
        "INITIAL_INCLUDED_QUOTA_BYTES | -1              | 0 to",
        "INITIAL_INCLUDED_QUOTA_BYTES | 9223372036854775808 | 0 to",
        "ARREARS_SUSPEND_THRESHOLD    | soon            | 336h",
        "ARREARS_SWEEP_INTERVAL       | 0               | above 0",
        "BILLING_JOBS_ALLOW_LOOPBACK  | yes             | one of false, true"
      })
  void refusesABadValueByVariableValueAndRule(String variable, String value, String allowed) {
    assertThatThrownBy(() -> ShippedConfiguration.with(Map.of(variable, value)))
        .isInstanceOf(StartRefused.class)
        .hasMessageContaining("one setting is wrong")
        .hasMessageContaining(variable + " (")
        .hasMessageContaining(" is '" + value + "': must be ")
        .hasMessageContaining(allowed);
  }

  @Test
  void tellsEveryBadSettingAtOnceAndNoSecret() {
    Map<String, String> bad =
        Map.of(
            "DATABASE_URL", "postgres://u:geheim@h:x/d",
            "PRICE_PER_BYTE", "NaN",
            "COLLECT_INTERVAL", "0",
            "INTERNAL_SERVICE_TOKEN", "",
            "EXPORTER_SOURCES_JSON", "[{\"source_id\":\"a\"},{\"base_url\":\"https://x\"}]");
    assertThatThrownBy(() -> ShippedConfiguration.with(bad))
        .isInstanceOf(StartRefused.class)
        .hasMessageContaining("6 settings are wrong")
        .hasMessageContaining("DATABASE_URL (database.url) has a port that is no number")
        .hasMessageContaining("PRICE_PER_BYTE (rating.pricePerByte) is 'NaN'")
        .hasMessageContaining("COLLECT_INTERVAL (collector.interval) is '0'")
        .hasMessageContaining("INTERNAL_SERVICE_TOKEN (auth.platformToken) is not set")
        .hasMessageContaining("base_url is missing")
        .hasMessageContaining("source_id is missing")
        .hasMessageNotContaining("geheim");
  }

  @Test
  void withoutADatabaseItNamesTheVariablesAndTheDemo() {
    assertThatThrownBy(() -> ShippedConfiguration.with(Map.of("DATABASE_URL", " ")))
        .isInstanceOf(StartRefused.class)
        .hasMessageContaining("SUPABASE_CONNECT_URI, SUPABASE_CONNECT_URL or DATABASE_URL")
        .hasMessageContaining("java -jar demo/target/billing-demo.jar");
  }

  @Test
  void theFirstDatabaseVariableThatIsSetWins() throws Exception {
    assertThat(
            databaseOf(
                Map.of(
                    "SUPABASE_CONNECT_URI", "postgres://first/d",
                    "SUPABASE_CONNECT_URL", "postgres://second/d")))
        .isEqualTo("jdbc:postgresql://first:5432/d");
    assertThat(
            databaseOf(
                Map.of("SUPABASE_CONNECT_URI", " ", "SUPABASE_CONNECT_URL", "postgres://second/d")))
        .isEqualTo("jdbc:postgresql://second:5432/d");
    assertThat(databaseOf(Map.of())).isEqualTo("jdbc:postgresql://h:5432/account");
  }

  private static String databaseOf(Map<String, String> variables) throws Exception {
    return ShippedConfiguration.with(variables).database().url().jdbcUrl();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "it's",
        "\"q\" # no comment",
        "a: b",
        "${HOME}",
        "x:-y}",
        "{{a}}",
        "*anchor",
        "\u00e4\u20ac"
      })
  void aValueMayHoldAnyCharacter(String value) throws Exception {
    Settings settings =
        ShippedConfiguration.with(
            Map.of(
                "SUPABASE_CONNECT_URL",
                    "host=h dbname=d password='" + value.replace("'", "\\'") + "'",
                "DEFAULT_REGION", value,
                "INTERNAL_SERVICE_TOKEN", value));
    assertThat(settings.pipeline().defaultRegion()).isEqualTo(value);
    assertThat(settings.tokens().get(0).hash()).isEqualTo(TokenHash.of(value));
    assertThat(Objects.requireNonNull(settings.database().url().password()).reveal())
        .isEqualTo(value);
  }

  @Test
  void sourcesComeFromJsonOrElseFromTheSingleUrl() throws Exception {
    Map<String, String> both =
        Map.of(
            "EXPORTER_SOURCES_JSON",
            "[{\"source_id\":\"it's \\\"a\\\" # b\",\"base_url\":\"https://x.example\",\"enabled\":true}]",
            "EXPORTER_BASE_URL",
            "https://y.example");
    assertThat(idsOf(both)).containsExactly("it's \"a\" # b");
    assertThat(idsOf(Map.of("EXPORTER_BASE_URL", "https://y.example"))).containsExactly("default");
  }

  @Test
  void inPushModeSourcesAreNotLookedAt() throws Exception {
    assertThat(idsOf(Map.of("BILLING_INGEST_MODE", "push", "EXPORTER_SOURCES_JSON", "broken")))
        .isEmpty();
  }

  private static List<String> idsOf(Map<String, String> variables) throws Exception {
    return ShippedConfiguration.with(variables).sources().stream()
        .map(SourceSpec::id)
        .map(Object::toString)
        .toList();
  }

  @Test
  void theDbCommandsNeedTheDatabaseOnly() throws IOException, ConfigurationException {
    Map<String, String> variables =
        Map.of("DATABASE_URL", "postgres://u:p@h/d", "PRICE_PER_BYTE", "NaN");
    assertThat(ShippedConfiguration.load(variables).readDatabase("me").url().user()).isEqualTo("u");
  }

  @Test
  void aMigrationWaitsForALockAsLongAsTheUrlSaysOrElseFiveSeconds() throws Exception {
    assertThat(migrationsOf("postgres://u:p@h/d")).isEqualTo("SET lock_timeout = '5s'");
    assertThat(migrationsOf("postgres://u:p@h/d?lock_timeout=1min")).isNull();
  }

  private static @Nullable String migrationsOf(String url) throws Exception {
    return ShippedConfiguration.load(Map.of("DATABASE_URL", url))
        .readDatabase("me")
        .migrationsFactory()
        .getInitializationQuery();
  }

  @Test
  void noSecretIsPrinted() throws Exception {
    Settings settings =
        ShippedConfiguration.with(
            Map.of(
                "DATABASE_URL", "postgres://u:geheim@h/d",
                "INTERNAL_SERVICE_TOKEN", "geheim",
                "BILLING_ADMIN_TOKEN", "geheim2"));
    assertThat(settings.toString()).doesNotContain("geheim");
  }
}
