package plus.svc.billing.emulator.xray;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The traffic of a node's users in steps of five seconds on a fixed grid: the same seed gives the
 * same bytes, however far it is advanced at a time.
 */
public final class TrafficModel {
  public static final Duration STEP = Duration.ofSeconds(5);

  private final List<Person> people = new ArrayList<>();
  private final XrayCounters counters;
  private Instant done;

  /**
   * A model that has emitted nothing yet.
   *
   * @param inboundTags the node's lines, at least one
   */
  public TrafficModel(
      List<SimulatedUser> users,
      List<String> inboundTags,
      long seed,
      Instant start,
      XrayCounters counters) {
    if (inboundTags.isEmpty()) {
      throw new IllegalArgumentException("a node needs at least one inbound tag");
    }
    this.counters = counters;
    this.done = start;
    for (SimulatedUser user : users) {
      long own = seed * 1_000_003 + user.identifier().hashCode();
      people.add(new Person(user.identifier(), inboundTags, new SplittableRandom(own), start));
    }
  }

  /** When the next step is over. */
  public Instant nextStepEnd() {
    return done.plus(STEP);
  }

  /** Lets one step of traffic flow. */
  public void step() {
    done = nextStepEnd();
    for (Person person : people) {
      person.live(done, STEP, counters);
    }
  }

  /** Lets traffic flow for the whole steps that fit into so much more time. */
  public void advance(Duration time) {
    Instant end = done.plus(time);
    while (!nextStepEnd().isAfter(end)) {
      step();
    }
  }
}
