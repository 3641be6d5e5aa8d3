package plus.svc.billing.emulator.xray;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import plus.svc.billing.emulator.window.RawCounter;
import plus.svc.billing.emulator.window.RawCounter.Direction;

/**
 * The counters of one Xray process: cumulative since its start, created with a user's first byte.
 * Not safe for several threads; {@link Simulation} guards it.
 */
public final class XrayCounters {
  private final Map<CounterKey, Traffic> counters = new TreeMap<>();
  private final EmittedBytes truth;
  private Instant startedAt;

  public XrayCounters(Instant startedAt) {
    this.startedAt = startedAt;
    this.truth = new EmittedBytes();
  }

  /** Counts traffic. Nothing at all creates no counter. */
  public void add(CounterKey key, Traffic traffic) {
    if (!traffic.isNone()) {
      counters.merge(key, traffic, Traffic::plus);
      truth.emitted(key, traffic);
    }
  }

  /** Every counter as Xray's stats call tells them. */
  public List<RawCounter> read() {
    List<RawCounter> all = new ArrayList<>(counters.size() * 2);
    counters.forEach(
        (key, traffic) -> {
          all.add(raw(key, Direction.UPLINK, traffic.uplinkBytes()));
          all.add(raw(key, Direction.DOWNLINK, traffic.downlinkBytes()));
        });
    return all;
  }

  /**
   * Notes that the exporter kept the counters as they are now.
   *
   * @param stamp the kept snapshot's stamp; the same stamp again replaces the snapshot before
   */
  public void kept(Instant stamp) {
    truth.kept(stamp, counters);
  }

  /** Starts the process anew: every counter is gone until traffic flows again. */
  public void restart(Instant at) {
    truth.restarted(at, counters);
    counters.clear();
    startedAt = at;
  }

  public Instant startedAt() {
    return startedAt;
  }

  public GroundTruth groundTruth() {
    return truth.upToNow(counters);
  }

  private static RawCounter raw(CounterKey key, Direction direction, long value) {
    return new RawCounter(key.identifier(), key.inboundTag(), direction, value);
  }
}
