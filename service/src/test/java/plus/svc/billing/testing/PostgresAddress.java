package plus.svc.billing.testing;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/**
 * Where a server is and how to get in.
 *
 * @param authority {@code host:port}
 * @param database the database to connect to
 * @param query driver parameters such as {@code sslmode=require}, empty for none
 * @param user role
 * @param password its password, may be empty
 */
record PostgresAddress(
    String authority, String database, String query, String user, String password) {

  /**
   * Reads {@code postgres://user:password@host:port/database?parameters} ({@code postgresql://} and
   * a leading {@code jdbc:} are fine too).
   *
   * @throws IllegalArgumentException for anything else; the message holds no password
   */
  static PostgresAddress parse(String url) {
    var uri = URI.create(url.startsWith("jdbc:") ? url.substring("jdbc:".length()) : url);
    var userInfo = uri.getRawUserInfo();
    var path = uri.getPath();
    if (userInfo == null || uri.getHost() == null || path == null || path.length() < 2) {
      throw new IllegalArgumentException(
          "TEST_DATABASE_URL must look like postgres://user:password@host:5432/database");
    }
    var credentials = userInfo.split(":", 2);
    return new PostgresAddress(
        uri.getHost() + ":" + (uri.getPort() < 0 ? 5432 : uri.getPort()),
        path.substring(1),
        uri.getQuery() == null ? "" : uri.getQuery(),
        decode(credentials[0]),
        credentials.length == 2 ? decode(credentials[1]) : "");
  }

  /** The same server, another database. */
  TestDatabase database(String name) {
    var suffix = query.isEmpty() ? "" : "?" + query;
    var jdbcUrl = "jdbc:postgresql://" + authority + "/" + name + suffix;
    return new TestDatabase(name, jdbcUrl, user, password);
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
