package plus.svc.billing.emulator.window;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Flavour A's history: a table keyed by the stamp's text. A second snapshot of a stamp overwrites
 * the first, and every comparison is one of texts, so a sub-second bound sorts before its own whole
 * second ({@code 10:00:00.5Z < 10:00:00Z}).
 */
final class HistoryA {
  private final NavigableMap<String, SnapshotRow> rows = new TreeMap<>();
  private final Duration retention;
  private @Nullable SnapshotRow latest;

  HistoryA(Duration retention) {
    this.retention = retention;
  }

  synchronized void save(SnapshotRow row) {
    rows.put(GoTime.format(row.collectedAt()), row);
    rows.headMap(GoTime.format(row.collectedAt().minus(retention)), false).clear();
    latest = row;
  }

  /** The snapshot saved last, not the one with the newest stamp: the process remembers it. */
  synchronized Optional<SnapshotRow> latest() {
    return Optional.ofNullable(latest);
  }

  synchronized List<SnapshotRow> all() {
    return List.copyOf(rows.values());
  }

  /** At most {@code limit} rows with {@code since <= stamp <= until} and {@code stamp > cursor}. */
  synchronized List<SnapshotRow> window(
      Instant since, Instant until, @Nullable Instant cursor, int limit) {
    String from = GoTime.format(since);
    String to = GoTime.format(until);
    List<SnapshotRow> found = new ArrayList<>();
    if (from.compareTo(to) > 0) {
      return found;
    }
    String after = cursor == null ? "" : GoTime.format(cursor);
    for (var row : rows.subMap(from, true, to, true).entrySet()) {
      if (row.getKey().compareTo(after) > 0) {
        found.add(row.getValue());
        if (found.size() == limit) {
          break;
        }
      }
    }
    return found;
  }
}
