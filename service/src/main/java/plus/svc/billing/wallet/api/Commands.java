package plus.svc.billing.wallet.api;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.wallet.Command;
import plus.svc.billing.wallet.WalletRequest;

/** What a call asks the wallet for. */
final class Commands {

  private static final int STANDARD_HOLD_SECONDS = 900;

  private Commands() {}

  /**
   * Reads the command of a call that changes accounts.
   *
   * @param key of the call; the id of an account that names none is made of it
   */
  static Command read(WalletCall call, Ask ask, String key) {
    Fields fields = ask.fields();
    Command command =
        switch (call) {
          case DEDUCT_QUOTA -> deduct(fields);
          case SET_UP_ACCOUNT -> setUp(fields, WalletRequest.idOf(ask.caller().name(), key));
          case CREDIT -> post(fields, fields.positive("amount"));
          case DEBIT -> post(fields, fields.positive("amount").negate());
          case POST_GROUP -> group(fields);
          case TRANSFER -> transfer(fields);
          case RESERVE -> reserve(fields);
          case COMMIT_HOLD ->
              new Command.Commit(
                  fields.id("holdId"),
                  fields.decimalOrNull("amount"),
                  fields.text("count").isEmpty() ? null : fields.whole("count"));
          case VOID_HOLD -> new Command.Release(fields.id("holdId"));
          case REVERSE -> new Command.Reverse(fields.id("operationId"), note(fields));
          default -> throw new IllegalStateException(call + " is no command");
        };
    fields.nothingElse();
    return command;
  }

  /** The contract's cost is taken and not looked at: the price is the wallet's. */
  private static Command deduct(Fields fields) {
    fields.text("cost");
    return new Command.Deduct(
        fields.id("userId"), fields.required("serviceName"), fields.whole("count"));
  }

  private static Command setUp(Fields fields, UUID fresh) {
    @Nullable UUID account = fields.idOrNull("accountId");
    @Nullable BigDecimal overdraft = fields.decimalOrNull("overdraftLimit");
    return new Command.SetUp(
        account == null ? fresh : account,
        fields.id("owner"),
        fields.required("currency"),
        fields.text("name").orElse(""),
        overdraft == null ? BigDecimal.ZERO : overdraft,
        fields.decimalOrNull("lowBalance"),
        fields.texts("metadata"));
  }

  private static Command post(Fields fields, BigDecimal amount) {
    return new Command.Post(
        fields.id("accountId"),
        amount,
        fields.required("currency"),
        note(fields),
        fields.flag("guarded"));
  }

  private static Command group(Fields fields) {
    List<Command.Leg> legs = new ArrayList<>();
    for (Fields leg : fields.list("legs")) {
      legs.add(
          new Command.Leg(leg.id("accountId"), leg.amount("amount"), leg.required("currency")));
      leg.nothingElse();
    }
    return new Command.Group(legs, note(fields));
  }

  private static Command transfer(Fields fields) {
    BigDecimal amount = fields.positive("amount");
    String currency = fields.required("currency");
    return new Command.Group(
        List.of(
            new Command.Leg(fields.id("fromAccountId"), amount.negate(), currency),
            new Command.Leg(fields.id("toAccountId"), amount, currency)),
        note(fields));
  }

  private static Command reserve(Fields fields) {
    UUID account = fields.id("userId");
    long seconds =
        fields.text("ttlSeconds").isEmpty() ? STANDARD_HOLD_SECONDS : fields.whole("ttlSeconds");
    if (fields.text("serviceName").isPresent()) {
      return new Command.ReserveUse(
          account, fields.required("serviceName"), fields.whole("count"), seconds);
    }
    return new Command.Reserve(
        account, fields.positive("amount"), fields.required("currency"), seconds);
  }

  private static String note(Fields fields) {
    return fields.text("reason").orElse("");
  }
}
