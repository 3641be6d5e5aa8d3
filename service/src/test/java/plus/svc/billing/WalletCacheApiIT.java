package plus.svc.billing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import plus.svc.billing.auth.TokenHash;
import plus.svc.billing.testing.Database;
import plus.svc.billing.wallet.cache.RedisServer;

/** A whole service that is configured with a real Redis; what it tells is described. */
@Timeout(120)
class WalletCacheApiIT {

  @RegisterExtension static final Database database = Database.migrated();
  @TempDir static Path folder;

  private static final Instant NOW = Instant.parse("2026-04-08T10:00:00Z");
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final JsonMapper JSON = new JsonMapper();
  private static final String TOKENS =
      """
        tokens:
        - name: all
          hashes: ["%s"]
          rights: ["wallet:read", "wallet:credit", metrics]
      """;

  private static JsonNode call(RunningService service, String method, String path, String body)
      throws Exception {
    HttpResponse<String> answer =
        HTTP.send(
            HttpRequest.newBuilder(service.baseUrl().resolve(path))
                .header("Authorization", "Bearer all-token")
                .header("Idempotency-Key", "k")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    ApiContract.check(ApiContract.Port.APPLICATION, method, path, answer);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body()).path("data");
  }

  @Test
  void theConfiguredCacheAnswersAndSaysHowOldItIsAndTheScrapeCountsIt() throws Exception {
    RedisServer.needed();
    UUID user = UUID.randomUUID();
    database
        .jdbi()
        .useHandle(
            handle ->
                handle.execute(
                    "INSERT INTO public.users (uuid, proxy_uuid) VALUES (?, ?)", user, user));
    String account = "/api/v1/billing/account?userId=" + user;
    String balance = "/internal/v1/billing/balance?accountId=" + user;
    String use = "{\"userId\":\"" + user + "\",\"serviceName\":\"asset\",\"count\":1}";
    String credit =
        "{\"accountId\":\"" + user + "\",\"amount\":\"0.0000001\",\"currency\":\"CNY\"}";
    try (RedisServer redis = RedisServer.start(folder);
        RunningService service = service(redis.port())) {
      assertThat(call(service, "GET", account, "").has("asOf")).isFalse();
      assertThat(call(service, "GET", account, "").path("asOf").asText()).startsWith("2026-04-08T");
      assertThat(call(service, "GET", balance, "").has("asOf")).isTrue();
      call(service, "POST", "/internal/v1/billing/check", use);
      assertThat(call(service, "POST", "/internal/v1/billing/check", use).has("asOf")).isTrue();
      call(service, "POST", "/internal/v1/billing/credits", credit);
      JsonNode after = call(service, "GET", account, "");
      assertThat(after.has("asOf")).isFalse();
      assertThat(after.path("balanceText").asText()).isEqualTo("0.0000001");
      Scrape scrape = Scrape.of(service, "all-token");
      // What is dropped from Redis soon may be found there still, and passed over.
      assertThat(scrape.value("billing_cache_reads_total{outcome=\"hit\"}")).isBetween(4.0, 6.0);
    }
  }

  /** The ttl is long enough for a slow machine. */
  private static RunningService service(int port) throws Exception {
    Path configuration =
        Files.writeString(
            folder.resolve("config.yml"),
            Files.readString(ShippedConfiguration.FILE)
                .replace("  tokens: []\n", TOKENS.replace("%s", TokenHash.of("all-token").text()))
                .replace(
                    "    url: \"\"                                      #", cacheOf(port) + "#")
                .replace("    keyRef: \"\"\n    credentialRef: \"\"\n    ttl: 1s\n", "")
                .replace("    timeout: 50ms\n", ""));
    Clock real = Clock.systemUTC();
    String address = database.jdbcUrl().substring("jdbc:postgresql://".length());
    return RunningService.start(
        configuration,
        Map.of(
            "DATABASE_URL",
            "postgres://" + database.user() + ":" + database.password() + "@" + address,
            "INTERNAL_SERVICE_TOKEN",
            "platform-token",
            "BILLING_INGEST_MODE",
            "push",
            "LISTEN_ADDR",
            "127.0.0.1:0",
            "ADMIN_LISTEN_ADDR",
            "127.0.0.1:0",
            "LOG_LEVEL",
            "OFF",
            "CACHE_KEY",
            "a-key-of-the-tests-of-40-characters-----"),
        Clock.offset(real, Duration.between(real.instant(), NOW)));
  }

  private static String cacheOf(int port) {
    return String.format(
        Locale.ROOT,
        "    url: redis://127.0.0.1:%d\n    keyRef: env:CACHE_KEY\n    ttl: 30s\n    timeout: 500ms   ",
        port);
  }
}
