package plus.svc.billing.platform.database;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;

/** Translates libpq's connection keywords to the properties of the JDBC driver. */
final class DriverProperties {

  private static final Set<String> ADDRESS = Set.of("host", "port", "user", "password", "dbname");

  /** Same meaning, other name. */
  private static final Map<String, String> RENAMED =
      Map.of(
          "application_name", "ApplicationName",
          "connect_timeout", "connectTimeout",
          "sslrootcert", "sslrootcert",
          "sslcert", "sslcert",
          "sslkey", "sslkey",
          "sslpassword", "sslpassword",
          "options", "options");

  private static final Map<String, String> TARGETS =
      Map.of(
          "any", "any",
          "read-write", "primary",
          "primary", "primary",
          "read-only", "secondary",
          "standby", "secondary",
          "prefer-standby", "preferSecondary");

  private static final List<String> SSL_MODES =
      List.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");

  /** Read by pgx itself, without meaning here. */
  private static final Set<String> IGNORED =
      Set.of("default_query_exec_mode", "statement_cache_capacity", "description_cache_capacity");

  private static final Set<String> REFUSED = Set.of("service", "servicefile", "passfile");

  private DriverProperties() {}

  static Map<String, String> of(Map<String, String> settings) {
    Map<String, String> properties = new HashMap<>();
    StringJoiner server = new StringJoiner(" ");
    new TreeMap<>(settings)
        .forEach(
            (key, value) -> {
              if (REFUSED.contains(key)) {
                throw new IllegalArgumentException(
                    "has '" + key + "', which is not supported here");
              } else if (RENAMED.containsKey(key)) {
                properties.put(RENAMED.get(key), value);
              } else if (key.equals("target_session_attrs")) {
                properties.put("targetServerType", target(value));
              } else if (!ADDRESS.contains(key)
                  && !IGNORED.contains(key)
                  && !key.equals("sslmode")) {
                server.add("-c " + key + "=" + value.replace("\\", "\\\\").replace(" ", "\\ "));
              }
            });
    putSsl(settings, properties);
    if (server.length() > 0) {
      properties.merge("options", server.toString(), (given, more) -> given + " " + more);
    }
    String timeout = properties.getOrDefault("connectTimeout", "0");
    if (!timeout.matches("\\d{1,6}")) {
      throw new IllegalArgumentException("has a connect_timeout that is no number of seconds");
    }
    return properties;
  }

  private static String target(String value) {
    String target = TARGETS.get(value);
    if (target == null) {
      throw new IllegalArgumentException(
          "has an unknown target_session_attrs: must be one of "
              + String.join(", ", TARGETS.keySet().stream().sorted().toList()));
    }
    return target;
  }

  private static void putSsl(Map<String, String> settings, Map<String, String> properties) {
    String mode = settings.getOrDefault("sslmode", "prefer");
    if (!SSL_MODES.contains(mode)) {
      throw new IllegalArgumentException(
          "has an unknown sslmode: must be one of " + String.join(", ", SSL_MODES));
    }
    boolean ownRoot = settings.containsKey("sslrootcert");
    // As libpq has it: a root certificate that is given is also used.
    properties.put("sslmode", mode.equals("require") && ownRoot ? "verify-ca" : mode);
    if (mode.startsWith("verify-") && !ownRoot) {
      // The driver would otherwise look for ~/.postgresql/root.crt alone.
      properties.put("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory");
    }
  }
}
