package plus.svc.billing.emulator.xray;

import java.util.Comparator;

/** Whose counter pair, on which line: Xray's own key, not yet mapped to an account. */
public record CounterKey(String identifier, String inboundTag) implements Comparable<CounterKey> {
  private static final Comparator<CounterKey> ORDER =
      Comparator.comparing(CounterKey::identifier).thenComparing(CounterKey::inboundTag);

  @Override
  public int compareTo(CounterKey other) {
    return ORDER.compare(this, other);
  }
}
