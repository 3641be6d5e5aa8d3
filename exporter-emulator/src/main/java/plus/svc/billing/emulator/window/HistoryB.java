package plus.svc.billing.emulator.window;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Flavour B's history: a list ordered by instant; equal instants stand side by side. */
final class HistoryB {
  private final List<SnapshotRow> rows = new ArrayList<>();
  private final Duration retention;

  HistoryB(Duration retention) {
    this.retention = retention;
  }

  synchronized void save(SnapshotRow row) {
    rows.add(row);
    Instant cutoff = row.collectedAt().minus(retention);
    rows.removeIf(kept -> kept.collectedAt().isBefore(cutoff));
    rows.sort(Comparator.comparing(SnapshotRow::collectedAt));
  }

  synchronized Optional<SnapshotRow> latest() {
    return rows.isEmpty() ? Optional.empty() : Optional.of(rows.get(rows.size() - 1));
  }

  synchronized List<SnapshotRow> all() {
    return List.copyOf(rows);
  }

  /**
   * The rows with {@code since <= instant <= until} and {@code instant > cursor}. More is said to
   * follow only if an item is <em>later</em> than the page's last: of several equal instants, those
   * beyond the limit are out of reach for ever.
   */
  synchronized Page window(Instant since, Instant until, @Nullable Instant cursor, int limit) {
    List<SnapshotRow> page = new ArrayList<>();
    boolean more = false;
    for (SnapshotRow row : rows) {
      Instant at = row.collectedAt();
      if (at.isBefore(since) || at.isAfter(until) || (cursor != null && !at.isAfter(cursor))) {
        continue;
      }
      if (page.size() < limit) {
        page.add(row);
      } else if (at.isAfter(page.get(limit - 1).collectedAt())) {
        more = true;
        break;
      }
    }
    if (page.isEmpty()) {
      return new Page("", "", page, null);
    }
    String next = more ? GoTime.format(page.get(page.size() - 1).collectedAt()) : null;
    return new Page(page.get(0).nodeId(), page.get(0).env(), page, next);
  }
}
