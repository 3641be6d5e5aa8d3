package plus.svc.billing.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code recharge-confirm}: says by hand how a recharge's payment ended. */
@Command(
    name = "recharge-confirm",
    description = {
      "Shows a recharge order with all that was said of it, and what saying how its payment ended"
          + " would do; with --apply does it.",
      "Needs a token with the right admin:read, to apply admin:write. Exit code 1 if it would"
          + " change the order, or doesn't fit it."
    },
    footer = {
      "  billing-admin recharge-confirm --order 3f1f8a52-0d9a-4d5e-9f0e-2f6f1c6b9a10",
      "  billing-admin recharge-confirm --order 3f1f8a52-0d9a-4d5e-9f0e-2f6f1c6b9a10 --amount 12.50"
          + " --payment pay-1 --apply --reason 'seen in the bank statement'"
    })
final class RechargeConfirmVerb extends ReportVerb {

  @Option(names = "--order", paramLabel = "UUID", required = true, description = "The order.")
  private String order = "";

  @Option(
      names = "--state",
      paramLabel = "STATE",
      description = "success, failed, closed or refunded. Default: success.")
  private @Nullable String state;

  @Option(
      names = "--payment",
      paramLabel = "ID",
      description = "The payment, as the payment service calls it.")
  private @Nullable String payment;

  @Option(
      names = "--amount",
      paramLabel = "AMOUNT",
      description = "What was paid; compared with the order.")
  private @Nullable String amount;

  @Option(
      names = "--currency",
      paramLabel = "CODE",
      description = "In which currency; compared with the order.")
  private @Nullable String currency;

  @Mixin private Applying applying = new Applying();

  RechargeConfirmVerb(Connection connection) {
    super(connection);
  }

  @Override
  Question question() {
    return applying.addTo(
        new Question("recharge-confirm")
            .with("order", order)
            .with("state", state)
            .with("payment", payment)
            .with("amount", amount)
            .with("currency", currency));
  }
}
