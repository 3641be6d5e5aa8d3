package plus.svc.billing.collector;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Many exporters behind one listener, told apart by the first part of the path. They have nothing
 * new, or hang: then they accept, and never answer.
 */
final class FleetServer implements AutoCloseable {

  private static final byte[] NOTHING_NEW =
      """
      HTTP/1.1 200 OK\r
      Content-Type: application/json\r
      Content-Length: 55\r
      Connection: close\r
      \r
      {"node_id":"","env":"","snapshots":[],"has_more":false}"""
          .getBytes(StandardCharsets.US_ASCII);

  private final ServerSocket listener;
  private final boolean hangs;
  private final ExecutorService threads = Executors.newCachedThreadPool(FleetServer::thread);
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Map<String, List<Long>> asked = new ConcurrentHashMap<>();

  private FleetServer(boolean hangs) {
    this.hangs = hangs;
    try {
      listener = new ServerSocket(0, 2_000, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.execute(this::accept);
  }

  static FleetServer answering() {
    return new FleetServer(false);
  }

  static FleetServer hanging() {
    return new FleetServer(true);
  }

  URI uri(String source) {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort() + "/" + source);
  }

  /** When a source was asked, by {@link System#nanoTime}. */
  List<Long> asked(String source) {
    return asked.getOrDefault(source, List.of());
  }

  @Override
  public void close() {
    threads.shutdownNow();
    try {
      listener.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        open.add(socket);
        if (!hangs) {
          threads.execute(() -> answer(socket));
        }
      } catch (IOException e) {
        return;
      }
    }
  }

  private void answer(Socket socket) {
    try (socket) {
      String head = head(socket.getInputStream());
      asked
          .computeIfAbsent(head.split("/", 3)[1], source -> new CopyOnWriteArrayList<>())
          .add(System.nanoTime());
      socket.getOutputStream().write(NOTHING_NEW);
    } catch (IOException e) {
      // The client went away; that shows in what it makes of it.
    } finally {
      open.remove(socket);
    }
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    byte[] piece = new byte[2_048];
    while (head.indexOf("\r\n\r\n") < 0) {
      int read = in.read(piece);
      if (read < 0) {
        throw new IOException("the client went away");
      }
      head.append(new String(piece, 0, read, StandardCharsets.US_ASCII));
    }
    return head.toString();
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "fleet");
    thread.setDaemon(true);
    return thread;
  }
}
