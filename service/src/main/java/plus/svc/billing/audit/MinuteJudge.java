package plus.svc.billing.audit;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.audit.Timeline.Evidence;
import plus.svc.billing.audit.Timeline.Word;
import plus.svc.billing.platform.Micros;
import plus.svc.billing.quantity.Minutes;

/** Says of every minute of a slice from what evidence it is known, and how it compares. */
final class MinuteJudge {

  private final Findings findings;
  private final Map<Integer, BucketCheck> checks;

  MinuteJudge(Findings findings, Map<Integer, BucketCheck> checks) {
    this.findings = findings;
    this.checks = checks;
  }

  /** Judges the minutes of a slice. */
  void judge(NodeSlice slice, long from, long until) {
    AuditedNode node = slice.node;
    BucketCheck check = checks.get(node.key());
    if (check == null) {
      throw new IllegalStateException("a node that was not prepared");
    }
    tellStatesWithoutSnapshot(node, check, until);
    long head = Math.min(until, node.headMinute() + 1);
    for (long minute = from; minute < head; minute++) {
      judge(slice, check, minute);
    }
    tellBeyondHead(slice, check, Math.max(head, from));
    if (head < until) {
      node.timeline.settle(Evidence.SPANNED);
      node.timeline.pending(Math.max(head, from), until);
    }
    slice.restarts.values().forEach(node.totals::add);
  }

  private void judge(NodeSlice slice, BucketCheck check, long minute) {
    AuditedNode node = slice.node;
    @Nullable Integer samples = slice.observed.get(minute);
    Map<Place, Bytes> expected = slice.expected.getOrDefault(minute, Map.of());
    List<FactsDao.BucketRow> written = slice.written.getOrDefault(minute, List.of());
    Map<Place, Bytes> unattributed = slice.unattributed.getOrDefault(minute, Map.of());
    Word word = check.minute(minute, samples != null, expected, written, unattributed);
    if (word == Word.MATCH && slice.asideMinutes.contains(minute)) {
      word = Word.SET_ASIDE;
    }
    long must = expected.values().stream().mapToLong(Bytes::total).sum();
    long is =
        written.stream().mapToLong(FactsDao.BucketRow::total).sum()
            + unattributed.values().stream().mapToLong(Bytes::total).sum();
    if (samples == null) {
      node.timeline.unobserved(minute, word, is);
      node.totals.add(must, is);
      return;
    }
    boolean risky = slice.risky.contains(minute);
    if (risky && node.timeline.waiting() > 0) {
      tellAtRisk(slice, minute);
    }
    node.timeline.observed(minute, risky, word, samples, must, is);
    node.totals.seriesMinutes += samples;
    node.totals.add(must, is);
  }

  /** The minutes that wait lie between the last snapshot and a restart. */
  private void tellAtRisk(NodeSlice slice, long minute) {
    for (AtRisk restart : slice.restarts.values()) {
      if (Minutes.floor(restart.at()) == minute && restart.minutes() > 0) {
        findings.add(restart.finding(slice.node));
      }
    }
  }

  /** A state that was kept must be that of a snapshot; if there is none, the archive lost it. */
  private static void tellStatesWithoutSnapshot(AuditedNode node, BucketCheck check, long until) {
    long end = Micros.of(Minutes.start(until));
    while (!node.stored.isEmpty() && node.stored.firstKey() < end) {
      long at = node.stored.pollFirstEntry().getKey();
      if (at >= Micros.of(node.start())) {
        check.tellLost(Math.floorDiv(at, 60_000_000L), Micros.toInstant(at));
      }
    }
  }

  /** Buckets after the newest snapshot have nothing to stand on. */
  private void tellBeyondHead(NodeSlice slice, BucketCheck check, long from) {
    slice
        .written
        .tailMap(from, true)
        .forEach((minute, rows) -> check.minute(minute, true, Map.of(), rows, Map.of()));
  }
}
