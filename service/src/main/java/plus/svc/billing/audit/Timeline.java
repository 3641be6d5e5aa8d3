package plus.svc.billing.audit;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;

/**
 * What is known of each minute of a node: from what evidence, and whether what is written is right.
 * A minute without a snapshot is known only once the next snapshot came.
 */
final class Timeline {

  /** From what evidence a minute is known (law 6). */
  enum Evidence {
    OBSERVED,
    SPANNED,
    AT_RISK,
    PENDING
  }

  /** How what is written compares, the worst last. */
  enum Word {
    MATCH,
    SET_ASIDE,
    EXTRA,
    DIFFERS,
    MISSING
  }

  /** Minutes in a row of which the same is known. */
  record Run(
      long from,
      long until,
      Evidence evidence,
      Word word,
      int series,
      long expectedBytes,
      long writtenBytes) {
    long minutes() {
      return until - from;
    }
  }

  /** Takes what becomes known, in the order of the minutes. */
  interface Sink {
    void known(AuditedNode node, Run run);
  }

  private final Map<Evidence, Long> byEvidence = new EnumMap<>(Evidence.class);
  private final Map<Word, Long> byWord = new EnumMap<>(Word.class);
  private final Deque<Run> open = new ArrayDeque<>();
  private final AuditedNode node;
  private final Sink sink;

  Timeline(AuditedNode node, Sink sink) {
    this.node = node;
    this.sink = sink;
  }

  /** A minute with a snapshot; {@code risky} if a restart lies between it and the one before. */
  void observed(
      long minute, boolean risky, Word word, int series, long expectedBytes, long writtenBytes) {
    settle(risky ? Evidence.AT_RISK : Evidence.SPANNED);
    tell(new Run(minute, minute + 1, Evidence.OBSERVED, word, series, expectedBytes, writtenBytes));
  }

  /** A minute without a snapshot, of which nothing is known yet. */
  void unobserved(long minute, Word word, long writtenBytes) {
    Run last = open.peekLast();
    if (last != null && last.until() == minute && last.word() == word && writtenBytes == 0) {
      open.removeLast();
      open.addLast(
          new Run(last.from(), minute + 1, Evidence.PENDING, word, 0, 0, last.writtenBytes()));
    } else {
      open.addLast(new Run(minute, minute + 1, Evidence.PENDING, word, 0, 0, writtenBytes));
    }
  }

  /** How many minutes wait for the next snapshot. */
  long waiting() {
    return open.stream().mapToLong(Run::minutes).sum();
  }

  /** The minutes that waited are known. */
  void settle(Evidence evidence) {
    while (!open.isEmpty()) {
      Run run = open.removeFirst();
      tell(new Run(run.from(), run.until(), evidence, run.word(), 0, 0, run.writtenBytes()));
    }
  }

  /** Nothing is known of these minutes, since nothing was fetched yet. */
  void pending(long from, long until) {
    if (from < until) {
      tell(new Run(from, until, Evidence.PENDING, Word.MATCH, 0, 0, 0));
    }
  }

  private void tell(Run run) {
    byEvidence.merge(run.evidence(), run.minutes(), Long::sum);
    if (run.evidence() != Evidence.PENDING) {
      byWord.merge(run.word(), run.minutes(), Long::sum);
    }
    sink.known(node, run);
  }

  long minutes() {
    return byEvidence.values().stream().mapToLong(Long::longValue).sum();
  }

  long of(Evidence evidence) {
    return byEvidence.getOrDefault(evidence, 0L);
  }

  long of(Word word) {
    return byWord.getOrDefault(word, 0L);
  }
}
