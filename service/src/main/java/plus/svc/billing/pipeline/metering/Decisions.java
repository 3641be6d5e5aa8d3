package plus.svc.billing.pipeline.metering;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The decisions taken on samples of one node. */
public record Decisions(Map<At, Decision> byInstant) {

  /** No decision was ever taken. */
  public static final Decisions NONE = new Decisions(Map.of());

  public Decisions {
    byInstant = Map.copyOf(byInstant);
  }

  /** Names one sample. */
  public record At(int ordinal, long atMicros) {}

  @Nullable Decision of(int ordinal, long atMicros) {
    return byInstant.isEmpty() ? null : byInstant.get(new At(ordinal, atMicros));
  }
}
