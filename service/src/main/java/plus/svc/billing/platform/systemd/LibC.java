package plus.svc.billing.platform.systemd;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The three calls that send a datagram to a Unix socket; the JDK has none for it. */
final class LibC {

  private static final int AF_UNIX = 1;
  private static final int SOCK_DGRAM = 2;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int MAX_PATH_BYTES = 108;

  private static final Calls CALLS = Native.load("c", Calls.class);

  /** As {@code socket(2)}, {@code sendto(2)} and {@code close(2)} have them. */
  interface Calls extends Library {
    int socket(int domain, int type, int protocol) throws LastErrorException;

    NativeLong sendto(
        int socket, byte[] data, NativeLong length, int flags, byte[] address, int addressLength)
        throws LastErrorException;

    int close(int socket) throws LastErrorException;
  }

  private LibC() {}

  /**
   * Sends one datagram.
   *
   * @param path of the socket; one that begins with {@code @} is in the abstract namespace
   * @throws LastErrorException what the system says, such as that nobody listens there
   */
  static void sendDatagram(String path, String text) {
    byte[] address = address(path);
    byte[] data = text.getBytes(StandardCharsets.UTF_8);
    int socket = CALLS.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    try {
      CALLS.sendto(
          socket, data, new NativeLong(data.length), MSG_NOSIGNAL, address, address.length);
    } finally {
      CALLS.close(socket);
    }
  }

  /** A {@code sockaddr_un}: the family, then the path; its length ends an abstract name. */
  private static byte[] address(String path) {
    byte[] name = path.getBytes(StandardCharsets.UTF_8);
    if (name.length >= MAX_PATH_BYTES) {
      throw new IllegalArgumentException("a socket's path is too long: " + path);
    }
    if (name[0] == '@') {
      name[0] = 0;
    }
    return ByteBuffer.allocate(Short.BYTES + name.length)
        .order(ByteOrder.nativeOrder())
        .putShort((short) AF_UNIX)
        .put(name)
        .array();
  }
}
