package plus.svc.billing.pipeline.source.page;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The keys we know, at whatever level. */
enum Key {
  NODE_ID,
  ENV,
  SNAPSHOTS,
  HAS_MORE,
  NEXT_CURSOR,
  COLLECTED_AT,
  STARTED_AT,
  UPTIME_SECONDS,
  SAMPLES,
  UUID,
  INBOUND_TAG,
  UPLINK_BYTES_TOTAL,
  DOWNLINK_BYTES_TOTAL,
  UNKNOWN;

  private static final Map<String, Key> BY_NAME = new HashMap<>();
  private static final int LONGEST = DOWNLINK_BYTES_TOTAL.name().length();

  static {
    for (Key key : values()) {
      if (key != UNKNOWN) {
        BY_NAME.put(key.name().toLowerCase(Locale.ROOT), key);
      }
    }
  }

  /** The key of that name whatever its case, as the exporters' own readers match it. */
  static Key of(String name) {
    Key key = BY_NAME.get(name);
    if (key == null && name.length() <= LONGEST) {
      key = BY_NAME.get(name.toLowerCase(Locale.ROOT));
    }
    return key == null ? UNKNOWN : key;
  }
}
