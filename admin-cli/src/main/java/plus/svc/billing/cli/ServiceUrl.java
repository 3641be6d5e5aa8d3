package plus.svc.billing.cli;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Where one port of the service is reached: HTTPS, or plain HTTP on this very machine.
 *
 * @param base scheme, host, port and perhaps a path before ours; without a slash at the end
 */
record ServiceUrl(URI base) {

  private static final int MAX_PORT = 65_535;
  private static final Pattern LOOPBACK =
      Pattern.compile(
          "localhost|\\[(::1|0:0:0:0:0:0:0:1)]|127(\\.(25[0-5]|(2[0-4]|1?\\d)?\\d)){3}");

  /**
   * Reads a URL.
   *
   * @param option who gave it, for the error
   * @throws CannotRun if it is no such URL; says why, and repeats nothing that may be a password
   */
  static ServiceUrl parse(String option, String text) {
    URI uri;
    try {
      uri = new URI(text.strip().replaceAll("/+$", ""));
    } catch (URISyntaxException e) {
      throw refused(option, "is no URL");
    }
    if (uri.getRawUserInfo() != null) {
      throw refused(option, "must not hold a user or password");
    }
    if (uri.getScheme() == null
        || uri.getHost() == null
        || uri.getPort() > MAX_PORT
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null) {
      throw refused(option, "is no URL of a service");
    }
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    if (scheme.equals("http") && !isLoopback(uri.getHost())) {
      throw new CannotRun(
          option
              + ": plain http to "
              + uri.getHost()
              + " would show the token to the network; use https, or a tunnel to 127.0.0.1");
    }
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw refused(option, "must begin with https:// (http:// on loopback)");
    }
    return new ServiceUrl(uri);
  }

  private static boolean isLoopback(String host) {
    return LOOPBACK.matcher(host.toLowerCase(Locale.ROOT)).matches();
  }

  private static CannotRun refused(String option, String why) {
    return new CannotRun(option + " " + why + "; give one like http://127.0.0.1:8081");
  }

  /** Whether it names this very machine; decided by the text alone, no name is resolved. */
  boolean isLoopback() {
    return isLoopback(base.getHost());
  }

  /** The URL of a path that begins with a slash; it may carry a query. */
  URI at(String path) {
    return URI.create(base + path);
  }

  @Override
  public String toString() {
    return base.toString();
  }
}
