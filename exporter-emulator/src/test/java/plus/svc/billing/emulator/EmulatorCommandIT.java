package plus.svc.billing.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmulatorCommandIT {
  @TempDir private Path directory = Path.of(".");
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void runsForItsTimeAndTellsHowToAsk() throws Exception {
    Path token = Files.writeString(directory.resolve("token"), "abc\n");
    assertThat(run("--flavour", "A", "--node", "jp-node", "--token-file", token.toString()))
        .isEqualTo(0);
    assertThat(out.toString())
        .contains("Exporter A, node jp-node, env prod, 20 users: http://127.0.0.1:")
        .contains("curl -H \"Authorization: Bearer $(cat " + token + ")\" 'http://127.0.0.1:")
        .doesNotContain("abc");
  }

  @Test
  void tellsTheCurlForClientCertificates() {
    Path tls = directory.resolve("tls");
    assertThat(run("--flavour", "B", "--node", "n", "--tls-dir", tls.toString(), "--client-auth"))
        .isEqualTo(0);
    assertThat(out.toString())
        .contains("env uat")
        .contains(
            "curl --cacert "
                + tls
                + "/ca.pem --cert "
                + tls
                + "/client.pem --key "
                + tls
                + "/client-key.pem 'https://127.0.0.1:");
  }

  @Test
  void endsWith2AndSaysWhyWhenItCannotRun() throws Exception {
    Path bad = Files.writeString(directory.resolve("faults.json"), "[{\"kind\":\"no\"}]");
    fails("--flavour", "C", "--node", "n").contains("expected one of [A, B]");
    fails("--flavour", "A").contains("--node");
    fails("--flavour", "A", "--node", "n", "--client-auth").contains("needs --tls-dir");
    fails("--flavour", "A", "--node", "n", "--speed", "0").contains("speed must be at least 1");
    fails("--flavour", "A", "--node", "n", "--prefix", "x").contains("path prefix");
    fails("--flavour", "A", "--node", "n", "--script", bad.toString())
        .contains("faults.json: fault script, line 1");
    fails("--flavour", "A", "--node", "n", "--script", "/nowhere")
        .contains("no such file: /nowhere");
    try (ServerSocket taken = new ServerSocket(0)) {
      String port = Integer.toString(taken.getLocalPort());
      fails("--flavour", "A", "--node", "n", "--port", port).contains("port " + port);
    }
  }

  @Test
  void explainsItself() {
    assertThat(run("--help")).isEqualTo(0);
    assertThat(out.toString()).contains("Examples:", "Exit codes:", "--speed");
  }

  private AbstractStringAssert<?> fails(String... arguments) {
    err.getBuffer().setLength(0);
    assertThat(run(arguments)).as(String.join(" ", arguments)).isEqualTo(2);
    return assertThat(err.toString());
  }

  private int run(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    if (!all.contains("--port") && !all.contains("--help")) {
      all.addAll(List.of("--port", "0"));
    }
    all.addAll(List.of("--for", "PT0.05S"));
    return EmulatorMain.commandLine(Clock.systemUTC())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(new String[0]));
  }
}
