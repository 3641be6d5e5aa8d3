package plus.svc.billing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import plus.svc.billing.emulator.EmulatorConfig;
import plus.svc.billing.emulator.ExporterEmulator;
import plus.svc.billing.emulator.tls.Credential;
import plus.svc.billing.emulator.tls.DevCertificates;
import plus.svc.billing.emulator.tls.TlsContexts;
import plus.svc.billing.emulator.window.Access;
import plus.svc.billing.emulator.window.Flavour;
import plus.svc.billing.emulator.window.NodeConfig;
import plus.svc.billing.emulator.window.SampleRow;
import plus.svc.billing.emulator.window.SnapshotRow;
import plus.svc.billing.pipeline.source.http.ScriptedServer;
import plus.svc.billing.testing.Database;

/**
 * A whole service that collects from two emulated nodes: {@code jp} has ten minutes of traffic and
 * plain HTTP on loopback, {@code us} has TLS on both sides and nothing to tell. Times are real, and
 * as short as they can be.
 */
final class ObservedWorld implements AutoCloseable {

  static final String ADMIN = "admin-token";
  static final String SCRAPER = "scraper-token";
  static final String PLATFORM = "platform-token";
  static final String EMAIL = "someone.private@example.com";
  static final int MINUTES = 10;

  private static final DevCertificates OURS = DevCertificates.create(Clock.systemUTC());

  final ExporterEmulator jp;
  final UUID account = UUID.randomUUID();

  /** Another one in each world, since worlds may share a database. */
  private final String node = "jp-" + account;

  private final Instant began;

  private final ScriptedServer us;
  private final Path directory;
  private final Database database;

  ObservedWorld(Database database, Path directory) throws Exception {
    this(database, directory, Duration.ZERO);
  }

  /** One in which {@code jp} has told nothing for so long. */
  ObservedWorld(Database database, Path directory, Duration silence) throws Exception {
    Instant newest = Clock.systemUTC().instant().minus(silence).truncatedTo(ChronoUnit.MINUTES);
    this.began = newest.minus(Duration.ofMinutes(MINUTES - 1L));
    this.database = database;
    this.directory = directory;
    database
        .jdbi()
        .useHandle(h -> h.execute("INSERT INTO public.users (uuid) VALUES (?)", account));
    jp =
        ExporterEmulator.start(
            EmulatorConfig.plain(NodeConfig.of(Flavour.A, node, "prod", Access.bearer("jp-token"))),
            Clock.systemUTC());
    tellUntil(began, newest);
    us =
        ScriptedServer.tls(
            TlsContexts.of(OURS.server("node.example"), OURS.authority().certificate()),
            true,
            (head, out) ->
                ScriptedServer.respond(
                    out, "200 OK", "application/json", "{\"snapshots\":null,\"has_more\":false}"));
    OURS.authority().writeTo(directory, "ca");
    renewClient();
    Files.writeString(directory.resolve("scraper"), SCRAPER);
    Files.writeString(directory.resolve("hook"), "a-webhook-secret-of-the-tests");
    Files.writeString(directory.resolve("config.yml"), configuration());
  }

  /** Writes a client certificate that {@code us} accepts. */
  void renewClient() throws IOException {
    Credential client = OURS.client("billing");
    Files.writeString(directory.resolve("client.pem"), client.pairPem());
  }

  /** The shipped one, with a scraper's token, a webhook that is told nothing, and no patience. */
  private String configuration() throws IOException {
    return Files.readString(ShippedConfiguration.FILE, StandardCharsets.UTF_8)
        .replace("longestPause: 5m", "longestPause: 200ms")
        .replace(
            "  webhooks: []\n",
            "  webhooks: [{name: crm, url: 'https://127.0.0.1:9/', secretRef: 'file:"
                + directory.resolve("hook")
                + "'}]\n")
        .replace(
            "  tokens: []\n",
            "  tokens: [{name: scraper, tokenRef: 'file:"
                + directory.resolve("scraper")
                + "', rights: [metrics]}]\n");
  }

  /** Lets {@code jp} tell a snapshot a minute, both ends included. */
  void tellUntil(Instant first, Instant last) {
    for (Instant at = first; !at.isAfter(last); at = at.plus(Duration.ofMinutes(1))) {
      long minutes = Duration.between(began, at).toMinutes();
      tell(at, 1_000 * minutes, 50 * minutes);
    }
  }

  /** Lets {@code jp} tell what the account's counters were, and one that no counter can be. */
  void tellWithNonsense(Instant at, long up, long down) {
    jp.load(List.of(snapshot(at, sample("tcp", up, down), sample("nonsense", -1, 0))));
  }

  /** Lets {@code jp} tell what the account's counters were. */
  void tell(Instant at, long up, long down) {
    jp.load(List.of(snapshot(at, sample("tcp", up, down))));
  }

  private SnapshotRow snapshot(Instant at, SampleRow... samples) {
    return new SnapshotRow(at, node, "prod", null, List.of(samples));
  }

  private SampleRow sample(String inbound, long up, long down) {
    return new SampleRow(account.toString(), EMAIL, inbound, up, down);
  }

  /** A minute after the last snapshot that it began with. */
  Instant next() {
    return began.plus(Duration.ofMinutes(MINUTES));
  }

  RunningService service(Map<String, String> more) throws Exception {
    String address = database.jdbcUrl().substring("jdbc:postgresql://".length());
    Map<String, String> variables = new HashMap<>();
    variables.put(
        "DATABASE_URL",
        "postgres://" + database.user() + ":" + database.password() + "@" + address);
    variables.put("INTERNAL_SERVICE_TOKEN", PLATFORM);
    variables.put("BILLING_ADMIN_TOKEN", ADMIN);
    variables.put("JP_TOKEN", "jp-token");
    variables.put("PRICE_PER_BYTE", "0.001");
    variables.put("COLLECT_INTERVAL", "200ms");
    variables.put("LISTEN_ADDR", "127.0.0.1:0");
    variables.put("ADMIN_LISTEN_ADDR", "127.0.0.1:0");
    variables.put("LOG_LEVEL", "OFF");
    variables.put("EXPORTER_SOURCES_JSON", sources());
    variables.putAll(more);
    return RunningService.start(directory.resolve("config.yml"), variables, Clock.systemUTC());
  }

  private String sources() {
    return String.format(
        Locale.ROOT,
        """
        [{"source_id": "jp", "node_id": "%s", "env": "prod", "base_url": "%s",
          "auth_mode": "bearer", "credential_ref": "env:JP_TOKEN"},
         {"source_id": "us", "node_id": "us", "env": "prod", "base_url": "%s",
          "auth_mode": "mtls", "credential_ref": "file:%s", "ca_bundle_ref": "file:%s"}]
        """,
        node,
        jp.baseUri(),
        us.uri(),
        directory.resolve("client.pem"),
        directory.resolve("ca.pem"));
  }

  @Override
  public void close() {
    jp.close();
    us.close();
  }
}
