package plus.svc.billing.emulator;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** The listening socket; can be closed and opened again on the same port. */
final class Listener implements AutoCloseable {
  private static final byte[] LOOPBACK = {127, 0, 0, 1};

  private final EmulatorConfig config;
  private final HttpHandler handler;
  private final ExecutorService threads;
  private final int port;
  private @Nullable HttpServer server;

  Listener(EmulatorConfig config, HttpHandler handler) throws IOException {
    this.config = config;
    this.handler = handler;
    this.threads = Executors.newCachedThreadPool(Listener::thread);
    HttpServer first = open(config.port());
    this.server = first;
    this.port = first.getAddress().getPort();
  }

  URI baseUri() {
    String scheme = config.tls() == null ? "http" : "https";
    return URI.create(scheme + "://127.0.0.1:" + port + config.node().pathPrefix());
  }

  /** Listens or doesn't; connections are refused while it doesn't. */
  synchronized void listen(boolean wanted) throws IOException {
    if (wanted && server == null && !threads.isShutdown()) {
      server = open(port);
    } else if (!wanted && server != null) {
      server.stop(0);
      server = null;
    }
  }

  @Override
  public synchronized void close() {
    threads.shutdownNow();
    if (server != null) {
      server.stop(0);
      server = null;
    }
  }

  private HttpServer open(int atPort) throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), atPort);
    ServerTls tls = config.tls();
    HttpServer opened = tls == null ? HttpServer.create(address, 0) : tls(address, tls);
    opened.createContext("/", handler);
    opened.setExecutor(threads);
    opened.start();
    return opened;
  }

  private static HttpServer tls(InetSocketAddress address, ServerTls tls) throws IOException {
    HttpsServer opened = HttpsServer.create(address, 0);
    opened.setHttpsConfigurator(
        new HttpsConfigurator(tls.context()) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters chosen = getSSLContext().getDefaultSSLParameters();
            chosen.setProtocols(tls.protocols().toArray(new String[0]));
            chosen.setNeedClientAuth(tls.clientCertificate());
            parameters.setSSLParameters(chosen);
          }
        });
    return opened;
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "exporter-emulator");
    thread.setDaemon(true);
    return thread;
  }
}
