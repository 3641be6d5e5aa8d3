package plus.svc.billing.admin;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.explain.Why;

/**
 * {@code why}: why an account was charged something, by a minute, by a ledger row, or by the
 * operation that a service asked for.
 */
public final class WhyOperation implements Operation {

  private final Why why;

  public WhyOperation(Why why) {
    this.why = why;
  }

  @Override
  public String name() {
    return "why";
  }

  @Override
  public Set<String> inputs() {
    return Set.of("account", "at", "entry", "operation");
  }

  @Override
  public void run(Inputs inputs, Report report) {
    Optional<UUID> entry = inputs.uuid("entry");
    Optional<UUID> account = inputs.uuid("account");
    Optional<Instant> at = inputs.instant("at");
    Optional<UUID> operation = inputs.uuid("operation");
    if (operation.isPresent()) {
      if (entry.isPresent() || account.isPresent() || at.isPresent()) {
        throw new BadInput("operation", operation.get().toString(), "give it alone");
      }
      why.operation(operation.get(), report);
    } else if (entry.isPresent()) {
      if (account.isPresent() || at.isPresent()) {
        throw new BadInput("entry", entry.get().toString(), "give it alone, or account and at");
      }
      why.entry(entry.get(), report);
    } else {
      why.minute(
          account.orElseThrow(
              () -> new BadInput("account", "", "give account and at, or entry, or operation")),
          at.orElseThrow(() -> new BadInput("at", "", "give the time, such as -2h")),
          report);
    }
  }
}
