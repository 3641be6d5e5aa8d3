package plus.svc.billing.platform.systemd;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A Unix datagram socket that is listened on, as systemd's is. */
final class DatagramSocket implements AutoCloseable {

  private static final int AF_UNIX = 1;
  private static final int SOCK_DGRAM = 2;
  private static final int SHUT_RD = 0;
  private static final C LIBC = Native.load("c", C.class);

  private final int socket;
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

  interface C extends Library {
    int socket(int domain, int type, int protocol) throws LastErrorException;

    int bind(int socket, byte[] address, int length) throws LastErrorException;

    NativeLong recv(int socket, byte[] data, NativeLong length, int flags)
        throws LastErrorException;

    int shutdown(int socket, int how) throws LastErrorException;

    int close(int socket) throws LastErrorException;
  }

  /** Listens at a path, or at an abstract name that begins with {@code @}. */
  DatagramSocket(String path) {
    byte[] name = path.replace('@', '\0').getBytes(StandardCharsets.UTF_8);
    byte[] address =
        ByteBuffer.allocate(2 + name.length)
            .order(ByteOrder.nativeOrder())
            .putShort((short) AF_UNIX)
            .put(name)
            .array();
    socket = LIBC.socket(AF_UNIX, SOCK_DGRAM, 0);
    LIBC.bind(socket, address, address.length);
    Thread listener = new Thread(this::listen, "datagrams");
    listener.setDaemon(true);
    listener.start();
  }

  /** The next datagram, waited for. */
  String next() throws InterruptedException {
    String text = within(20_000);
    if (text == null) {
      throw new AssertionError("nothing came");
    }
    return text;
  }

  /** The next datagram, or null if none comes in that time. */
  @Nullable String within(long millis) throws InterruptedException {
    return heard.poll(millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    LIBC.shutdown(socket, SHUT_RD); // ends the thread, which closes it
  }

  private void listen() {
    byte[] data = new byte[4096];
    while (true) {
      int length = LIBC.recv(socket, data, new NativeLong(data.length), 0).intValue();
      if (length == 0) {
        LIBC.close(socket);
        return;
      }
      heard.add(new String(data, 0, length, StandardCharsets.UTF_8));
    }
  }
}
