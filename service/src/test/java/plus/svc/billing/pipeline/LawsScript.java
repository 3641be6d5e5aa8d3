package plus.svc.billing.pipeline;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.snapshot.Sample;
import plus.svc.billing.pipeline.snapshot.SeriesKey;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.quantity.NodeKey;

/**
 * What happens on a node, as a script that shrinks: a list of steps, each with the time since the
 * step before, what befalls the counting process, and how each series moves. Played by a simulated
 * exporter, it gives the snapshots.
 */
record LawsScript(Epochs epochs, int phaseMillis, List<Step> steps) {

  /** Whether the exporter sends when its counting process started. */
  enum Epochs {
    NEVER,
    EXACT,
    /** Calculated from an uptime in whole seconds. */
    JITTERING,
    /** Only every other snapshot carries it: an exporter between two releases. */
    SOMETIMES
  }

  /** What befalls the counting process before a snapshot. */
  enum Happening {
    NOTHING,
    RESTART,
    /** A second scrape gets the same stamp as the first, with larger totals. */
    TIE
  }

  /** What a series does before a snapshot. */
  enum Motion {
    IDLE,
    MOVE,
    /** Far more than it counted before: it can hide a restart. */
    BURST,
    /** Counts on, but is not in the snapshot. */
    ABSENT,
    /** Its own counter begins at zero by hand; the process runs on. */
    RESET_BY_HAND,
    /** A counter that another machine counted. */
    JUMP
  }

  record Move(Motion motion, int up, int down) {}

  record Step(int gapSeconds, Happening happening, List<Move> moves) {
    Move of(int series) {
      return moves.get(series % moves.size());
    }
  }

  private static final long JUMP_BYTES = 50_000_000_000_000_000L;

  /** What one node may send. */
  static Arbitrary<LawsScript> scripts(int mostSteps) {
    Arbitrary<Motion> motions =
        Arbitraries.frequency(
            net.jqwik.api.Tuple.of(8, Motion.MOVE),
            net.jqwik.api.Tuple.of(8, Motion.IDLE),
            net.jqwik.api.Tuple.of(2, Motion.BURST),
            net.jqwik.api.Tuple.of(3, Motion.ABSENT),
            net.jqwik.api.Tuple.of(1, Motion.RESET_BY_HAND));
    Arbitrary<Motion> withJumps =
        Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(40, motions),
            net.jqwik.api.Tuple.of(1, Arbitraries.just(Motion.JUMP)));
    Arbitrary<Move> moves =
        Combinators.combine(
                withJumps,
                Arbitraries.integers().between(0, 60),
                Arbitraries.integers().between(0, 60))
            .as(Move::new);
    Arbitrary<Happening> happenings =
        Arbitraries.frequency(
            net.jqwik.api.Tuple.of(12, Happening.NOTHING),
            net.jqwik.api.Tuple.of(2, Happening.RESTART),
            net.jqwik.api.Tuple.of(1, Happening.TIE));
    Arbitrary<Integer> gaps =
        Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(8, Arbitraries.just(60)),
            net.jqwik.api.Tuple.of(3, Arbitraries.integers().between(1, 59)),
            net.jqwik.api.Tuple.of(2, Arbitraries.integers().between(61, 400)));
    Arbitrary<Step> steps =
        Combinators.combine(gaps, happenings, moves.list().ofMinSize(1).ofMaxSize(7)).as(Step::new);
    return Combinators.combine(
            Arbitraries.of(Epochs.class),
            Arbitraries.of(0, 0, 1_250, 59_000),
            steps.list().ofMinSize(1).ofMaxSize(mostSteps))
        .as(LawsScript::new);
  }

  /** Plays the script on a node with the given series. */
  List<Snapshot> play(NodeKey node, Instant start, List<SeriesKey> series) {
    return new Exporter(node, start.plusMillis(phaseMillis), series).run();
  }

  private final class Exporter {
    private final NodeKey node;
    private final List<SeriesKey> series;
    private final Map<SeriesKey, long[]> counters = new LinkedHashMap<>();
    private final List<Snapshot> sent = new ArrayList<>();
    private Instant clock;
    private Instant startedAt;

    Exporter(NodeKey node, Instant start, List<SeriesKey> series) {
      this.node = node;
      this.series = series;
      this.clock = start;
      this.startedAt = start.minus(Duration.ofDays(3));
    }

    List<Snapshot> run() {
      for (int i = 0; i < steps.size(); i++) {
        step(i, steps.get(i));
      }
      return sent;
    }

    private void step(int number, Step step) {
      if (step.happening() == Happening.RESTART) {
        counters.clear();
        startedAt = clock.plusMillis(step.gapSeconds() * 500L);
      }
      clock = clock.plusSeconds(step.gapSeconds());
      List<SeriesKey> absent = new ArrayList<>();
      move(step, absent);
      sent.add(scrape(number, absent));
      if (step.happening() == Happening.TIE) {
        move(step, absent);
        sent.add(scrape(number, absent));
      }
    }

    private void move(Step step, List<SeriesKey> absent) {
      for (int i = 0; i < series.size(); i++) {
        Move move = step.of(i);
        SeriesKey key = series.get(i);
        switch (move.motion()) {
          case IDLE -> {}
          case MOVE -> count(key, move.up(), move.down());
          case BURST -> count(key, 100L * move.up(), 100L * move.down());
          case RESET_BY_HAND -> {
            counters.remove(key);
            count(key, move.up(), move.down());
          }
          case JUMP -> count(key, JUMP_BYTES, move.down());
          case ABSENT -> {
            absent.add(key);
            count(key, move.up(), move.down());
          }
        }
      }
    }

    /** A counter exists from its first byte on. */
    private void count(SeriesKey key, long up, long down) {
      if (up + down > 0) {
        long[] totals = counters.computeIfAbsent(key, fresh -> new long[2]);
        totals[0] += up;
        totals[1] += down;
      }
    }

    private Snapshot scrape(int number, List<SeriesKey> absent) {
      Map<SeriesKey, Sample> samples = new TreeMap<>();
      counters.forEach(
          (key, totals) -> {
            if (!absent.contains(key)) {
              samples.put(key, new Sample(key, totals[0], totals[1]));
            }
          });
      return new Snapshot(node, clock, epoch(number), List.copyOf(samples.values()), List.of());
    }

    private @Nullable Instant epoch(int number) {
      UnaryOperator<Instant> jitter = instant -> instant.plusSeconds(number % 3);
      return switch (epochs) {
        case NEVER -> null;
        case EXACT -> startedAt;
        case JITTERING -> jitter.apply(startedAt);
        case SOMETIMES -> number % 2 == 0 ? startedAt : null;
      };
    }
  }
}
