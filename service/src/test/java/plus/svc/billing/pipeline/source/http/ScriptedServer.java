package plus.svc.billing.pipeline.source.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import org.jspecify.annotations.Nullable;

/** A server on a real socket that does what a test says, byte by byte. */
public class ScriptedServer implements AutoCloseable {

  /** Answers one request on its connection. */
  @FunctionalInterface
  public interface Script {
    void answer(String head, OutputStream out) throws IOException, InterruptedException;
  }

  private final ServerSocket listener;
  private final String scheme;
  private final Script script;
  private final List<String> heads = new CopyOnWriteArrayList<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();
  private final CountDownLatch closed = new CountDownLatch(1);

  private ScriptedServer(ServerSocket listener, String scheme, Script script) {
    this.listener = listener;
    this.scheme = scheme;
    this.script = script;
    start("scripted-accept", this::accept);
  }

  public static ScriptedServer plain(Script script) {
    return new ScriptedServer(bound(null, false), "http", script);
  }

  public static ScriptedServer tls(SSLContext context, boolean clientCertificate, Script script) {
    return new ScriptedServer(bound(context, clientCertificate), "https", script);
  }

  /** Answers as soon as it is connected to, whatever comes in. */
  static ScriptedServer blunt(Script script) {
    return new ScriptedServer(bound(null, false), "http", script) {
      @Override
      String readHead(Socket socket) throws IOException {
        return socket.getInputStream().read() < 0 ? "" : "?";
      }
    };
  }

  /** Answers 200 with this JSON. */
  public static Script json(String body) {
    return (head, out) -> respond(out, "200 OK", "application/json", body);
  }

  public static void respond(OutputStream out, String status, String type, String body)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    respond(out, status, "Content-Type: " + type + "\r\n", bytes);
  }

  public static void respond(OutputStream out, String status, String headers, byte[] body)
      throws IOException {
    head(out, status, headers + "Content-Length: " + body.length + "\r\n");
    out.write(body);
    out.flush();
  }

  public static void head(OutputStream out, String status, String headers) throws IOException {
    String head = "HTTP/1.1 " + status + "\r\n" + headers + "\r\n";
    out.write(head.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  /** By IP address. */
  public URI uri() {
    return URI.create(scheme + "://127.0.0.1:" + listener.getLocalPort());
  }

  public URI uri(String host) {
    return URI.create(scheme + "://" + host + ":" + listener.getLocalPort());
  }

  /** The same port with another scheme in the URL. */
  URI pretending(String otherScheme) {
    return URI.create(otherScheme + "://127.0.0.1:" + listener.getLocalPort());
  }

  /** Request line and headers of each request so far. */
  public List<String> heads() {
    return heads;
  }

  /** How many connections were made. */
  public int connections() {
    return connections.get();
  }

  @Override
  public void close() {
    closed.countDown();
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
    while (closed.getCount() > 0) {
      try {
        Socket socket = listener.accept();
        open.add(socket);
        connections.incrementAndGet();
        start("scripted-answer", () -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      for (String head = readHead(socket); !head.isEmpty(); head = readHead(socket)) {
        heads.add(head);
        script.answer(head, socket.getOutputStream());
      }
    } catch (IOException e) {
      // The client went away or refused us; what it made of it is what the tests look at.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(socket);
    }
  }

  /** Reads one request's head, '' at the connection's end. */
  String readHead(Socket socket) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    for (int b = socket.getInputStream().read(); b >= 0; b = socket.getInputStream().read()) {
      head.write(b);
      if (b == '\n' && head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
        return head.toString(StandardCharsets.ISO_8859_1);
      }
    }
    return "";
  }

  private static ServerSocket bound(@Nullable SSLContext context, boolean clientCertificate) {
    try {
      InetAddress loopback = InetAddress.getLoopbackAddress();
      if (context == null) {
        return new ServerSocket(0, 50, loopback);
      }
      SSLServerSocket socket =
          (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, 50, loopback);
      socket.setNeedClientAuth(clientCertificate);
      return socket;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void start(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }
}
