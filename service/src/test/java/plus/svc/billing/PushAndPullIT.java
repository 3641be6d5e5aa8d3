package plus.svc.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static plus.svc.billing.Push.sample;
import static plus.svc.billing.Push.snapshot;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import plus.svc.billing.emulator.EmulatorConfig;
import plus.svc.billing.emulator.ExporterEmulator;
import plus.svc.billing.emulator.window.Access;
import plus.svc.billing.emulator.window.Flavour;
import plus.svc.billing.emulator.window.NodeConfig;
import plus.svc.billing.emulator.window.SampleRow;
import plus.svc.billing.emulator.window.SnapshotRow;
import plus.svc.billing.testing.Database;

/** Nodes that are pulled and push the same windows, over real HTTP: everything counts once. */
class PushAndPullIT {

  @RegisterExtension static final Database database = Database.migrated();

  private static final Instant NOW = Instant.parse("2026-04-08T12:12:00Z");
  private static final Instant FIRST = Instant.parse("2026-04-08T12:00:00Z");
  private static final int MINUTES = 11;
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Jdbi jdbi = database.jdbi();

  /** A node's counters by minute: 1000 and 70 more each, from 500 and 0. */
  private static long uplink(int minute) {
    return 500 + 1_000L * minute;
  }

  private static long downlink(int minute) {
    return 70L * minute;
  }

  private static Instant at(int minute) {
    return FIRST.plus(Duration.ofMinutes(minute));
  }

  private static List<SnapshotRow> history(String node, UUID user) {
    return IntStream.range(0, MINUTES)
        .mapToObj(
            m ->
                new SnapshotRow(
                    at(m),
                    node,
                    "prod",
                    null,
                    List.of(
                        new SampleRow(
                            user.toString(), "a@example.com", "", uplink(m), downlink(m)))))
        .toList();
  }

  private static String pushed(String node, UUID user, int from, int until) {
    return IntStream.range(from, until)
        .mapToObj(m -> snapshot(node, at(m).toString(), sample(user, uplink(m), downlink(m))))
        .collect(Collectors.joining("\n"));
  }

  private UUID user() {
    UUID id = UUID.randomUUID();
    jdbi.useHandle(
        handle ->
            handle.execute("INSERT INTO public.users (uuid, proxy_uuid) VALUES (?, ?)", id, id));
    return id;
  }

  private String text(String sql, Object... args) {
    return jdbi.withHandle(
        handle -> handle.select(sql, args).mapTo(String.class).findFirst().orElse(""));
  }

  private String facts(UUID user) {
    return text(
        "SELECT count(*) || ' minutes, ' || sum(b.total_bytes) || ' bytes, '"
            + " || (SELECT count(*) || ' rows, ' || trim_scale(sum(amount_delta))"
            + " FROM public.billing_ledger WHERE account_uuid = ? AND bucket_start IS NOT NULL)"
            + " FROM public.traffic_minute_buckets b WHERE account_uuid = ?",
        user,
        user);
  }

  private static ExporterEmulator exporter(String node, UUID user) throws Exception {
    ExporterEmulator exporter =
        ExporterEmulator.start(
            EmulatorConfig.plain(
                NodeConfig.of(Flavour.A, node, "prod", Access.bearer("exporter-token"))),
            InstantSource.fixed(NOW));
    exporter.load(history(node, user));
    return exporter;
  }

  private static RunningService service(String sources) throws Exception {
    return RunningService.start(
        ShippedConfiguration.FILE,
        Map.ofEntries(
            Map.entry("DATABASE_URL", url()),
            Map.entry("INTERNAL_SERVICE_TOKEN", "platform-token"),
            Map.entry("LISTEN_ADDR", "127.0.0.1:0"),
            Map.entry("ADMIN_LISTEN_ADDR", "127.0.0.1:0"),
            Map.entry("PRICE_PER_BYTE", "0.5"),
            Map.entry("EXPORTER_TOKEN", "exporter-token"),
            Map.entry("EXPORTER_SOURCES_JSON", sources),
            Map.entry("COLLECT_INTERVAL", "1h"),
            Map.entry("LOG_LEVEL", "OFF")),
        Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private static String url() {
    String address = database.jdbcUrl().substring("jdbc:postgresql://".length());
    return "postgres://" + database.user() + ":" + database.password() + "@" + address;
  }

  private static String source(String node, URI url) {
    return String.format(
        Locale.ROOT,
        "{\"source_id\":\"pull-%s\",\"node_id\":\"%s\",\"env\":\"prod\",\"base_url\":\"%s\","
            + "\"auth_mode\":\"bearer\",\"credential_ref\":\"env:EXPORTER_TOKEN\","
            + "\"first_snapshot\":\"from-zero\",\"max_bytes_per_second\":777777}",
        node,
        node,
        url);
  }

  private static void job(RunningService service, String name) throws Exception {
    HttpResponse<String> answer =
        HTTP.send(
            HttpRequest.newBuilder(service.baseUrl().resolve("/v1/jobs/" + name))
                .header("Authorization", "Bearer platform-token")
                .POST(HttpRequest.BodyPublishers.noBody())
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  /** Whichever comes first, last or in between, and however often. */
  @Test
  void pullAndPushOfTheSameWindowsChargeOnce() throws Exception {
    UUID pulledOnly = user();
    UUID pushedFirst = user();
    UUID pulledFirst = user();
    UUID atOnce = user();
    try (ExporterEmulator one = exporter("pulled-only", pulledOnly);
        ExporterEmulator two = exporter("pushed-first", pushedFirst);
        ExporterEmulator three = exporter("pulled-first", pulledFirst);
        ExporterEmulator four = exporter("at-once", atOnce)) {
      String later = "[" + source("pulled-first", three.baseUri()) + "]";
      String all =
          "["
              + source("pulled-only", one.baseUri())
              + ","
              + source("pushed-first", two.baseUri())
              + ","
              + source("pulled-first", three.baseUri())
              + ","
              + source("at-once", four.baseUri())
              + "]";
      // Known to the configuration and not yet reachable: the push is first.
      try (RunningService service =
          service(all.replaceAll("http://127.0.0.1:\\d+", "http://127.0.0.1:1"))) {
        Push push = new Push(service.baseUrl(), "platform-token");
        assertThat(push.send(pushed("pushed-first", pushedFirst, 3, 7)).count("accepted"))
            .isEqualTo(4);
      }
      try (RunningService service = service(later)) {
        job(service, "collect-and-rate");
        Push push = new Push(service.baseUrl(), "platform-token");
        assertThat(push.send(pushed("pulled-first", pulledFirst, 0, MINUTES)).count("repeated"))
            .isEqualTo(MINUTES);
      }
      try (RunningService service = service(all)) {
        Push push = new Push(service.baseUrl(), "platform-token");
        ExecutorService senders = Executors.newFixedThreadPool(4);
        List<Future<Push.Answer>> answers = new ArrayList<>();
        for (int m = 0; m < MINUTES; m++) {
          int minute = m;
          answers.add(
              senders.submit(() -> push.send(pushed("at-once", atOnce, minute, minute + 1))));
        }
        job(service, "collect-and-rate");
        for (Future<Push.Answer> answer : answers) {
          assertThat(answer.get().status()).isEqualTo(200);
        }
        senders.shutdown();
        push.send(pushed("pushed-first", pushedFirst, 0, MINUTES));
        job(service, "reconcile");
      }
    }
    // From zero: what the last snapshot of all counts is what was used. One row a minute.
    String once =
        "11 minutes, "
            + (uplink(MINUTES - 1) + downlink(MINUTES - 1))
            + " bytes, 11 rows, -"
            + (uplink(MINUTES - 1) + downlink(MINUTES - 1)) / 2;
    assertThat(facts(pulledOnly)).isEqualTo(once);
    assertThat(facts(pulledFirst)).isEqualTo(once);
    for (UUID mixed : List.of(pushedFirst, atOnce)) {
      // Late ones post corrections; their sum is the same.
      assertThat(facts(mixed).replaceAll("\\d+ rows", "11 rows")).isEqualTo(once);
    }
    assertThat(
            text(
                "SELECT string_agg(DISTINCT count_first || ' ' || max_bytes_per_second, ',')"
                    + " FROM billing.nodes JOIN billing.snapshots USING (node_key)"))
        .isEqualTo("true 777777");
    assertThat(
            text(
                "SELECT string_agg(DISTINCT source_id, ',' ORDER BY source_id)"
                    + " FROM billing.snapshots JOIN billing.nodes USING (node_key)"
                    + " WHERE node = 'pushed-first'"))
        .isEqualTo("pull-pushed-first,push:platform");
  }
}
