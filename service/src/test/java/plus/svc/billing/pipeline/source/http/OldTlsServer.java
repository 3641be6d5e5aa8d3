package plus.svc.billing.pipeline.source.http;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.HexFormat;

/**
 * Answers a handshake with TLS 1.1, by hand: the JDK's own servers no longer can. {@code
 * ServerHello} of RFC 4346, 7.4.1.3.
 */
final class OldTlsServer implements AutoCloseable {

  private static final HexFormat HEX = HexFormat.of();

  /** Record and handshake headers, version 3.2, random, no session, AES128-SHA, no compression. */
  private static final String SERVER_HELLO =
      "160302002a" + "02000026" + "0302" + "5a".repeat(32) + "00" + "002f" + "00";

  private final ServerSocket listener;
  private volatile String offered = "";

  OldTlsServer() throws IOException {
    listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::serve, "old-tls");
    thread.setDaemon(true);
    thread.start();
  }

  URI uri() {
    return URI.create("https://127.0.0.1:" + listener.getLocalPort());
  }

  /** The version in the {@code ClientHello}, as four hexadecimal digits. */
  String offered() {
    return offered;
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void serve() {
    while (!listener.isClosed()) {
      try (Socket socket = listener.accept()) {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] head = in.readNBytes(5);
        byte[] hello = in.readNBytes(((head[3] & 0xFF) << 8) | (head[4] & 0xFF));
        offered = HEX.formatHex(hello, 4, 6);
        OutputStream out = socket.getOutputStream();
        out.write(HEX.parseHex(SERVER_HELLO));
        out.flush();
        in.readAllBytes();
      } catch (IOException e) {
        // The client went away, as it should.
      }
    }
  }
}
