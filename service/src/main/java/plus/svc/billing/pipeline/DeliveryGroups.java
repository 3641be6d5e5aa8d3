package plus.svc.billing.pipeline;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import plus.svc.billing.pipeline.snapshot.Snapshot;

/**
 * Cuts deliveries into runs that may share a transaction: no source and no node twice, and not more
 * samples than memory and the length of a transaction should bear.
 */
final class DeliveryGroups {

  private DeliveryGroups() {}

  /**
   * The deliveries in their order, in groups of at least one.
   *
   * @param mostSamples of a group, unless one delivery alone has more
   */
  static List<List<Delivery>> of(List<Delivery> deliveries, int mostSamples) {
    List<List<Delivery>> groups = new ArrayList<>();
    List<Delivery> group = new ArrayList<>();
    Set<Object> taken = new HashSet<>();
    long samples = 0;
    for (Delivery delivery : deliveries) {
      Set<Object> names = names(delivery);
      long more = delivery.snapshots().stream().mapToLong(s -> s.samples().size()).sum();
      boolean fits = samples + more <= mostSamples && names.stream().noneMatch(taken::contains);
      if (!fits && !group.isEmpty()) {
        groups.add(group);
        group = new ArrayList<>();
        taken.clear();
        samples = 0;
      }
      group.add(delivery);
      taken.addAll(names);
      samples += more;
    }
    if (!group.isEmpty()) {
      groups.add(group);
    }
    return groups;
  }

  /** What no other delivery of the group may have: its source, and its nodes by composed id. */
  private static Set<Object> names(Delivery delivery) {
    Set<Object> names = new HashSet<>();
    names.add(delivery.source());
    for (Snapshot snapshot : delivery.snapshots()) {
      names.add(snapshot.node().composed());
    }
    return names;
  }
}
