package plus.svc.billing.emulator.fault;

import java.time.Instant;
import java.util.Objects;

/** Goes wrong on the node itself, so that the history becomes another one. */
public sealed interface NodeFault extends Fault {

  /** Xray restarts: every counter is gone until its user's traffic flows again. */
  record Restart(Instant at) implements NodeFault {
    public Restart {
      Objects.requireNonNull(at, "at is missing");
    }
  }

  /** The exporter can't read the counters: no snapshots from then until then, for ever. */
  record MissedScrapes(Instant from, Instant until) implements NodeFault {
    public MissedScrapes {
      Objects.requireNonNull(from, "from is missing");
      Objects.requireNonNull(until, "until is missing");
    }

    public boolean includes(Instant instant) {
      return When.between(from, until).includes(instant);
    }
  }

  /** The accounts service is down: flavour A loses the e-mails, flavour B the snapshots. */
  record IdentitiesDown(Instant from, Instant until) implements NodeFault {
    public IdentitiesDown {
      Objects.requireNonNull(from, "from is missing");
      Objects.requireNonNull(until, "until is missing");
    }

    public boolean includes(Instant instant) {
      return When.between(from, until).includes(instant);
    }
  }
}
