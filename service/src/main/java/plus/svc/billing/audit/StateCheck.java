package plus.svc.billing.audit;

import java.util.Optional;
import plus.svc.billing.audit.reference.Counter;
import plus.svc.billing.audit.reference.NodeReference;
import plus.svc.billing.pipeline.snapshot.SeriesKey;
import plus.svc.billing.platform.Micros;

/** Whether a node's kept counters are those that its archive leads to. */
final class StateCheck {

  private StateCheck() {}

  /** What differs first. */
  record Difference(String what, Object expected, Object found) {}

  /**
   * Compares.
   *
   * @param node whose suspect minutes excuse instants that lie in them
   */
  static Optional<Difference> compare(
      AuditedNode node, NodeReference reference, EvidenceDao.StateRow stored) {
    if (reference.firstAt() != stored.firstAt()) {
      return different("first_at", instant(reference.firstAt()), instant(stored.firstAt()));
    }
    if (reference.startedAt() != stored.startedAt()) {
      return different("started_at", instant(reference.startedAt()), instant(stored.startedAt()));
    }
    int size = Math.max(reference.size(), stored.counters().size());
    for (int i = 0; i < size; i++) {
      Counter must = reference.counter(i);
      Counter is = i < stored.counters().size() ? stored.counters().get(i) : new Counter();
      Optional<Difference> difference = compare(node, i, must, is);
      if (difference.isPresent()) {
        return difference;
      }
    }
    return Optional.empty();
  }

  private static Optional<Difference> compare(
      AuditedNode node, int series, Counter must, Counter is) {
    String name = name(node, series);
    if (must.uplink() != is.uplink()) {
      return different("uplink of " + name, must.uplink(), is.uplink());
    }
    if (must.downlink() != is.downlink()) {
      return different("downlink of " + name, must.downlink(), is.downlink());
    }
    if (must.isHeld() != is.isHeld()) {
      return different("set aside of " + name, must.isHeld(), is.isHeld());
    }
    if (must.acceptedUplink() != is.acceptedUplink()) {
      return different("accepted uplink of " + name, must.acceptedUplink(), is.acceptedUplink());
    }
    if (must.acceptedDownlink() != is.acceptedDownlink()) {
      return different(
          "accepted downlink of " + name, must.acceptedDownlink(), is.acceptedDownlink());
    }
    if (must.restarts() != is.restarts()) {
      return different("restarts of " + name, must.restarts(), is.restarts());
    }
    if (differ(node, must.seenAt(), is.seenAt())) {
      return different("seen_at of " + name, instant(must.seenAt()), instant(is.seenAt()));
    }
    if (differ(node, must.uplinkSince(), is.uplinkSince())) {
      return different(
          "uplink_since of " + name, instant(must.uplinkSince()), instant(is.uplinkSince()));
    }
    if (differ(node, must.downlinkSince(), is.downlinkSince())) {
      return different(
          "downlink_since of " + name, instant(must.downlinkSince()), instant(is.downlinkSince()));
    }
    return Optional.empty();
  }

  private static boolean differ(AuditedNode node, long must, long is) {
    return must != is && !node.suspect.contains(Math.floorDiv(is, 60_000_000L));
  }

  private static Optional<Difference> different(String what, Object must, Object is) {
    return Optional.of(new Difference(what, must, is));
  }

  private static Object instant(long micros) {
    return micros == Counter.NEVER ? "never" : Micros.toInstant(micros);
  }

  static String name(AuditedNode node, int series) {
    if (series >= node.keys.size()) {
      return "series " + series;
    }
    SeriesKey key = node.keys.get(series);
    return "series "
        + key.identifier()
        + (key.inboundTag().isEmpty() ? "" : "/" + key.inboundTag());
  }
}
