package plus.svc.billing.emulator.fault;

import java.time.Duration;

/**
 * How a reply goes over the wire.
 *
 * @param delay the wait before the first byte
 * @param pieceBytes so many bytes at a time, 0 for all at once
 * @param pause the wait after each piece
 * @param cutPercent how much of the announced body is sent before the connection is closed
 * @param dropped the connection is closed instead of any answer
 */
public record Delivery(
    Duration delay, int pieceBytes, Duration pause, int cutPercent, boolean dropped) {
  public static final Delivery PLAIN = new Delivery(Duration.ZERO, 0, Duration.ZERO, 100, false);

  Delivery delayed(Duration by) {
    return new Delivery(delay.plus(by), pieceBytes, pause, cutPercent, dropped);
  }

  Delivery dripping(int bytes, Duration wait) {
    return new Delivery(delay, bytes, wait, cutPercent, dropped);
  }

  Delivery cutAt(int percent) {
    return new Delivery(delay, pieceBytes, pause, percent, dropped);
  }

  Delivery drop() {
    return new Delivery(delay, pieceBytes, pause, cutPercent, true);
  }
}
