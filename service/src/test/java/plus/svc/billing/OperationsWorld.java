package plus.svc.billing;

import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import plus.svc.billing.emulator.EmulatorConfig;
import plus.svc.billing.emulator.ExporterEmulator;
import plus.svc.billing.emulator.window.Access;
import plus.svc.billing.emulator.window.Flavour;
import plus.svc.billing.emulator.window.NodeConfig;
import plus.svc.billing.emulator.window.SampleRow;
import plus.svc.billing.emulator.window.SnapshotRow;
import plus.svc.billing.testing.Database;

/**
 * A small world that is the same in every run: a service whose clock stands at noon, one emulated
 * node with two accounts and half an hour of traffic, and things that may happen to it.
 */
final class OperationsWorld implements AutoCloseable {

  static final String ADMIN = "admin-token";
  static final String PLATFORM = "platform-token";
  static final UUID ANNA = UUID.fromString("11111111-1111-4111-8111-111111111111");
  static final UUID BEN = UUID.fromString("22222222-2222-4222-8222-222222222222");

  private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");
  private static final int MINUTES = 30;

  private final Database database;
  private final ExporterEmulator jp;

  OperationsWorld(Database database) throws IOException {
    this.database = database;
    sql("INSERT INTO public.users (uuid) VALUES ('" + ANNA + "'), ('" + BEN + "')");
    sql(
        "INSERT INTO public.account_billing_profiles (account_uuid, included_quota_bytes,"
            + " base_price_per_byte, pricing_rule_version) SELECT uuid, 1000000, 0.000001, 'basic'"
            + " FROM public.users");
    Clock clock = Clock.fixed(NOON, ZoneOffset.UTC);
    jp =
        ExporterEmulator.start(
            EmulatorConfig.plain(NodeConfig.of(Flavour.A, "jp", "prod", Access.bearer("jp-token"))),
            clock);
    jp.load(history());
  }

  /** Anna uses 50,000 bytes a minute; Ben some now and then, which leaves whole minutes without. */
  private static List<SnapshotRow> history() {
    List<SnapshotRow> history = new ArrayList<>();
    for (int minute = MINUTES; minute >= 0; minute--) {
      long passed = (long) MINUTES - minute;
      history.add(
          new SnapshotRow(
              NOON.minusSeconds(60L * minute),
              "jp",
              "prod",
              null,
              List.of(
                  new SampleRow(ANNA.toString(), "", "tcp", 10_000 * passed, 40_000 * passed),
                  new SampleRow(BEN.toString(), "", "tcp", 7_000 * (passed / 3), 0))));
    }
    return history;
  }

  RunningService service() throws Exception {
    String address = database.jdbcUrl().substring("jdbc:postgresql://".length());
    Map<String, String> variables = new HashMap<>();
    variables.put(
        "DATABASE_URL",
        "postgres://" + database.user() + ":" + database.password() + "@" + address);
    variables.put("INTERNAL_SERVICE_TOKEN", PLATFORM);
    variables.put("BILLING_ADMIN_TOKEN", ADMIN);
    variables.put("JP_TOKEN", "jp-token");
    variables.put("INSTANCE", "one");
    variables.put("LISTEN_ADDR", "127.0.0.1:0");
    variables.put("ADMIN_LISTEN_ADDR", "127.0.0.1:0");
    variables.put("LOG_LEVEL", "OFF");
    // It looks when it likes, which would make the health check's line a matter of luck.
    variables.put("AUDIT_ENABLED", "false");
    variables.put(
        "EXPORTER_SOURCES_JSON",
        String.format(
            Locale.ROOT,
            """
            [{"source_id": "jp", "node_id": "jp", "env": "prod", "base_url": "%s",
              "auth_mode": "bearer", "credential_ref": "env:JP_TOKEN"}]
            """,
            jp.baseUri()));
    return RunningService.start(
        ShippedConfiguration.FILE, variables, Clock.fixed(NOON, ZoneOffset.UTC));
  }

  /** Makes something happen, if it is known here. */
  boolean happens(String what) {
    switch (what) {
      case "a bucket is lost" ->
          sql(
              "DELETE FROM public.traffic_minute_buckets WHERE account_uuid = '"
                  + ANNA
                  + "' AND bucket_start = '2026-01-31T11:45:00Z'");
      case "a bucket's bytes are changed" ->
          sql(
              "UPDATE public.traffic_minute_buckets SET uplink_bytes = uplink_bytes + 5,"
                  + " total_bytes = total_bytes + 5 WHERE account_uuid = '"
                  + ANNA
                  + "' AND bucket_start = '2026-01-31T11:40:00Z'");
      case "a balance drifts" ->
          sql(
              "UPDATE public.account_quota_states SET exact_balance = exact_balance + 1"
                  + " WHERE account_uuid = '"
                  + BEN
                  + "'");
      default -> {
        return false;
      }
    }
    return true;
  }

  private void sql(String statement) {
    database.jdbi().useHandle(handle -> handle.execute(statement));
  }

  @Override
  public void close() {
    jp.close();
  }
}
