package plus.svc.billing.wallet.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import plus.svc.billing.testing.Eventually;
import plus.svc.billing.testing.FreePort;

/** A Redis of the test's own, on a free port of loopback; keeps nothing on disk. */
public final class RedisServer implements AutoCloseable {

  private final Path directory;
  private final int port;
  private final List<String> options;
  private Process process;

  private RedisServer(Path directory, int port, List<String> options) throws Exception {
    this.directory = directory;
    this.port = port;
    this.options = options;
    this.process = launched();
  }

  public static RedisServer start(Path directory, String... options) throws Exception {
    return new RedisServer(directory, FreePort.next(), List.of(options));
  }

  /** Ends a test that can't have one: as other programs that tests run beside the service. */
  public static void needed() {
    boolean there =
        List.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)).stream()
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "redis-server")));
    if (!Boolean.getBoolean("counterparts.required")) {
      assumeThat(there).as("redis-server is on the PATH").isTrue();
    }
    assertThat(there).as("-Pcounterparts: redis-server is on the PATH").isTrue();
  }

  public int port() {
    return port;
  }

  /** Sends a signal, named as {@code kill} names it. */
  public void signal(String name) throws Exception {
    Process kill =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).inheritIO().start();
    assertThat(kill.waitFor()).isZero();
  }

  public void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** Starts it again, empty. */
  public void restart() throws Exception {
    process = launched();
  }

  @Override
  public void close() {
    kill();
  }

  private Process launched() throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                "redis-server",
                "--bind",
                "127.0.0.1",
                "--port",
                options.contains("--tls-port") ? "0" : Integer.toString(port),
                "--save",
                "",
                "--appendonly",
                "no",
                "--dir",
                directory.toString()));
    options.forEach(option -> command.add(option.replace("PORT", Integer.toString(port))));
    Process started =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    Eventually.holds(
        () -> {
          assertThat(started.isAlive()).isTrue();
          new Socket(InetAddress.getLoopbackAddress(), port).close();
        });
    return started;
  }
}
