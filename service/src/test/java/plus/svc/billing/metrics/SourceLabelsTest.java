package plus.svc.billing.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import plus.svc.billing.pipeline.source.SourceId;

class SourceLabelsTest {

  @Test
  void sourcesBeyondTheCapShareOneLabelAndEachLabelBeginsOnce() {
    List<String> begun = new ArrayList<>();
    SourceLabels labels = new SourceLabels(2, begun::add);
    for (String source : List.of("a", "b", "c", "d", "a", "c")) {
      assertThat(labels.of(new SourceId(source)))
          .isEqualTo(List.of("a", "b").contains(source) ? source : "other");
    }
    assertThat(labels.isNamed("b")).isTrue();
    assertThat(labels.isNamed("d")).isFalse();
    assertThat(begun).containsExactly("a", "b", "other");
  }
}
