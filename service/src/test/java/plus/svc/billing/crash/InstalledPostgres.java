package plus.svc.billing.crash;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import plus.svc.billing.testing.FreePort;
import plus.svc.billing.testing.PostgresHarness;
import plus.svc.billing.testing.TestDatabase;

/**
 * PostgreSQL as the distribution packages it, with the programs that back it up: the embedded one
 * has none of them.
 */
final class InstalledPostgres implements CrashServer, AutoCloseable {

  private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
  private static final List<String> NEEDED =
      List.of("initdb", "pg_ctl", "pg_dump", "pg_restore", "pg_basebackup");

  private final Path programs;
  private final Path data;
  private final Path log;
  private final int port;
  private final Map<String, String> environment;
  private int made;

  private InstalledPostgres(Path programs, Path data, int port, Map<String, String> environment) {
    this.environment = environment;
    this.programs = programs;
    this.data = data;
    this.log = data.resolveSibling(data.getFileName() + ".log");
    this.port = port;
  }

  /** Where the programs are, of the newest release that is installed whole. */
  static Optional<Path> programs() throws IOException {
    List<Path> folders = new ArrayList<>();
    if (Files.isDirectory(DEBIAN)) {
      try (Stream<Path> releases = Files.list(DEBIAN)) {
        releases
            .sorted(Comparator.comparing(Path::toString).reversed())
            .forEach(release -> folders.add(release.resolve("bin")));
      }
    }
    for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
      folders.add(Path.of(folder));
    }
    return folders.stream()
        .filter(
            folder -> NEEDED.stream().allMatch(name -> Files.isExecutable(folder.resolve(name))))
        .findFirst();
  }

  /** Makes a server in a folder that is not there yet, and starts it. */
  static InstalledPostgres create(Path programs, Path data) throws IOException {
    return create(programs, data, Map.of());
  }

  /** The same with more in its environment. */
  static InstalledPostgres create(Path programs, Path data, Map<String, String> environment)
      throws IOException {
    InstalledPostgres postgres =
        new InstalledPostgres(programs, data, FreePort.next(), environment);
    postgres.run("initdb", "-D", data.toString(), "-U", "postgres", "-A", "trust", "-N");
    postgres.start();
    return postgres;
  }

  /** Starts a server on what a backup left in a folder. */
  static InstalledPostgres restored(Path programs, Path data) throws IOException {
    InstalledPostgres postgres = new InstalledPostgres(programs, data, FreePort.next(), Map.of());
    postgres.start();
    return postgres;
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public TestDatabase freshDatabase() {
    TestDatabase database = emptyDatabase();
    PostgresHarness.migrate(database);
    return database;
  }

  /** A new database with nothing in it. */
  TestDatabase emptyDatabase() {
    String name = "installed" + ++made;
    execute("CREATE DATABASE " + name);
    return database(name);
  }

  @Override
  public void drop(TestDatabase database) {
    execute("DROP DATABASE IF EXISTS " + database.name() + " WITH (FORCE)");
  }

  /** Runs one of the programs against this server; fails unless it ends well. */
  void client(String program, String... arguments) throws IOException {
    List<String> all =
        new ArrayList<>(List.of("-h", "127.0.0.1", "-p", Integer.toString(port), "-U", "postgres"));
    all.addAll(List.of(arguments));
    run(program, all.toArray(String[]::new));
  }

  private void start() throws IOException {
    run(
        "pg_ctl",
        "-D",
        data.toString(),
        "-l",
        log.toString(),
        "-w",
        "-o",
        "-p " + port + " -c listen_addresses=127.0.0.1 -c unix_socket_directories=",
        "start");
  }

  private void run(String program, String... arguments) throws IOException {
    List<String> line = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      line.addAll(List.of("unshare", "-U")); // a server doesn't run as root, nobody's will do
    }
    line.add(programs.resolve(program).toString());
    line.addAll(List.of(arguments));
    Path output = Files.createTempFile(data.toAbsolutePath().getParent(), program, ".out");
    ProcessBuilder builder =
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    if (!endsWell(process)) {
      process.destroyForcibly();
      throw new AssertionError(
          line + ":\n" + Files.readString(output) + (Files.exists(log) ? tail() : ""));
    }
  }

  private static boolean endsWell(Process process) {
    try {
      return process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private String tail() throws IOException {
    String all = Files.readString(log, StandardCharsets.UTF_8);
    return all.substring(Math.max(0, all.length() - 3_000));
  }

  private void execute(String statement) {
    try (Connection connection = database("postgres").dataSource().getConnection();
        Statement sql = connection.createStatement()) {
      sql.execute(statement);
    } catch (SQLException e) {
      throw new IllegalStateException("PostgreSQL refuses: " + statement, e);
    }
  }

  @Override
  public void close() throws IOException {
    run("pg_ctl", "-D", data.toString(), "-m", "immediate", "-w", "stop");
  }
}
