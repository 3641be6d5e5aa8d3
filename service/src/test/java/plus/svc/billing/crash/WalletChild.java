package plus.svc.billing.crash;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import plus.svc.billing.testing.TestDatabase;
import plus.svc.billing.wallet.WalletProcess;

/** A {@link WalletProcess} that runs, and what it told. */
final class WalletChild {

  private final Process process;
  private final BufferedWriter input;
  private final Thread reader;

  private WalletChild(Process process, BufferedReader output, Map<String, String> told) {
    this.process = process;
    this.input =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
    this.reader = new Thread(() -> read(output, told), "wallet-child");
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * Starts one and waits until it works.
   *
   * @param told where answers go, by key; those that are unknown don't
   */
  static WalletChild start(TestDatabase database, Map<String, String> told) throws IOException {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-Xmx128m",
                    "-cp",
                    System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path")),
                    WalletProcess.class.getName(),
                    database.jdbcUrl(),
                    database.user(),
                    database.password()))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    BufferedReader output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line = output.readLine();
    while (line != null && !line.equals("ready")) {
      line = output.readLine();
    }
    if (line == null) {
      throw new IllegalStateException("the wallet's process ended at once");
    }
    return new WalletChild(process, output, told);
  }

  private static void read(BufferedReader output, Map<String, String> told) {
    try {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        String[] words = line.split(" ", -1);
        if (words.length == 2 && !words[1].equals("unknown")) {
          told.put(words[0], words[1]);
        }
      }
    } catch (IOException e) {
      // It was killed; what it told until then counts.
    }
  }

  /** Sends a line; to one that was killed, in vain. */
  void send(String line) {
    try {
      input.write(line);
      input.newLine();
      input.flush();
    } catch (IOException e) {
      // Its caller will ask again.
    }
  }

  /** Ends it with SIGKILL, and waits until all it told is read. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
    reader.join();
  }
}
