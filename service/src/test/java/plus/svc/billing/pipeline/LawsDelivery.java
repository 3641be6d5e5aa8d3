package plus.svc.billing.pipeline;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import plus.svc.billing.pipeline.snapshot.Snapshot;

/**
 * How a set of snapshots arrives: in which order, which of them more than once, cut into which
 * pages. Shrinks towards everything in order, once, one snapshot a page.
 *
 * @param order sort keys, used over and over; equal keys keep the order of time
 * @param repeats positions of snapshots that come again
 * @param pages page sizes, used over and over
 */
record LawsDelivery(List<Integer> order, List<Integer> repeats, List<Integer> pages) {

  static Arbitrary<LawsDelivery> deliveries() {
    Arbitrary<List<Integer>> inOrder = Arbitraries.just(List.of(0));
    Arbitrary<List<Integer>> someLate =
        Arbitraries.frequency(net.jqwik.api.Tuple.of(6, 0), net.jqwik.api.Tuple.of(1, 1))
            .list()
            .ofMinSize(1)
            .ofMaxSize(50);
    Arbitrary<List<Integer>> shuffled =
        Arbitraries.integers().between(0, 1_000).list().ofMinSize(1).ofMaxSize(120);
    return Combinators.combine(
            Arbitraries.oneOf(inOrder, someLate, shuffled),
            Arbitraries.integers().between(0, 500).list().ofMaxSize(12),
            Arbitraries.oneOf(
                Arbitraries.of(1, 1_000).list().ofSize(1),
                Arbitraries.integers().between(1, 25).list().ofMinSize(1).ofMaxSize(8)))
        .as(LawsDelivery::new);
  }

  /** The pages, in the order in which they come. */
  List<List<Snapshot>> pagesOf(List<Snapshot> snapshots) {
    List<Snapshot> sent = new ArrayList<>(snapshots);
    sent.sort(Comparator.comparing(Snapshot::collectedAt));
    int once = sent.size();
    for (int repeat : repeats) {
      sent.add(sent.get(repeat % once));
    }
    List<Integer> positions = new ArrayList<>(IntStream.range(0, sent.size()).boxed().toList());
    positions.sort(Comparator.comparing(i -> order.get(i % order.size())));
    List<List<Snapshot>> cut = new ArrayList<>();
    int from = 0;
    while (from < positions.size()) {
      int size = pages.get(cut.size() % pages.size());
      int until = Math.min(positions.size(), from + size);
      cut.add(positions.subList(from, until).stream().map(sent::get).toList());
      from = until;
    }
    return cut;
  }
}
