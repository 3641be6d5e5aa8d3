package plus.svc.billing.emulator.xray;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The ledger of truth beside the counters. What is blind follows from the snapshots that are
 * <em>kept</em>: flavour A overwrites a minute's row, and a restart within that minute then takes
 * the overwritten snapshot with it.
 */
final class EmittedBytes {
  private final Map<CounterKey, Traffic> emitted = new HashMap<>();
  private final List<Ended> ended = new ArrayList<>();
  private Kept kept = new Kept(null, Map.of());
  private Kept keptBefore = kept;
  private @Nullable Instant newestStamp;
  private @Nullable Instant stampBefore;

  void emitted(CounterKey key, Traffic traffic) {
    emitted.merge(key, traffic, Traffic::plus);
  }

  void kept(Instant stamp, Map<CounterKey, Traffic> counters) {
    if (stamp.equals(newestStamp)) {
      overwriteInEndedProcesses(stamp);
    } else {
      stampBefore = newestStamp;
      newestStamp = stamp;
    }
    if (!stamp.equals(kept.stamp())) {
      keptBefore = kept;
    }
    kept = new Kept(stamp, Map.copyOf(counters));
  }

  void restarted(Instant at, Map<CounterKey, Traffic> last) {
    ended.add(new Ended(at, newestStamp, stampBefore, kept, keptBefore, Map.copyOf(last)));
    kept = new Kept(null, Map.of());
    keptBefore = kept;
  }

  GroundTruth upToNow(Map<CounterKey, Traffic> counters) {
    return new GroundTruth(
        emitted, ended.stream().map(Ended::spell).toList(), difference(counters, kept.counters()));
  }

  /** A snapshot of an ended process was overwritten: what it alone showed is now blind. */
  private void overwriteInEndedProcesses(Instant stamp) {
    for (int i = ended.size() - 1; i >= 0 && stamp.equals(ended.get(i).newestStamp()); i--) {
      ended.set(i, ended.get(i).withoutNewest());
    }
  }

  private static Map<CounterKey, Traffic> difference(
      Map<CounterKey, Traffic> from, Map<CounterKey, Traffic> less) {
    Map<CounterKey, Traffic> rest = new HashMap<>();
    from.forEach(
        (key, traffic) -> {
          Traffic more = traffic.minus(less.getOrDefault(key, Traffic.NONE));
          if (!more.isNone()) {
            rest.put(key, more);
          }
        });
    return rest;
  }

  /** The counters as a snapshot of one process shows them; no stamp: it has none yet. */
  private record Kept(@Nullable Instant stamp, Map<CounterKey, Traffic> counters) {}

  /**
   * A process that is gone.
   *
   * @param newestStamp of the newest snapshot at its end, its own or an earlier process's
   * @param kept its own newest snapshot
   * @param keptBefore its own newest of another stamp
   * @param last its counters at its end
   */
  private record Ended(
      Instant at,
      @Nullable Instant newestStamp,
      @Nullable Instant stampBefore,
      Kept kept,
      Kept keptBefore,
      Map<CounterKey, Traffic> last) {

    Ended withoutNewest() {
      boolean own = kept.stamp() != null && kept.stamp().equals(newestStamp);
      Kept left = own ? keptBefore : kept;
      return new Ended(at, stampBefore, null, left, left, last);
    }

    BlindSpell spell() {
      return new BlindSpell(newestStamp, at, difference(last, kept.counters()));
    }
  }
}
