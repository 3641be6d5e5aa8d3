package plus.svc.billing.metrics;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import plus.svc.billing.pipeline.source.SourceId;

/**
 * Which sources have series of their own: the first so many that are heard of, until the service
 * ends. All others share one label, so that no list of sources, however long, fills a Prometheus.
 */
final class SourceLabels {

  /** Stands for all sources beyond the cap. */
  static final String OTHER = "other";

  private final int most;
  private final Consumer<String> begin;
  private final Set<String> known = ConcurrentHashMap.newKeySet();

  /**
   * @param begin is given each label before its first use, to begin its counters at zero
   */
  SourceLabels(int most, Consumer<String> begin) {
    this.most = most;
    this.begin = begin;
  }

  String of(SourceId source) {
    return of(source.value());
  }

  String of(String source) {
    return known.contains(source) ? source : fresh(source);
  }

  boolean isNamed(String source) {
    return !of(source).equals(OTHER);
  }

  private synchronized String fresh(String source) {
    String label = known.size() < most || known.contains(source) ? source : OTHER;
    if (known.add(label)) {
      begin.accept(label);
    }
    return label;
  }
}
