package plus.svc.billing.collector;

import java.time.Duration;

/**
 * When a source is asked again: on its interval while it answers, after growing pauses while it
 * fails. No I/O and no clock.
 */
final class Pace {

  /** So many failures in a row open the circuit: until the pause is over nobody gets it asked. */
  static final int CIRCUIT_OPENS_AFTER = 3;

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(15);
  private static final int MOST_DOUBLINGS = 20;

  private Pace() {}

  /**
   * The pause after a failure: doubles from 15 s, or from the interval if that is shorter, to the
   * longest one, or to the interval if that is longer.
   *
   * @param failures in a row, 1 or more
   * @param chance from 0 to 1; spreads the pause over its upper fifth, so that sources that failed
   *     together don't come back together
   */
  static Duration pause(Duration interval, Duration longest, int failures, double chance) {
    Duration first = shorter(interval, FIRST_PAUSE);
    Duration doubled =
        first.multipliedBy(1L << Math.min(Math.max(failures, 1) - 1, MOST_DOUBLINGS));
    Duration pause = shorter(doubled, longest.compareTo(interval) > 0 ? longest : interval);
    return pause.minus(part(pause.dividedBy(5), chance));
  }

  /**
   * The way to the next turn of a source that answers. Turns keep to a grid of the interval, each
   * up to a twentieth of it late by chance; turns that passed meanwhile are left out.
   *
   * @param sinceGrid time since the grid point of the turn before, 0 or more
   */
  static Turn next(Duration interval, Duration sinceGrid, double chance) {
    long passed = sinceGrid.toNanos() / interval.toNanos() + 1;
    Duration grid = interval.multipliedBy(passed);
    return new Turn(grid, grid.plus(part(interval.dividedBy(20), chance)));
  }

  /**
   * How far the grid of a source that begins now lies back: all begin at once, and spread over the
   * interval from their second turn on.
   */
  static Duration shift(Duration interval, double chance) {
    return part(interval, chance);
  }

  /**
   * A turn to come, both counted from the grid point of the turn before.
   *
   * @param grid its own grid point
   * @param at when it is taken
   */
  record Turn(Duration grid, Duration at) {}

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static Duration part(Duration whole, double chance) {
    return Duration.ofNanos((long) (whole.toNanos() * chance));
  }
}
