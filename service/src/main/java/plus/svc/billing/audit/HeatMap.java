package plus.svc.billing.audit;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.audit.Timeline.Evidence;
import plus.svc.billing.quantity.Minutes;

/** Minutes by node and stretch of time, to be looked at. */
final class HeatMap {

  private static final long[] CELL_MINUTES = {1, 5, 15, 30, 60, 180, 360, 720, 1_440, 10_080};
  private static final int MOST_CELLS = 96;

  private final long from;
  private final long until;
  private final long cell;
  private final Map<String, @Nullable Cell[]> cells = new TreeMap<>();
  private final Map<String, String> sources = new TreeMap<>();

  HeatMap(long from, long until) {
    this.from = from;
    this.until = until;
    long fitting = CELL_MINUTES[CELL_MINUTES.length - 1];
    for (int i = CELL_MINUTES.length - 1; i >= 0; i--) {
      if ((until - from + CELL_MINUTES[i] - 1) / CELL_MINUTES[i] <= MOST_CELLS) {
        fitting = CELL_MINUTES[i];
      }
    }
    this.cell = fitting;
  }

  void add(AuditedNode node, Timeline.Run run) {
    sources.put(node.composed(), node.source);
    @Nullable Cell[] row =
        cells.computeIfAbsent(
            node.composed(), name -> new @Nullable Cell[(int) ((until - from + cell - 1) / cell)]);
    for (long minute = run.from(); minute < run.until(); ) {
      int column = (int) ((minute - from) / cell);
      long end = Math.min(run.until(), from + (column + 1) * cell);
      @Nullable Cell known = row[column];
      if (known == null) {
        known = new Cell();
        row[column] = known;
      }
      known.add(run, end - minute);
      minute = end;
    }
  }

  /** Minutes of a stretch of time. */
  private static final class Cell {
    private final Map<Evidence, Long> byEvidence = new EnumMap<>(Evidence.class);
    private long wrong;

    void add(Timeline.Run run, long minutes) {
      byEvidence.merge(run.evidence(), minutes, Long::sum);
      boolean right = run.word() == Timeline.Word.MATCH || run.word() == Timeline.Word.SET_ASIDE;
      wrong += right ? 0 : minutes;
    }

    long of(Evidence evidence) {
      return byEvidence.getOrDefault(evidence, 0L);
    }

    long minutes() {
      return byEvidence.values().stream().mapToLong(Long::longValue).sum();
    }

    /** The worst that can be said of it. */
    String word() {
      if (wrong > 0) {
        return "wrong";
      }
      if (of(Evidence.AT_RISK) > 0) {
        return "at_risk";
      }
      if (of(Evidence.PENDING) > 0) {
        return "pending";
      }
      return of(Evidence.SPANNED) > 0 ? "spanned" : "observed";
    }
  }

  /** Tells the cells that have minutes. */
  void tell(Report report) {
    report.section(
        "heatmap",
        "source",
        "node",
        "from",
        "until",
        "minutes",
        "observed",
        "spanned",
        "at_risk",
        "pending",
        "wrong",
        "word");
    cells.forEach(
        (node, row) -> {
          for (int i = 0; i < row.length; i++) {
            @Nullable Cell known = row[i];
            if (known != null) {
              report.row(
                  sources.get(node),
                  node,
                  Minutes.start(from + i * cell),
                  Minutes.start(Math.min(until, from + (i + 1) * cell)),
                  known.minutes(),
                  known.of(Evidence.OBSERVED),
                  known.of(Evidence.SPANNED),
                  known.of(Evidence.AT_RISK),
                  known.of(Evidence.PENDING),
                  known.wrong,
                  known.word());
            }
          }
        });
  }
}
