package plus.svc.billing.wallet.api;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.auth.Right;

/** The calls that both faces have, with the right each needs. */
public enum WalletCall {
  GET_ACCOUNT(Right.WALLET_READ, false),
  LIST_RECORDS(Right.WALLET_READ, false),
  GET_STATS_TODAY(Right.WALLET_READ, false),
  GET_STATS_MONTH(Right.WALLET_READ, false),
  GET_STATS_SUMMARY(Right.WALLET_READ, false),
  CHECK_QUOTA(Right.WALLET_READ, false),
  GET_BALANCE(Right.WALLET_READ, false),
  GET_HISTORY(Right.WALLET_READ, false),
  GET_TURNOVER(Right.WALLET_READ, false),
  GET_OPERATION(Right.WALLET_READ, false),
  GET_RECHARGE(Right.WALLET_READ, false),
  RECHARGE(Right.WALLET_RECHARGE, true),
  RECHARGE_CALLBACK(Right.WALLET_CALLBACK, true),
  DEDUCT_QUOTA(Right.WALLET_DEBIT, true),
  SET_UP_ACCOUNT(Right.WALLET_SET_UP, true),
  CREDIT(Right.WALLET_CREDIT, true),
  DEBIT(Right.WALLET_DEBIT, true),
  POST_GROUP(Right.WALLET_GROUP, true),
  TRANSFER(Right.WALLET_GROUP, true),
  RESERVE(Right.WALLET_HOLD, true),
  COMMIT_HOLD(Right.WALLET_HOLD, true),
  VOID_HOLD(Right.WALLET_HOLD, true),
  REVERSE(Right.WALLET_ADMIN, true),
  BULK(Right.WALLET_BULK, true);

  private final Right right;
  private final boolean change;

  WalletCall(Right right, boolean change) {
    this.right = right;
    this.change = change;
  }

  /** The right that it needs. */
  public Right right() {
    return right;
  }

  /** Whether it changes anything, and so needs an idempotency key. */
  public boolean isChange() {
    return change;
  }

  /** As gRPC names it, as records and metrics do: {@code DeductQuota}. */
  public String text() {
    StringBuilder text = new StringBuilder();
    boolean begins = true;
    for (char letter : name().toCharArray()) {
      if (letter != '_') {
        text.append(begins ? letter : Character.toLowerCase(letter));
      }
      begins = letter == '_';
    }
    return text.toString();
  }

  /** The call of a name as {@link #text} has it. */
  public static Optional<WalletCall> of(@Nullable String text) {
    for (WalletCall call : values()) {
      if (call.text().equals(text)) {
        return Optional.of(call);
      }
    }
    return Optional.empty();
  }
}
