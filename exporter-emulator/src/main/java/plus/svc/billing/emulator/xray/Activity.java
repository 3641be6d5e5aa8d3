package plus.svc.billing.emulator.xray;

import java.util.SplittableRandom;

/** What someone does while online, and how that moves bytes. */
enum Activity {
  /** Reading: a page now and then. */
  BROWSING(0.55, 0.3, 60_000, 900_000, 0.10),
  /** A film: a piece every few seconds. */
  STREAMING(0.25, 0.8, 300_000, 900_000, 0.02),
  /** A call: little, steady, as much up as down. */
  CALLING(0.12, 1.0, 30_000, 180_000, 0.9),
  /** A file: all the line gives. */
  DOWNLOADING(0.08, 1.0, 1_500_000, 8_000_000, 0.02);

  private final double share;
  private final double busy;
  private final long slowestBytesPerSecond;
  private final long fastestBytesPerSecond;
  private final double uplinkRatio;

  Activity(
      double share,
      double busy,
      long slowestBytesPerSecond,
      long fastestBytesPerSecond,
      double uplinkRatio) {
    this.share = share;
    this.busy = busy;
    this.slowestBytesPerSecond = slowestBytesPerSecond;
    this.fastestBytesPerSecond = fastestBytesPerSecond;
    this.uplinkRatio = uplinkRatio;
  }

  static Activity pick(SplittableRandom random) {
    double left = random.nextDouble();
    for (Activity activity : values()) {
      left -= activity.share;
      if (left < 0) {
        return activity;
      }
    }
    return BROWSING;
  }

  /** What moves in so many seconds; often nothing, people pause. */
  Traffic during(long seconds, SplittableRandom random) {
    if (random.nextDouble() >= busy) {
      return Traffic.NONE;
    }
    long down = seconds * random.nextLong(slowestBytesPerSecond, fastestBytesPerSecond);
    long up = (long) (down * uplinkRatio * (0.5 + random.nextDouble()));
    return new Traffic(up, down);
  }
}
