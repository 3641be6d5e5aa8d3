package plus.svc.billing.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The process of the exporters, seen from the service. */
final class Exporters implements AutoCloseable {

  private final Process process;
  private final int port;

  private Exporters(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts them; they end with this process at the latest. */
  static Exporters start(Workload workload) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                ExportersMain.class.getName(),
                Integer.toString(workload.nodes()),
                Integer.toString(workload.accountsPerNode()),
                Long.toString(workload.origin().getEpochSecond()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    String port = out.readLine();
    if (port == null) {
      throw new IOException("the exporters' process ended before it said its port");
    }
    return new Exporters(process, Integer.parseInt(port));
  }

  /**
   * Base URL of a node.
   *
   * @param busyUntil the last minute in which counters move
   * @param busyEvery they move in every so-manieth minute
   */
  URI of(int node, int busyUntil, int busyEvery) {
    return URI.create("http://127.0.0.1:" + port + "/" + busyUntil + "/" + busyEvery + "/" + node);
  }

  @Override
  public void close() {
    process.destroy();
  }
}
