package plus.svc.billing.emulator.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SnapshotReaderTest {
  @Test
  void readsWhatTheExportersWrite() {
    SnapshotRow full = Ask.at(Ask.TEN, 7);
    SnapshotRow empty =
        new SnapshotRow(
            Ask.TEN.plusNanos(1), "jp-node", "prod", Ask.TEN.minusSeconds(5), List.of());
    for (Flavour flavour : Flavour.values()) {
      Reply page = Ask.window(Ask.exporter(flavour, full, empty), "since", "2026-04-12T09:00:00Z");
      assertThat(SnapshotReader.page(Ask.text(page))).containsExactlyInAnyOrder(full, empty);
      Reply nothing = Ask.window(Ask.exporter(flavour), "since", "2026-04-12T09:00:00Z");
      assertThat(SnapshotReader.page(Ask.text(nothing))).isEmpty();
    }
  }

  @Test
  void refusesWhatIsNoPage() {
    assertThatThrownBy(() -> SnapshotReader.page("{\"snapshots\":[{}]}"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SnapshotReader.page("<html>"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no window page");
  }
}
