package plus.svc.billing.audit.reference;

/** Takes what readings come to. */
public interface Outcome {

  /** Bytes of a series that count, in the minute of their reading; not both zero. */
  void usage(int series, long minute, long uplinkBytes, long downlinkBytes);

  /** A sample that must be set aside. */
  void aside(Aside sample);

  /** A restart of the counting process; of two at one instant the later one holds. */
  void restart(Restart restart);

  /**
   * A sample set aside.
   *
   * @param fell whether the counter fell though the process ran on; else it rose too fast
   * @param fellNow whether it fell since the reading before
   * @param heldBytes what would have counted since the last accepted sample
   */
  record Aside(
      long atMicros,
      int series,
      boolean fell,
      boolean fellNow,
      long uplink,
      long downlink,
      long heldBytes) {

    /** As it is written. */
    public String reason() {
      return fell ? "FELL_WITHOUT_RESTART" : "JUMP";
    }
  }

  /**
   * A restart.
   *
   * @param blindFromMicros the reading before
   * @param seriesCount how many series fell
   * @param hiddenBytes the most that series which did not fall can have lost
   */
  record Restart(
      long atMicros, long blindFromMicros, boolean byEpoch, int seriesCount, long hiddenBytes) {}
}
