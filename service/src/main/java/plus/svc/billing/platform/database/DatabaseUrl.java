package plus.svc.billing.platform.database;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.platform.Secret;

/**
 * Where the database is and who we are there, translated from what libpq and pgx read ({@code
 * postgres://user:password@host:5432/name?sslmode=disable} or {@code host=... user=...}) to what
 * the JDBC driver reads. No error and no {@link #toString()} shows a password.
 *
 * @param hosts in the order they are tried
 * @param properties of the JDBC driver, without user and password
 */
public record DatabaseUrl(
    List<Host> hosts,
    String database,
    String user,
    @Nullable Secret password,
    Map<String, String> properties) {

  /** The forms a text may have. */
  public static final String FORMS =
      "postgres://user:password@host:5432/database?sslmode=prefer"
          + " or host=... port=5432 user=... password=... dbname=...";

  private static final int DEFAULT_PORT = 5432;

  /**
   * One server.
   *
   * @param name without brackets
   */
  public record Host(String name, int port) {

    @Override
    public String toString() {
      return (name.contains(":") ? "[" + name + "]" : name) + ":" + port;
    }
  }

  public DatabaseUrl {
    hosts = List.copyOf(hosts);
    properties = Map.copyOf(properties);
  }

  /**
   * Reads either form.
   *
   * @param systemUser stands in for a missing user
   * @throws IllegalArgumentException saying what is wrong, without the password
   */
  public static DatabaseUrl parse(String text, String systemUser) {
    Map<String, String> settings =
        text.startsWith("postgres://") || text.startsWith("postgresql://")
            ? ConnectionUrl.parse(text)
            : KeywordString.parse(text);
    String database = settings.getOrDefault("dbname", "");
    if (database.isEmpty()) {
      throw new IllegalArgumentException("names no database: must be " + FORMS);
    }
    String password = settings.getOrDefault("password", "");
    return new DatabaseUrl(
        hosts(settings),
        database,
        settings.getOrDefault("user", systemUser),
        password.isBlank() ? null : Secret.of(password),
        DriverProperties.of(settings));
  }

  /** The driver's URL: hosts and database, nothing secret. */
  public String jdbcUrl() {
    return hosts.stream()
            .map(Host::toString)
            .collect(Collectors.joining(",", "jdbc:postgresql://", "/"))
        + URLEncoder.encode(database, StandardCharsets.UTF_8);
  }

  private static List<Host> hosts(Map<String, String> settings) {
    String[] names = settings.getOrDefault("host", "localhost").split(",", -1);
    String[] ports = settings.getOrDefault("port", "").split(",", -1);
    if (ports.length > 1 && ports.length != names.length) {
      throw new IllegalArgumentException(
          "has " + names.length + " hosts and " + ports.length + " ports: must be one port each");
    }
    Host[] hosts = new Host[names.length];
    for (int i = 0; i < names.length; i++) {
      hosts[i] = host(names[i], ports.length == 1 ? ports[0] : ports[i]);
    }
    return List.of(hosts);
  }

  private static Host host(String name, String port) {
    if (name.startsWith("/") || name.startsWith("@")) {
      throw new IllegalArgumentException(
          "names the unix socket directory '"
              + name
              + "', which the JDBC driver cannot use: must be host:port, such as 127.0.0.1:5432");
    }
    String bare = name.isEmpty() ? "localhost" : name;
    if (bare.startsWith("[") && bare.endsWith("]")) {
      bare = bare.substring(1, bare.length() - 1);
    }
    if (port.isEmpty()) {
      return new Host(bare, DEFAULT_PORT);
    }
    if (!port.matches("\\d{1,5}")
        || Integer.parseInt(port) == 0
        || Integer.parseInt(port) > 65_535) {
      // Not shown: a password with an unescaped '/' ends up here.
      throw new IllegalArgumentException(
          "has a port that is no number from 1 to 65535; a '/', '?' or '#' in the password must be"
              + " written %2F, %3F or %23");
    }
    return new Host(bare, Integer.parseInt(port));
  }
}
