package plus.svc.billing.emulator.fault;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import plus.svc.billing.emulator.window.Exporter;
import plus.svc.billing.emulator.window.Request;

/** The faults of one node, and how often each has struck. Safe for many threads. */
public final class Faults {
  private final List<Armed> armed = new CopyOnWriteArrayList<>();

  public Faults add(Fault fault) {
    armed.add(new Armed(fault));
    return this;
  }

  public Faults addAll(List<Fault> faults) {
    faults.forEach(this::add);
    return this;
  }

  /** Forgets every fault: the node is honest again. */
  public void clear() {
    armed.clear();
  }

  /** Spoils an honest answer with every reply fault that strikes now, in the order added. */
  public Answer spoil(Answer honest, Request request, Exporter exporter, Instant now) {
    Answer answer = honest;
    for (Armed each : armed) {
      if (each.fault instanceof ReplyFault fault && each.strikes(fault.when(), now)) {
        answer = fault.spoil(answer, request, exporter);
      }
    }
    return answer;
  }

  /** Whether the node should not even listen. */
  public boolean refusesConnections(Instant now) {
    for (Armed each : armed) {
      if (each.fault instanceof WireFault.Silent silent
          && silent.mode() == WireFault.Silent.Mode.REFUSED
          && each.strikesStill(silent.when(), now)) {
        return true;
      }
    }
    return false;
  }

  public boolean missesScrapeAt(Instant instant) {
    return any(NodeFault.MissedScrapes.class).stream().anyMatch(f -> f.includes(instant));
  }

  public boolean identitiesDownAt(Instant instant) {
    return any(NodeFault.IdentitiesDown.class).stream().anyMatch(f -> f.includes(instant));
  }

  /** The scripted restarts after the first and up to the second instant, ascending. */
  public List<Instant> restarts(Instant after, Instant upTo) {
    return any(NodeFault.Restart.class).stream()
        .map(NodeFault.Restart::at)
        .filter(at -> at.isAfter(after) && !at.isAfter(upTo))
        .sorted()
        .toList();
  }

  private <F extends Fault> List<F> any(Class<F> kind) {
    List<F> found = new ArrayList<>();
    for (Armed each : armed) {
      if (kind.isInstance(each.fault)) {
        found.add(kind.cast(each.fault));
      }
    }
    return found;
  }

  private static final class Armed {
    private final Fault fault;
    private final AtomicInteger struck = new AtomicInteger();

    Armed(Fault fault) {
      this.fault = fault;
    }

    boolean strikes(When when, Instant now) {
      return when.includes(now)
          && (when.requests() == null || struck.getAndIncrement() < when.requests());
    }

    boolean strikesStill(When when, Instant now) {
      return when.includes(now) && (when.requests() == null || struck.get() < when.requests());
    }
  }
}
