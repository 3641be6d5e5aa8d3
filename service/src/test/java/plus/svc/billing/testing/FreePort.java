package plus.svc.billing.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A loopback port for a program that can't take one by itself, or that comes back to the same one.
 * It lies below those that the system gives to outgoing connections: whoever tries the port of a
 * server that is down again and again is in the end given that very port, is connected with itself,
 * and the server can't come back.
 */
public final class FreePort {

  private static final int FIRST = 10_000;
  private static final int BEHIND_LAST = 32_000;
  private static final int MOST_TRIES = 100;

  private FreePort() {}

  /** One that nobody listens on now. */
  public static int next() {
    @Nullable IOException taken = null;
    for (int i = 0; i < MOST_TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, BEHIND_LAST);
      try (ServerSocket socket =
          new ServerSocket(port, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
        return socket.getLocalPort();
      } catch (IOException e) {
        taken = e;
      }
    }
    throw new IllegalStateException("no free port between " + FIRST + " and " + BEHIND_LAST, taken);
  }
}
