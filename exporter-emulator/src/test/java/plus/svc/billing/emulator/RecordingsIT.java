package plus.svc.billing.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import plus.svc.billing.emulator.window.Access;
import plus.svc.billing.emulator.window.Flavour;
import plus.svc.billing.emulator.window.NodeConfig;

/**
 * The emulator, fed the real exporters' snapshots, gives the real exporters' replies to the byte.
 */
class RecordingsIT {
  private static final SteppedClock CLOCK = new SteppedClock(Instant.parse("2026-04-08T12:30:00Z"));

  /** From this entry on, B was recorded with an empty store. */
  private static final int FIRST_WITH_EMPTY_STORE_OF_B = 9;

  @TestFactory
  List<DynamicTest> flavourAAnswersAsRecorded() {
    Recording recording = Recording.read("exporter-a.json");
    assertThat(recording.entries()).hasSize(17);
    assertThat(recording.history()).hasSize(28);
    return tests(Flavour.A, "jp-node", "prod", recording, recording.entries().size());
  }

  @TestFactory
  List<DynamicTest> flavourBAnswersAsRecorded() {
    Recording recording = Recording.read("exporter-b.json");
    assertThat(recording.entries()).hasSize(13);
    assertThat(recording.history()).hasSize(29);
    return tests(Flavour.B, "uat-node", "uat", recording, FIRST_WITH_EMPTY_STORE_OF_B);
  }

  private static List<DynamicTest> tests(
      Flavour flavour, String node, String env, Recording recording, int firstEmpty) {
    NodeConfig config = NodeConfig.of(flavour, node, env, Access.bearer(Http.TOKEN));
    List<DynamicTest> tests = new ArrayList<>();
    for (int i = 0; i < recording.entries().size(); i++) {
      Recording.Entry entry = recording.entries().get(i);
      boolean empty = i >= firstEmpty;
      String name = i + ": " + entry + (empty ? " (empty store)" : "");
      tests.add(DynamicTest.dynamicTest(name, () -> answersAs(entry, config, recording, empty)));
    }
    return tests;
  }

  private static void answersAs(
      Recording.Entry entry, NodeConfig config, Recording recording, boolean empty)
      throws IOException, InterruptedException {
    try (ExporterEmulator emulator = ExporterEmulator.start(EmulatorConfig.plain(config), CLOCK)) {
      if (!empty) {
        emulator.load(recording.history());
      }
      HttpResponse<String> reply =
          Http.plain().get(emulator.baseUri(), entry.target(), entry.requestHeaders());

      assertThat(reply.statusCode()).isEqualTo(entry.status());
      assertThat(reply.headers().firstValue("Content-Type")).contains(entry.contentType());
      assertThat(reply.body()).isEqualTo(entry.body());
    }
  }
}
