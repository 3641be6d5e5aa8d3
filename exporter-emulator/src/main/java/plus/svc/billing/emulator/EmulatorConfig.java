package plus.svc.billing.emulator;

import org.jspecify.annotations.Nullable;
import plus.svc.billing.emulator.window.NodeConfig;

/**
 * One emulated exporter and where it listens; always on loopback.
 *
 * @param port 0 for any free one
 * @param tls null for plain HTTP
 */
public record EmulatorConfig(NodeConfig node, int port, @Nullable ServerTls tls) {
  public EmulatorConfig {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port must be 0 to 65535: " + port);
    }
  }

  /** Plain HTTP on a free port. */
  public static EmulatorConfig plain(NodeConfig node) {
    return new EmulatorConfig(node, 0, null);
  }

  /** HTTPS on a free port. */
  public static EmulatorConfig https(NodeConfig node, ServerTls tls) {
    return new EmulatorConfig(node, 0, tls);
  }

  /** The same on a port of one's own. */
  public EmulatorConfig withPort(int value) {
    return new EmulatorConfig(node, value, tls);
  }
}
