package plus.svc.billing.platform.setting;

import plus.svc.billing.platform.Loopback;

/**
 * Where to listen.
 *
 * @param host name or address without brackets; empty for every address of the machine
 * @param port 0 lets the system choose
 */
public record ListenAddress(String host, int port) {

  /** The forms a text may have. */
  public static final String FORMS = ":8081, 127.0.0.1:8081 or [::1]:8081";

  private static final int MAX_PORT = 65_535;

  /**
   * Reads an address.
   *
   * @throws IllegalArgumentException if the text has none of the {@link #FORMS}
   */
  public static ListenAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("no port");
    }
    String host = text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.contains(":") || host.contains("/") || host.contains(" ")) {
      throw new IllegalArgumentException("no host");
    }
    String digits = text.substring(colon + 1);
    if (!digits.matches("\\d{1,5}") || Integer.parseInt(digits) > MAX_PORT) {
      throw new IllegalArgumentException("no port");
    }
    return new ListenAddress(host, Integer.parseInt(digits));
  }

  /** Whether only this machine can reach it. */
  public boolean isLoopback() {
    return Loopback.isLiteral(host);
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
