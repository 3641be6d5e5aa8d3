package plus.svc.billing.emulator.window;

/**
 * One counter as Xray tells it.
 *
 * @param value bytes since Xray started
 */
public record RawCounter(String identifier, String inboundTag, Direction direction, long value) {
  /** Which way the bytes went, seen from the user. */
  public enum Direction {
    UPLINK,
    DOWNLINK
  }
}
