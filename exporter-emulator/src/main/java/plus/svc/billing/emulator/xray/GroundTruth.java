package plus.svc.billing.emulator.xray;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What really happened, for holding a meter's result against: {@code emitted} = what the snapshots'
 * increases add up to + {@code blind} + {@code notYetSnapped}.
 *
 * @param emitted every byte since the simulation began, by counter, restarts or not
 * @param blind what each restart took with it, in order
 * @param notYetSnapped what the running process counted since its last snapshot
 */
public record GroundTruth(
    Map<CounterKey, Traffic> emitted,
    List<BlindSpell> blind,
    Map<CounterKey, Traffic> notYetSnapped) {
  public GroundTruth {
    emitted = Map.copyOf(emitted);
    blind = List.copyOf(blind);
    notYetSnapped = Map.copyOf(notYetSnapped);
  }

  public Traffic emittedTotal() {
    return sum(emitted);
  }

  public Traffic blindTotal() {
    return blind.stream().map(BlindSpell::total).reduce(Traffic.NONE, Traffic::plus);
  }

  public Traffic notYetSnappedTotal() {
    return sum(notYetSnapped);
  }

  /** What a reader of every snapshot can find: emitted - blind - not yet snapped. */
  public Traffic observableTotal() {
    return emittedTotal().minus(blindTotal()).minus(notYetSnappedTotal());
  }

  /** The same by counter, without counters that no snapshot ever showed a byte of. */
  public Map<CounterKey, Traffic> observable() {
    Map<CounterKey, Traffic> rest = new TreeMap<>(emitted);
    blind.forEach(spell -> spell.bytes().forEach((key, lost) -> subtract(rest, key, lost)));
    notYetSnapped.forEach((key, lost) -> subtract(rest, key, lost));
    rest.values().removeIf(Traffic::isNone);
    return rest;
  }

  /** Sums traffic by another key: the account of a counter, say. */
  public static <K extends Comparable<K>> Map<K, Traffic> by(
      Function<CounterKey, K> group, Map<CounterKey, Traffic> bytes) {
    Map<K, Traffic> sums = new TreeMap<>();
    bytes.forEach((key, traffic) -> sums.merge(group.apply(key), traffic, Traffic::plus));
    return sums;
  }

  static Traffic sum(Map<CounterKey, Traffic> bytes) {
    return bytes.values().stream().reduce(Traffic.NONE, Traffic::plus);
  }

  private static void subtract(Map<CounterKey, Traffic> from, CounterKey key, Traffic less) {
    from.merge(key, less, Traffic::minus);
  }
}
