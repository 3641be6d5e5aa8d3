package plus.svc.billing.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;

/** A way to a port of this machine on which every byte takes so long in each direction. */
final class DelayedLine implements AutoCloseable {

  private static final int CHUNK = 1 << 16;

  private final ServerSocket door;
  private final int target;
  private final long nanos;

  private DelayedLine(ServerSocket door, int target, long nanos) {
    this.door = door;
    this.target = target;
    this.nanos = nanos;
  }

  static DelayedLine to(int target, Duration delay) throws IOException {
    DelayedLine line =
        new DelayedLine(
            new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), target, delay.toNanos());
    line.start(line::accept);
    return line;
  }

  int port() {
    return door.getLocalPort();
  }

  private void start(Runnable work) {
    Thread thread = new Thread(work, "delayed-line");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket near = door.accept();
        Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
        near.setTcpNoDelay(true);
        far.setTcpNoDelay(true);
        carry(near, far);
        carry(far, near);
      }
    } catch (IOException e) {
      // The door is closed.
    }
  }

  private record Chunk(ByteBuffer bytes, long due) {}

  private void carry(Socket from, Socket to) {
    BlockingQueue<Chunk> underWay = new LinkedBlockingQueue<>();
    start(() -> take(from, underWay));
    start(() -> give(underWay, to));
  }

  private void take(Socket from, BlockingQueue<Chunk> underWay) {
    byte[] buffer = new byte[CHUNK];
    try (InputStream in = from.getInputStream()) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        ByteBuffer bytes = ByteBuffer.wrap(Arrays.copyOf(buffer, read));
        underWay.add(new Chunk(bytes, System.nanoTime() + nanos));
      }
    } catch (IOException e) {
      // The other end is gone; so is this one.
    }
    underWay.add(new Chunk(ByteBuffer.allocate(0), System.nanoTime()));
  }

  private static void give(BlockingQueue<Chunk> underWay, Socket to) {
    try (OutputStream out = to.getOutputStream()) {
      for (Chunk chunk = underWay.take(); chunk.bytes().hasRemaining(); chunk = underWay.take()) {
        long left = chunk.due() - System.nanoTime();
        while (left > 0) {
          LockSupport.parkNanos(left);
          left = chunk.due() - System.nanoTime();
        }
        out.write(chunk.bytes().array());
      }
    } catch (IOException e) {
      // The other end is gone; so is this one.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    door.close();
  }
}
