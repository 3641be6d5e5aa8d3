package plus.svc.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import plus.svc.billing.platform.setting.StartRefused;
import plus.svc.billing.testing.Database;

class RunningServiceIT {

  @RegisterExtension static final Database migrated = Database.migrated();
  @RegisterExtension static final Database empty = Database.empty();

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-01-31T10:00:00Z"), ZoneOffset.UTC);

  private static Map<String, String> variables(Database database) {
    Map<String, String> variables = new HashMap<>();
    variables.put("DATABASE_URL", urlOf(database));
    variables.put("INTERNAL_SERVICE_TOKEN", "platform-token");
    variables.put("BILLING_ADMIN_TOKEN", "admin-token");
    variables.put("BILLING_INGEST_MODE", "push");
    variables.put("LISTEN_ADDR", "127.0.0.1:0");
    variables.put("ADMIN_LISTEN_ADDR", "127.0.0.1:0");
    variables.put("IMAGE", "r/app:v1");
    variables.put("LOG_LEVEL", "OFF");
    return variables;
  }

  private static String urlOf(Database database) {
    String address = database.jdbcUrl().substring("jdbc:postgresql://".length());
    return "postgres://" + database.user() + ":" + database.password() + "@" + address;
  }

  private static HttpResponse<String> get(URI base, String path, String token) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(base.resolve(path))
            .header("Authorization", "Bearer " + token)
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void startsFromTheShippedFileServesAndStops() throws Exception {
    URI base;
    try (RunningService service =
        RunningService.start(ShippedConfiguration.FILE, variables(migrated), CLOCK)) {
      base = service.baseUrl();
      assertThat(get(base, "/api/ping", "").body()).contains("\"tag\":\"v1\"");
      assertThat(get(base, "/readyz", "").statusCode()).isEqualTo(200);
      assertThat(get(base, "/healthz", "").statusCode()).isEqualTo(200);
      assertThat(get(base, "/livez", "").body()).isEqualTo("{\"status\":\"live\"}\n");
      assertThat(get(base, "/startupz", "").body()).isEqualTo("{\"status\":\"started\"}\n");
      assertThat(get(base, "/v1/status", "platform-token").body()).contains("\"status\":\"idle\"");
      assertThat(get(service.adminUrl(), "/healthcheck", "platform-token").statusCode())
          .isEqualTo(403);
      HttpResponse<String> health = get(service.adminUrl(), "/healthcheck", "admin-token");
      assertThat(health.statusCode()).isEqualTo(200);
      assertThat(health.body()).contains("database").contains("arrears-sweep");
    }
    assertThatThrownBy(() -> get(base, "/api/ping", "")).isInstanceOf(ConnectException.class);
  }

  @Test
  void refusesASchemaThatIsNotOursUntilTheCommandItNamesHasRun() throws Exception {
    assertThatThrownBy(
            () -> RunningService.start(ShippedConfiguration.FILE, variables(empty), CLOCK))
        .isInstanceOf(StartRefused.class)
        .hasMessageContaining("db migrate config.yml");

    // It needs the database and nothing else, so it looks at nothing else.
    Map<String, String> databaseOnly =
        Map.of("DATABASE_URL", urlOf(empty), "LOG_LEVEL", "OFF", "PRICE_PER_BYTE", "NaN");
    new BillingApplication(databaseOnly, CLOCK)
        .run("db", "migrate", ShippedConfiguration.FILE.toString());
    RunningService.start(ShippedConfiguration.FILE, variables(empty), CLOCK).close();
  }

  @Test
  void refusesToStartWithoutADatabase() {
    Map<String, String> variables = variables(migrated);
    variables.put("DATABASE_URL", "postgres://u:geheim@127.0.0.1:1/d");
    variables.put("DB_STARTUP_RETRIES", "2");
    variables.put("DB_RETRY_INTERVAL", "1ms");
    assertThatThrownBy(() -> RunningService.start(ShippedConfiguration.FILE, variables, CLOCK))
        .isInstanceOf(StartRefused.class)
        .hasMessageContaining("did not answer 2 attempts")
        .hasMessageNotContaining("geheim");
  }
}
