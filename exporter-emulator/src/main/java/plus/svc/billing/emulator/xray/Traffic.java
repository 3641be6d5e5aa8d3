package plus.svc.billing.emulator.xray;

/** Bytes both ways; sums are checked for overflow. */
public record Traffic(long uplinkBytes, long downlinkBytes) {
  public static final Traffic NONE = new Traffic(0, 0);

  public Traffic {
    if (uplinkBytes < 0 || downlinkBytes < 0) {
      throw new IllegalArgumentException(
          "bytes can't be negative: up " + uplinkBytes + ", down " + downlinkBytes);
    }
  }

  public long totalBytes() {
    return Math.addExact(uplinkBytes, downlinkBytes);
  }

  public boolean isNone() {
    return uplinkBytes == 0 && downlinkBytes == 0;
  }

  public Traffic plus(Traffic more) {
    return new Traffic(
        Math.addExact(uplinkBytes, more.uplinkBytes),
        Math.addExact(downlinkBytes, more.downlinkBytes));
  }

  /** The difference; {@code less} may not exceed this in either direction. */
  public Traffic minus(Traffic less) {
    return new Traffic(uplinkBytes - less.uplinkBytes, downlinkBytes - less.downlinkBytes);
  }
}
