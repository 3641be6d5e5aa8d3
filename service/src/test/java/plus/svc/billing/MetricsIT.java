package plus.svc.billing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import plus.svc.billing.testing.Database;
import plus.svc.billing.testing.Eventually;

/** What a whole service tells Prometheus, and what is written about that. */
@Timeout(120)
class MetricsIT {

  @RegisterExtension static final Database database = Database.migrated();
  @TempDir static Path directory;

  private static final Path DOCUMENTED = Path.of("..", "docs", "metrics.md");
  private static final Pattern ROW = Pattern.compile("^\\| `([a-z_]+)` \\|.*");

  private static final Pattern USE =
      Pattern.compile("\\b((?:billing|jvm|process)_[a-z_]+_[a-z]+)\\b(?:\\{([^}]*)})?");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)(?==|!=)");

  private static ObservedWorld world;
  private static RunningService service;

  @BeforeAll
  static void collect() throws Exception {
    world = new ObservedWorld(database, directory);
    service = world.service(Map.of());
    Scrape.get(service.baseUrl(), "/v1/status", ObservedWorld.PLATFORM);
    Eventually.holds(
        () -> {
          Scrape scrape = scrape();
          assertThat(scrape.value("billing_source_pages_total{source=\"jp\"}")).isPositive();
          assertThat(scrape.value("billing_source_last_success_timestamp_seconds{source=\"us\"}"))
              .isPositive();
          assertThat(scrape.families())
              .contains("billing_source_coverage_minutes")
              .contains("billing_audit_verified_until_timestamp_seconds");
        });
  }

  @AfterAll
  static void stop() {
    service.close();
    world.close();
  }

  private static Scrape scrape() throws Exception {
    return Scrape.of(service, ObservedWorld.SCRAPER);
  }

  @Test
  void theListInTheDocumentationIsWhatTheEndpointTells() throws Exception {
    Set<String> documented = new TreeSet<>();
    for (String line : Files.readAllLines(DOCUMENTED, StandardCharsets.UTF_8)) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        documented.add(row.group(1));
      }
    }
    assertThat(scrape().families()).isEqualTo(documented);
  }

  @Test
  void everyMetricAndLabelThatRulesAndDashboardUseIsThere() throws Exception {
    Scrape scrape = scrape();
    Set<String> series = scrape.values().keySet();
    for (Path file : List.of(Monitoring.RULES, Monitoring.DASHBOARD)) {
      String text = Files.readString(file, StandardCharsets.UTF_8).replace("\\\"", "\"");
      Matcher use = USE.matcher(text);
      int uses = 0;
      while (use.find()) {
        uses++;
        String name = use.group(1);
        assertThat(series).as(file + " uses " + name).anyMatch(s -> s.startsWith(name));
        Matcher label = LABEL.matcher(use.group(2) == null ? "" : use.group(2));
        while (label.find()) {
          String written = label.group(1) + "=\"";
          assertThat(series)
              .as(file + " uses " + use.group())
              .anyMatch(s -> s.startsWith(name + "{") && s.contains(written));
        }
      }
      assertThat(uses).isGreaterThan(15);
    }
  }

  @Test
  void whatCameIsCounted() throws Exception {
    Scrape scrape = scrape();
    assertThat(scrape.value("billing_source_requests_total{outcome=\"ok\",source=\"jp\"}"))
        .isPositive();
    double accepted =
        scrape.value("billing_source_snapshots_total{outcome=\"accepted\",source=\"jp\"}");
    assertThat(accepted).isBetween(ObservedWorld.MINUTES - 2.0, (double) ObservedWorld.MINUTES);
    assertThat(scrape.value("billing_source_samples_total{outcome=\"accepted\",source=\"jp\"}"))
        .isEqualTo(accepted);
    double bytes =
        scrape.value("billing_source_usage_bytes_total{direction=\"added\",source=\"jp\"}");
    assertThat(bytes).isEqualTo(1_050 * (accepted - 1));
    assertThat(scrape.value("billing_ledger_rows_total{kind=\"traffic_charge\"}"))
        .isEqualTo(accepted - 1);
    assertThat(
            scrape.value("billing_ledger_money_total{direction=\"taken\",kind=\"traffic_charge\"}"))
        .isCloseTo(bytes / 1_000, org.assertj.core.data.Offset.offset(1e-9));
    assertThat(scrape.value("billing_arrears_episodes_total{change=\"began\"}")).isEqualTo(1);
    for (String stage :
        List.of("fetch", "decode", "transaction", "meter", "rate", "write", "commit")) {
      assertThat(scrape.value("billing_stage_duration_seconds_count{stage=\"" + stage + "\"}"))
          .as(stage)
          .isPositive();
    }
    assertThat(scrape.value("billing_source_lease_held{source=\"jp\"}")).isEqualTo(1);
    assertThat(scrape.value("billing_source_lag_seconds{source=\"jp\"}")).isBetween(0.0, 120.0);
    for (String certificate : List.of("client", "trust", "server")) {
      assertThat(
              scrape.value(
                  "billing_source_certificate_expiry_timestamp_seconds{certificate=\""
                      + certificate
                      + "\",source=\"us\"}"))
          .isGreaterThan(1.7e9);
    }
  }

  @Test
  void thereIsNoSeriesOfAnAccountOrOfAPerson() throws Exception {
    // The world's node is called after its account; nodes may be named.
    String all =
        String.join("\n", scrape().values().keySet()).replace("jp-" + world.account, "a node");
    assertThat(all).doesNotContain(world.account.toString()).doesNotContain("example.com");
  }

  /** The right opens this one door, however its address is written. */
  @ParameterizedTest
  @CsvSource({
    "/prometheus, 200",
    "/metrics, 403",
    "/healthcheck, 403",
    "/threads, 403",
    "/prometheus/, 403",
    "/prometheus/x, 403",
    "/prometheus/../threads, 403",
    "/prometheus;/../threads, 403",
    "/prometheus/..;/threads, 403",
    "/%70rometheus/%2e%2e/threads, 403",
  })
  void theRightOfAScraperOpensTheMetricsAndNothingElse(String path, int status) throws Exception {
    int answered = Scrape.get(service.adminUrl(), path, ObservedWorld.SCRAPER).statusCode();
    if (status == 200) {
      assertThat(answered).isEqualTo(200);
    } else {
      // Some ways of writing are refused before anybody is asked.
      assertThat(answered).isIn(400, 403, 404);
    }
    assertThat(Scrape.get(service.adminUrl(), path, "wrong").statusCode()).isIn(400, 401, 404);
  }

  @Test
  void whoMayReadTheAdminPortMayReadTheMetrics() throws Exception {
    assertThat(Scrape.of(service, ObservedWorld.ADMIN).families()).isNotEmpty();
    assertThat(Scrape.get(service.adminUrl(), "/prometheus", ObservedWorld.PLATFORM).statusCode())
        .isEqualTo(403);
    assertThat(Scrape.get(service.baseUrl(), "/v1/status", ObservedWorld.SCRAPER).statusCode())
        .isEqualTo(403);
  }
}
