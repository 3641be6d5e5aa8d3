package plus.svc.billing.crash;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Passes connections on to a port of this machine, until it falls silent: they stay open, and
 * nothing more comes through, not even their end, as where a network goes in between.
 */
final class SilentRelay implements AutoCloseable {

  private final ServerSocket listener;
  private final int to;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private volatile boolean silent;

  private SilentRelay(ServerSocket listener, int to) {
    this.listener = listener;
    this.to = to;
  }

  static SilentRelay to(int port) throws IOException {
    SilentRelay relay =
        new SilentRelay(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), port);
    inBackground(relay::listen);
    return relay;
  }

  int port() {
    return listener.getLocalPort();
  }

  void beSilent() {
    silent = true;
  }

  private void listen() {
    try {
      while (true) {
        Socket near = listener.accept();
        sockets.add(near);
        if (!silent) {
          Socket far = new Socket(InetAddress.getLoopbackAddress(), to);
          sockets.add(far);
          inBackground(() -> pass(near, far));
          inBackground(() -> pass(far, near));
        }
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void pass(Socket from, Socket on) {
    byte[] some = new byte[1 << 13];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = on.getOutputStream();
      for (int count = in.read(some); count >= 0; count = in.read(some)) {
        if (silent) {
          return;
        }
        out.write(some, 0, count);
      }
      if (!silent) {
        on.shutdownOutput();
      }
    } catch (IOException e) {
      // closed
    }
  }

  private static void inBackground(Runnable work) {
    Thread thread = new Thread(work, "relay");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
