package plus.svc.billing.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import plus.svc.billing.emulator.xray.SimulatedUser;
import plus.svc.billing.pipeline.ArchiveJudge;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.testing.TestDatabase;

/** A database with a backlog before it, the service processes on it, and the judge over it. */
final class CrashWorld implements AutoCloseable {

  private static final BigDecimal PRICE = new BigDecimal("0.000000002");
  private static final long QUOTA = 400_000_000L;
  private static final int OPENING = 5;

  private final CrashServer postgres;
  private final CrashNodes nodes;
  private final Path folder;
  private final Random random;
  private final TestDatabase database;
  private final Jdbi jdbi;
  private final ArchiveJudge judge;
  private final List<ServiceProcess> processes = new ArrayList<>();

  /**
   * A new world.
   *
   * @param folder for the configuration and the logs
   */
  CrashWorld(CrashServer postgres, CrashNodes nodes, Path folder, Random random)
      throws IOException {
    this(postgres, nodes, folder, random, postgres.freshDatabase());
    for (SimulatedUser person : nodes.people()) {
      jdbi.useHandle(
          h ->
              h.execute(
                  "INSERT INTO public.users (uuid, proxy_uuid) VALUES (?, ?)",
                  UUID.fromString(person.accountUuid()),
                  UUID.fromString(person.identifier())));
    }
  }

  /** A world that goes on from what is in a database, such as a restored one. */
  CrashWorld(
      CrashServer postgres, CrashNodes nodes, Path folder, Random random, TestDatabase database)
      throws IOException {
    this.postgres = postgres;
    this.nodes = nodes;
    this.folder = folder;
    this.random = random;
    this.database = database;
    this.jdbi = database.jdbi();
    Map<String, UUID> owners = new HashMap<>();
    for (SimulatedUser person : nodes.people()) {
      UUID account = UUID.fromString(person.accountUuid());
      owners.put(person.identifier(), account);
      owners.put(person.accountUuid(), account);
    }
    this.judge =
        new ArchiveJudge(
            database.dataSource(),
            nodes.nodes(),
            owners,
            new ArchiveJudge.Terms(
                PRICE, QUOTA, BigDecimal.valueOf(OPENING), CrashNodes.MAX_BYTES_PER_SECOND));
    configure();
  }

  /** The shipped configuration, but with pages, leases and waits of a size to crash between. */
  private void configure() throws IOException {
    String shipped = Files.readString(Path.of("../config.yml"));
    String config =
        shipped
            .replace("pageSnapshots: 120", "pageSnapshots: " + (2 + random.nextInt(3)))
            .replace("leaseTime: 1m", "leaseTime: 1s")
            .replace("reconcileLookBack: 1h", "reconcileLookBack: 48h")
            .replace("\nserver:\n", "\nserver:\n  requestLog:\n    appenders: []\n");
    assertThat(config.lines().filter(line -> !shipped.contains(line + "\n"))).hasSize(5);
    Files.writeString(folder.resolve("config.yml"), config);
  }

  Jdbi jdbi() {
    return jdbi;
  }

  TestDatabase database() {
    return database;
  }

  /** A connection that nobody else uses. */
  Connection connect() throws SQLException {
    return database.dataSource().getConnection();
  }

  /** Starts the service under a name of its own and doesn't wait for it. */
  ServiceProcess launch() throws IOException {
    return launch(Map.of());
  }

  /** The same with more in its environment. */
  ServiceProcess launch(Map<String, String> more) throws IOException {
    return launch(ServiceProcess.JAR, more);
  }

  /**
   * Starts a release.
   *
   * @param more variables that go before the usual ones
   */
  ServiceProcess launch(Path jar, Map<String, String> more) throws IOException {
    return start(jar, more, "server");
  }

  /** Runs {@code db migrate} of a release to its end; {@code urlEnd} is put behind the URL. */
  ServiceProcess migrate(Path jar, String urlEnd) throws IOException, InterruptedException {
    ServiceProcess migration =
        start(jar, Map.of("DATABASE_URL", postgres.url(database) + urlEnd), "db", "migrate");
    int unused = migration.exitCode();
    return migration;
  }

  private ServiceProcess start(Path jar, Map<String, String> more, String... command)
      throws IOException {
    String instance = "instance-" + (processes.size() + 1);
    Map<String, String> variables = new TreeMap<>();
    variables.put("INSTANCE", instance);
    variables.put("DATABASE_URL", postgres.url(database) + "&application_name=" + instance);
    variables.put("DB_RETRY_INTERVAL", "200ms");
    variables.put("EXPORTER_SOURCES_JSON", nodes.sources());
    variables.put("INTERNAL_SERVICE_TOKEN", "crash-token");
    variables.put("LISTEN_ADDR", "127.0.0.1:0");
    variables.put("ADMIN_LISTEN_ADDR", "127.0.0.1:0");
    variables.put("COLLECT_INTERVAL", "500ms");
    variables.put("PRICE_PER_BYTE", PRICE.toPlainString());
    variables.put("INITIAL_INCLUDED_QUOTA_BYTES", Long.toString(QUOTA));
    variables.put("INITIAL_BALANCE", Integer.toString(OPENING));
    variables.putAll(more);
    ServiceProcess process =
        ServiceProcess.start(jar, folder, folder.resolve(instance + ".log"), variables, command);
    processes.add(process);
    return process;
  }

  /** Whether the database takes statements. */
  boolean answers() {
    try {
      return archived() >= 0;
    } catch (JdbiException e) {
      return false;
    }
  }

  /** Snapshots in the archive. */
  long archived() {
    return jdbi.withHandle(
        h -> h.createQuery("SELECT count(*) FROM billing.snapshots").mapTo(Long.class).one());
  }

  /**
   * Waits for a random moment of the work that is left, so that as many as are to come fit in.
   *
   * @param toCome how many moments, this one included, the work has to suffice for
   */
  void awaitMoment(int toCome) {
    long begun = archived();
    long left = nodes.snapshots() - begun;
    long target = begun + (left <= 0 ? 0 : 1 + random.nextLong(1 + 2 * left / (toCome + 2)));
    Patience.until(target + " snapshots are archived", () -> archived() >= target);
    moment(15);
  }

  /** Lets up to so many milliseconds pass. */
  void moment(int most) {
    Patience.pause(Duration.ofNanos(random.nextLong(1 + most * 1_000_000L)));
  }

  /** Whether the database is at work for the instance, in a transaction. */
  long transactionsOf(ServiceProcess process) {
    return jdbi.withHandle(
        h ->
            h.createQuery(
                    """
                    SELECT count(*) FROM pg_stat_activity
                     WHERE application_name = :name AND xact_start IS NOT NULL
                    """)
                .bind("name", process.instance())
                .mapTo(Long.class)
                .one());
  }

  /** Ends a connection of any instance that is in a transaction; false if there was none. */
  boolean cutOne() {
    return jdbi.withHandle(
        h ->
            h.createQuery(
                    """
                    SELECT pg_terminate_backend(pid)
                      FROM pg_stat_activity
                     WHERE datname = current_database()
                       AND application_name LIKE 'instance-%'
                       AND xact_start IS NOT NULL
                     ORDER BY random()
                     LIMIT 1
                    """)
                .mapTo(Boolean.class)
                .findOne()
                .orElse(false));
  }

  /** Leases that the instance has, over or not. */
  List<String> leasesOf(ServiceProcess process) {
    return jdbi.withHandle(
        h ->
            h.createQuery(
                    "SELECT source_id FROM billing.source_leases WHERE holder = :holder ORDER BY 1")
                .bind("holder", process.instance())
                .mapTo(String.class)
                .list());
  }

  /** Holds every fact against the archive, as both are now. */
  void judge() {
    judge.judge();
  }

  /**
   * Lets the instance, by now the only one, read to the end; then the facts must be those of the
   * whole history and of what really happened, and reading all of it again must change nothing.
   */
  void endWell(ServiceProcess last) {
    nodes.answerAtOnce();
    Patience.until(
        "everything is read",
        () -> {
          assertThat(last.isAlive()).as(() -> last.tail()).isTrue();
          return archived() == nodes.snapshots();
        });
    assertThat(history(judge.judge())).isEqualTo(nodes.history());
    assertThat(billed()).isEqualTo(nodes.observable());
    Patience.until(
        "the last instance has every lease", () -> leasesOf(last).size() == nodes.nodes().size());
    Map<String, String> before = judge.digests();
    reconcile(last);
    assertThat(judge.digests()).isEqualTo(before);
    assertThat(runsByStatus()).as("no run of a job goes on").doesNotContainKey("running");
  }

  /** Reads everything again; asks again while that goes on. */
  private static void reconcile(ServiceProcess service) {
    String[] answer = {""};
    Patience.until(
        "everything is read again",
        () -> {
          answer[0] = service.post("/v1/jobs/reconcile").join();
          return !answer[0].contains("\"status\":\"running\"");
        });
    assertThat(answer[0]).contains("\"status\":\"ok\"");
  }

  /** How many runs of jobs there are, by status. */
  Map<String, Long> runsByStatus() {
    Map<String, Long> runs = new TreeMap<>();
    jdbi.useHandle(
        h ->
            h.createQuery("SELECT status, count(*) FROM billing.job_runs GROUP BY 1")
                .map((rs, ctx) -> runs.put(rs.getString(1), rs.getLong(2)))
                .list());
    return runs;
  }

  private static Map<String, Set<String>> history(List<Snapshot> archive) {
    Map<String, Set<String>> all = new TreeMap<>();
    for (Snapshot snapshot : archive) {
      Set<String> samples = new TreeSet<>();
      snapshot
          .samples()
          .forEach(
              sample ->
                  samples.add(
                      sample.series().identifier()
                          + "|"
                          + sample.series().inboundTag()
                          + "|"
                          + sample.uplinkBytes()
                          + "|"
                          + sample.downlinkBytes()));
      all.put(snapshot.node().composed() + " " + snapshot.collectedAt(), samples);
    }
    return all;
  }

  private Map<String, Map<UUID, Long>> billed() {
    Map<String, Map<UUID, Long>> all = new TreeMap<>();
    jdbi.useHandle(
        h ->
            h.createQuery(
                    """
                    SELECT node_id, account_uuid, sum(total_bytes)::bigint
                      FROM public.traffic_minute_buckets
                     GROUP BY 1, 2
                    """)
                .map(
                    (rs, ctx) ->
                        all.computeIfAbsent(rs.getString(1), node -> new TreeMap<>())
                            .put(rs.getObject(2, UUID.class), rs.getLong(3)))
                .list());
    return all;
  }

  /** What the database is at, and what the processes wrote last, for a failure's message. */
  String tails() {
    StringBuilder all = new StringBuilder("\n").append(String.join("\n", activity()));
    processes.forEach(
        process ->
            all.append("\n--- ").append(process.instance()).append('\n').append(process.tail()));
    return all.toString();
  }

  private List<String> activity() {
    try {
      return jdbi.withHandle(
          h ->
              h.createQuery(
                      """
                      SELECT concat_ws(' ', application_name, pid, state, wait_event,
                                       clock_timestamp() - xact_start, 'blocked by',
                                       pg_blocking_pids(pid), left(query, 60))
                        FROM pg_stat_activity
                       WHERE datname = current_database()
                       UNION ALL
                      SELECT concat_ws(' ', source_id, holder, fence, expires_at,
                                       clock_timestamp())
                        FROM billing.source_leases
                      """)
                  .mapTo(String.class)
                  .list());
    } catch (JdbiException e) {
      return List.of("the database does not answer: " + e.getMessage());
    }
  }

  @Override
  public void close() {
    processes.forEach(ServiceProcess::close);
    try {
      postgres.drop(database);
    } catch (JdbiException | IllegalStateException e) {
      // A scenario that failed may have left the server down; what failed is told already.
    }
  }
}
