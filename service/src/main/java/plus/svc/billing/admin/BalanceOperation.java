package plus.svc.billing.admin;

import java.util.Set;
import java.util.UUID;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.explain.Balance;

/** {@code balance}: what an account had at an instant; now, if none is given. */
public final class BalanceOperation implements Operation {

  private final Balance balance;

  public BalanceOperation(Balance balance) {
    this.balance = balance;
  }

  @Override
  public String name() {
    return "balance";
  }

  @Override
  public Set<String> inputs() {
    return Set.of("account", "at");
  }

  @Override
  public void run(Inputs inputs, Report report) {
    UUID account =
        inputs.uuid("account").orElseThrow(() -> new BadInput("account", "", "it is required"));
    balance.at(account, inputs.instant("at").orElse(inputs.now()), inputs.now(), report);
  }
}
