package plus.svc.billing.ingest;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import plus.svc.billing.pipeline.source.page.PushedBody.Placed;

/** Cuts a body into pieces that a transaction should bear, the older snapshots first. */
final class Parcels {

  static final int MOST_SNAPSHOTS = 240;
  static final int MOST_SAMPLES = 20_000;

  private Parcels() {}

  /**
   * Pieces of at least one snapshot.
   *
   * @param kind snapshots of different kinds don't share a piece
   */
  static List<List<Placed>> of(Collection<Placed> body, Function<Placed, ?> kind) {
    List<List<Placed>> parcels = new ArrayList<>();
    for (List<Placed> alike : split(body, kind)) {
      alike.sort(Comparator.comparing(placed -> placed.snapshot().collectedAt()));
      int from = 0;
      long samples = 0;
      for (int i = 0; i < alike.size(); i++) {
        int more = alike.get(i).snapshot().samples().size();
        if (i > from && (i - from == MOST_SNAPSHOTS || samples + more > MOST_SAMPLES)) {
          parcels.add(alike.subList(from, i));
          from = i;
          samples = 0;
        }
        samples += more;
      }
      parcels.add(alike.subList(from, alike.size()));
    }
    return parcels;
  }

  /** By kind, in the order in which the kinds are met. */
  static List<List<Placed>> split(Collection<Placed> body, Function<Placed, ?> kind) {
    Map<Object, List<Placed>> byKind = new LinkedHashMap<>();
    for (Placed placed : body) {
      byKind.computeIfAbsent(kind.apply(placed), key -> new ArrayList<>()).add(placed);
    }
    return new ArrayList<>(byKind.values());
  }
}
