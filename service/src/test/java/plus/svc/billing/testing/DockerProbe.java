package plus.svc.billing.testing;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * Tells in a second at most whether a Docker engine answers. Asking Testcontainers instead takes
 * longer and logs a stack trace per strategy where there is only a Docker command and no engine.
 */
final class DockerProbe {

  private static final long PATIENCE_MILLIS = 1000;

  private DockerProbe() {}

  static boolean engineAnswers() {
    return candidates().stream().anyMatch(DockerProbe::answersInTime);
  }

  private static List<SocketAddress> candidates() {
    var host = System.getenv("DOCKER_HOST");
    if (host != null && host.startsWith("tcp://")) {
      var uri = URI.create(host);
      return List.of(new InetSocketAddress(uri.getHost(), uri.getPort()));
    }
    var runtimeDir = System.getenv("XDG_RUNTIME_DIR");
    return Stream.of(
            host != null && host.startsWith("unix://") ? Path.of(host.substring(7)) : null,
            Path.of("/var/run/docker.sock"),
            runtimeDir == null ? null : Path.of(runtimeDir, "docker.sock"),
            Path.of(System.getProperty("user.home"), ".docker", "run", "docker.sock"))
        .filter(Objects::nonNull)
        .filter(Files::exists)
        .map(path -> (SocketAddress) UnixDomainSocketAddress.of(path))
        .toList();
  }

  private static boolean answersInTime(SocketAddress address) {
    var answer = CompletableFuture.supplyAsync(() -> answers(address));
    try {
      return answer.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException | TimeoutException e) {
      return false;
    }
  }

  private static boolean answers(SocketAddress address) {
    var family =
        address instanceof UnixDomainSocketAddress
            ? StandardProtocolFamily.UNIX
            : StandardProtocolFamily.INET;
    try (var channel = SocketChannel.open(family)) {
      channel.connect(address);
      var ask = "GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n";
      channel.write(ByteBuffer.wrap(ask.getBytes(StandardCharsets.US_ASCII)));
      var head = ByteBuffer.allocate(64);
      channel.read(head);
      var status = new String(head.array(), 0, head.position(), StandardCharsets.US_ASCII);
      return status.matches("(?s)HTTP/1\\.[01] 200.*");
    } catch (IOException e) {
      return false;
    }
  }
}
