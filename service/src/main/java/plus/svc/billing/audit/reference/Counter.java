package plus.svc.billing.audit.reference;

/** What is known of one series: its last sample, and the last one that was accepted. */
public final class Counter {

  /** Stands for "never". */
  public static final long NEVER = -1L;

  long uplink;
  long downlink;
  long uplinkSince = NEVER;
  long downlinkSince = NEVER;
  long seenAt = NEVER;
  int restarts;

  /** The newest sample is set aside: the accepted one is another. */
  boolean held;

  private long acceptedUplink;
  private long acceptedDownlink;

  public Counter() {}

  /** As it was kept. */
  public static Counter of(
      long uplink, long downlink, long uplinkSince, long downlinkSince, long seenAt, int restarts) {
    Counter counter = new Counter();
    counter.uplink = uplink;
    counter.downlink = downlink;
    counter.uplinkSince = uplinkSince;
    counter.downlinkSince = downlinkSince;
    counter.seenAt = seenAt;
    counter.restarts = restarts;
    return counter;
  }

  /** The newest sample is set aside, these counters were accepted before. */
  public void hold(long uplinkAccepted, long downlinkAccepted) {
    held = true;
    acceptedUplink = uplinkAccepted;
    acceptedDownlink = downlinkAccepted;
  }

  void holdWhatIsAccepted() {
    if (!held) {
      hold(uplink, downlink);
    }
  }

  boolean wasSeen() {
    return seenAt != NEVER;
  }

  /** Bytes up that were accepted last. */
  public long acceptedUplink() {
    return held ? acceptedUplink : uplink;
  }

  /** Bytes down that were accepted last. */
  public long acceptedDownlink() {
    return held ? acceptedDownlink : downlink;
  }

  public long uplink() {
    return uplink;
  }

  public long downlink() {
    return downlink;
  }

  public long uplinkSince() {
    return uplinkSince;
  }

  public long downlinkSince() {
    return downlinkSince;
  }

  public long seenAt() {
    return seenAt;
  }

  /** How often it began at zero again. */
  public int restarts() {
    return restarts;
  }

  public boolean isHeld() {
    return held;
  }

  void see(long at, long up, long down) {
    boolean first = !wasSeen();
    if (first || up != uplink) {
      uplink = up;
      uplinkSince = at;
    }
    if (first || down != downlink) {
      downlink = down;
      downlinkSince = at;
    }
    seenAt = at;
  }

  void beginAtZero(long at) {
    held = false;
    if (wasSeen() && (uplink != 0 || downlink != 0)) {
      uplink = 0;
      downlink = 0;
      uplinkSince = at;
      downlinkSince = at;
      restarts++;
    }
  }
}
