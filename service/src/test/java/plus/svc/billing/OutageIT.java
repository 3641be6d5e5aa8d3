package plus.svc.billing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import plus.svc.billing.collector.WindowChoice;
import plus.svc.billing.emulator.fault.FaultScript;
import plus.svc.billing.testing.Database;
import plus.svc.billing.testing.Eventually;

/** A scripted outage: one of two nodes fails and comes back, then the whole service goes. */
@Timeout(120)
class OutageIT {

  @RegisterExtension static final Database database = Database.migrated();
  @TempDir Path directory;

  private static final String FAILS = "[{\"kind\":\"status\",\"status\":500,\"body\":\"no\"}]";

  @Test
  void whatTheRulesLookAtMovesWithAnOutageAndComesBack() throws Exception {
    try (ObservedWorld world = new ObservedWorld(database, directory);
        RunningService service = world.service(Map.of())) {
      Eventually.holds(
          () -> {
            assertThat(value(service, "consecutive_failures", "jp")).isZero();
            assertThat(value(service, "last_success_timestamp_seconds", "jp")).isPositive();
            assertThat(value(service, "last_success_timestamp_seconds", "us")).isPositive();
          });

      world.jp.faults().addAll(FaultScript.parse(FAILS, Clock.systemUTC().instant()));
      Eventually.holds(() -> assertThat(value(service, "circuit_open", "jp")).isEqualTo(1));
      double atTheStart = value(service, "last_success_timestamp_seconds", "jp");
      double healthy = value(service, "last_success_timestamp_seconds", "us");
      Eventually.holds(
          () -> {
            assertThat(value(service, "consecutive_failures", "jp")).isGreaterThan(3);
            assertThat(value(service, "last_success_timestamp_seconds", "us"))
                .isGreaterThan(healthy + 1);
          });
      Scrape during = Scrape.of(service, ObservedWorld.SCRAPER);
      assertThat(during.value("billing_source_last_success_timestamp_seconds{source=\"jp\"}"))
          .isEqualTo(atTheStart);
      assertThat(
              during.value("billing_source_requests_total{outcome=\"http_status\",source=\"jp\"}"))
          .isGreaterThan(3);
      assertThat(during.value("billing_source_circuit_open{source=\"us\"}")).isZero();

      world.jp.faults().clear();
      Eventually.holds(
          () -> {
            assertThat(value(service, "last_success_timestamp_seconds", "jp"))
                .isGreaterThan(atTheStart);
            assertThat(value(service, "consecutive_failures", "jp")).isZero();
            assertThat(value(service, "circuit_open", "jp")).isZero();
          });
    }
  }

  private static double value(RunningService service, String name, String source) throws Exception {
    return Scrape.of(service, ObservedWorld.SCRAPER)
        .value("billing_source_" + name + "{source=\"" + source + "\"}");
  }

  /** With the shipped rules; only their patience is cut down to seconds. */
  @Test
  void theAlarmsFireAndClearInARealPrometheus() throws Exception {
    Monitoring.needs("prometheus");
    try (ObservedWorld world = new ObservedWorld(database, directory)) {
      RunningService service = world.service(Map.of());
      try (Prometheus prometheus =
          Prometheus.start(
              directory,
              service.adminUrl().getAuthority(),
              directory.resolve("scraper"),
              impatientRules())) {
        Eventually.holds(
            () ->
                assertThat(prometheus.firing())
                    .as("nothing was ever read of us")
                    .contains("BillingCoverageFalling us")
                    .doesNotContain("BillingSourceSilent jp", "BillingServiceDown"));

        world.jp.faults().addAll(FaultScript.parse(FAILS, Clock.systemUTC().instant()));
        Eventually.holds(
            () ->
                assertThat(prometheus.firing())
                    .contains("BillingSourceSilent jp")
                    .doesNotContain("BillingSourceSilent us"));
        world.jp.faults().clear();
        Eventually.holds(
            () -> assertThat(prometheus.firing()).doesNotContain("BillingSourceSilent jp"));

        Files.writeString(directory.resolve("client.pem"), "no certificate");
        Eventually.holds(
            () -> assertThat(prometheus.firing()).contains("BillingCredentialUnfit us"));
        world.renewClient();
        Eventually.holds(
            () -> assertThat(prometheus.firing()).doesNotContain("BillingCredentialUnfit us"));

        service.close();
        Eventually.holds(() -> assertThat(prometheus.firing()).contains("BillingServiceDown"));
      } finally {
        service.close();
      }
    }
  }

  /** What is made wrong is made right again, one thing after the other. */
  @Test
  void backlogBadSamplesAuditAndLeasesRaiseTheirAlarmsToo() throws Exception {
    Monitoring.needs("prometheus");
    try (ObservedWorld world = new ObservedWorld(database, directory, Duration.ofMinutes(30));
        RunningService service = world.service(Map.of("AUDIT_INTERVAL", "1s"));
        Prometheus prometheus =
            Prometheus.start(
                directory,
                service.adminUrl().getAuthority(),
                directory.resolve("scraper"),
                impatientRules())) {
      fires(prometheus, "BillingSourceLagging jp", "BillingCoverageFalling jp");
      Instant head = WindowChoice.until(Clock.systemUTC().instant()).minusSeconds(60);
      world.tellUntil(world.next(), head);
      clear(prometheus, "BillingSourceLagging jp", "BillingCoverageFalling jp");

      world.tellWithNonsense(head.plusSeconds(20), Long.MAX_VALUE / 4, 50);
      fires(prometheus, "BillingSamplesSetAside jp"); // for some seconds
      fires(prometheus, "BillingJumpGuardHolds jp");
      world.tell(head.plusSeconds(40), 1_000_000, 50_000);
      clear(prometheus, "BillingSamplesSetAside jp", "BillingJumpGuardHolds jp");

      drift(world, 1);
      fires(prometheus, "BillingAuditFindings");
      drift(world, -1);
      clear(prometheus, "BillingAuditFindings");

      lease(
          "UPDATE billing.source_leases SET holder = 'lost', fence = fence + 1,"
              + " expires_at = clock_timestamp() + INTERVAL '2 minutes' WHERE source_id = 'jp'");
      fires(prometheus, "BillingNoLeaseHolder jp");
      lease(
          "UPDATE billing.source_leases SET expires_at = clock_timestamp() WHERE source_id = 'jp'");
      clear(prometheus, "BillingNoLeaseHolder jp");
    }
  }

  private static void fires(Prometheus prometheus, String... alarms) throws Exception {
    Eventually.holds(() -> assertThat(prometheus.firing()).contains(alarms));
  }

  private static void clear(Prometheus prometheus, String... alarms) throws Exception {
    Eventually.holds(() -> assertThat(prometheus.firing()).doesNotContain(alarms));
  }

  private static void lease(String sql) {
    database.jdbi().useHandle(h -> assertThat(h.execute(sql)).isEqualTo(1));
  }

  /** Somebody changes a balance by hand. */
  private static void drift(ObservedWorld world, int by) {
    String sql =
        "UPDATE public.account_quota_states SET exact_balance = exact_balance + ?,"
            + " current_balance = current_balance + ? WHERE account_uuid = ?";
    database.jdbi().useHandle(h -> assertThat(h.execute(sql, by, by, world.account)).isEqualTo(1));
  }

  private Path impatientRules() throws Exception {
    String rules = Files.readString(Monitoring.RULES, StandardCharsets.UTF_8);
    assertThat(rules).contains("> 600\n").contains("[15m]");
    return Files.writeString(
        directory.resolve("rules.yml"),
        rules
            .replace("> 600\n", "> 4\n")
            .replace("[15m]", "[5s]")
            .replaceAll("for: \\d+m", "for: 1s"),
        StandardCharsets.UTF_8);
  }
}
