package plus.svc.billing.platform;

import java.util.Locale;

/** Which host names are this very machine, decided by their text alone: no name is resolved. */
public final class Loopback {

  private Loopback() {}

  /** True for {@code localhost}, {@code 127.x.x.x} and {@code ::1}, with or without brackets. */
  public static boolean isLiteral(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    if (name.startsWith("[") && name.endsWith("]")) {
      name = name.substring(1, name.length() - 1);
    }
    return name.equals("localhost")
        || name.equals("::1")
        || name.equals("0:0:0:0:0:0:0:1")
        || name.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
  }
}
