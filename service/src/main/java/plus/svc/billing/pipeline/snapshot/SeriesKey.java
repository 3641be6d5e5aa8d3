package plus.svc.billing.pipeline.snapshot;

import java.util.Comparator;

/**
 * Names one counter pair within a node.
 *
 * @param identifier who: a UUID in canonical lower-case text (account or proxy UUID)
 * @param inboundTag on which inbound, as sent; {@code ""} if the exporter sends none
 */
public record SeriesKey(String identifier, String inboundTag) implements Comparable<SeriesKey> {

  private static final Comparator<SeriesKey> ORDER =
      Comparator.comparing(SeriesKey::identifier).thenComparing(SeriesKey::inboundTag);

  @Override
  public int compareTo(SeriesKey other) {
    return ORDER.compare(this, other);
  }
}
