package plus.svc.billing.emulator.xray;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One user's days: long idle times, sessions of some minutes, and for every fifth user longer
 * absences in between. Has its own random numbers, so that others' doings don't change its own.
 */
final class Person {
  private static final double MEAN_IDLE_MINUTES = 25;
  private static final double MEAN_SESSION_MINUTES = 9;
  private static final double MEAN_AWAY_MINUTES = 90;

  private final String identifier;
  private final List<String> inboundTags;
  private final SplittableRandom random;
  private final Duration shift;
  private final double eagerness;
  private final boolean comesAndGoes;
  private Instant idleUntil;
  private Instant onlineUntil = Instant.MIN;
  private Activity activity = Activity.BROWSING;
  private CounterKey line;

  Person(String identifier, List<String> inboundTags, SplittableRandom random, Instant start) {
    this.identifier = identifier;
    this.inboundTags = inboundTags;
    this.random = random;
    this.shift = Duration.ofMinutes(random.nextInt(-120, 121));
    // Few use much, many little.
    this.eagerness = 0.3 + 1.7 * Math.pow(random.nextDouble(), 3);
    this.comesAndGoes = random.nextInt(5) == 0;
    this.line = new CounterKey(identifier, inboundTags.get(0));
    this.idleUntil = start.plus(idleTime(start));
  }

  /** Lives through the step that ends at this instant. */
  void live(Instant stepEnd, Duration step, XrayCounters counters) {
    if (stepEnd.isBefore(idleUntil)) {
      return;
    }
    if (onlineUntil.isBefore(idleUntil)) {
      goOnline(stepEnd);
    }
    counters.add(line, activity.during(step.toSeconds(), random));
    if (!stepEnd.isBefore(onlineUntil)) {
      idleUntil = stepEnd.plus(idleTime(stepEnd));
    }
  }

  private void goOnline(Instant now) {
    activity = Activity.pick(random);
    line = new CounterKey(identifier, inboundTags.get(random.nextInt(inboundTags.size())));
    onlineUntil = now.plus(around(MEAN_SESSION_MINUTES));
  }

  private Duration idleTime(Instant now) {
    if (comesAndGoes && random.nextInt(3) == 0) {
      return around(MEAN_AWAY_MINUTES);
    }
    return around(MEAN_IDLE_MINUTES / eagerness / DailyCurve.at(now, shift));
  }

  /** Exponentially distributed, at least a second. */
  private Duration around(double meanMinutes) {
    double minutes = -Math.log(1 - random.nextDouble()) * meanMinutes;
    return Duration.ofSeconds(1 + (long) (minutes * 60));
  }
}
