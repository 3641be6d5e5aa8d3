package plus.svc.billing.pipeline.metering;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What metering found, in the order of the snapshots: usage as growing columns (it is the hot
 * path), the rare things as records.
 */
public final class MeterLog {

  /** A sample set aside; {@code heldBytes} would have counted since the last accepted one. */
  public record SetAside(
      long atMicros,
      int ordinal,
      SetAsideReason reason,
      long uplinkBytes,
      long downlinkBytes,
      long heldBytes) {}

  /**
   * A restart of the counting process seen at {@code atMicros}: between {@code blindFromMicros} and
   * then some bytes can't be known.
   *
   * @param hiddenBytes the most bytes that series which did not fall can have lost
   */
  public record Restart(
      long atMicros, long blindFromMicros, boolean byEpoch, int seriesCount, long hiddenBytes) {}

  private final List<SetAside> setAsides = new ArrayList<>();
  private final List<Restart> restarts = new ArrayList<>();
  private long[] minutes = new long[64];
  private int[] ordinals = new int[64];
  private long[] uplink = new long[64];
  private long[] downlink = new long[64];
  private int size;

  void usage(long minute, int ordinal, long uplinkBytes, long downlinkBytes) {
    if (size == minutes.length) {
      int grown = size * 2;
      minutes = Arrays.copyOf(minutes, grown);
      ordinals = Arrays.copyOf(ordinals, grown);
      uplink = Arrays.copyOf(uplink, grown);
      downlink = Arrays.copyOf(downlink, grown);
    }
    minutes[size] = minute;
    ordinals[size] = ordinal;
    uplink[size] = uplinkBytes;
    downlink[size] = downlinkBytes;
    size++;
  }

  /** Forgets the usage rows, keeps the rest. */
  void clearUsage() {
    size = 0;
  }

  /** Adds a sample set aside. */
  public void setAside(SetAside sample) {
    setAsides.add(sample);
  }

  /** Adds a restart. */
  public void restart(Restart restart) {
    restarts.add(restart);
  }

  /** Number of usage rows; a series may have several in one minute. */
  public int size() {
    return size;
  }

  /** Epoch minute of usage row {@code i}. */
  public long minute(int i) {
    return minutes[i];
  }

  /** Series ordinal of usage row {@code i}. */
  public int ordinal(int i) {
    return ordinals[i];
  }

  /** Bytes up in usage row {@code i}, {@code >= 0}. */
  public long uplinkBytes(int i) {
    return uplink[i];
  }

  /** Bytes down in usage row {@code i}, {@code >= 0}. */
  public long downlinkBytes(int i) {
    return downlink[i];
  }

  public List<SetAside> setAsides() {
    return setAsides;
  }

  public List<Restart> restarts() {
    return restarts;
  }
}
