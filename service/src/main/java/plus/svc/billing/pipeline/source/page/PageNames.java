package plus.svc.billing.pipeline.source.page;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.snapshot.SeriesKey;

/**
 * The names of one page, each kept once: a page names the same series in every snapshot. Maps that
 * fall back to trees, so that chosen names don't make it slow.
 */
final class PageNames {

  private static final String NO_UUID = "";

  private final Map<String, String> identifiers = new HashMap<>();
  private final Map<String, String> tags = new HashMap<>();
  private final Map<SeriesKey, SeriesKey> series = new HashMap<>();

  /** The canonical UUID, null if the text is none. */
  @Nullable String identifier(String sent) {
    String known = identifiers.get(sent);
    if (known == null) {
      String canonical = CanonicalUuid.of(sent);
      known = canonical == null ? NO_UUID : canonical;
      identifiers.put(sent, known);
    }
    return known.isEmpty() ? null : known;
  }

  /** The inbound tag, null if it cannot be stored. */
  @Nullable String tag(String sent) {
    String known = tags.get(sent);
    if (known == null) {
      if (!SentText.isName(sent)) {
        return null;
      }
      tags.put(sent, sent);
      known = sent;
    }
    return known;
  }

  SeriesKey series(String identifier, String tag) {
    SeriesKey key = new SeriesKey(identifier, tag);
    SeriesKey known = series.putIfAbsent(key, key);
    return known == null ? key : known;
  }
}
