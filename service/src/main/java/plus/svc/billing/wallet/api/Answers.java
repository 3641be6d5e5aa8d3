package plus.svc.billing.wallet.api;

import java.math.BigDecimal;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.wallet.Amounts;
import plus.svc.billing.wallet.Command;
import plus.svc.billing.wallet.WalletAnswer;

/** What became of a command, in the words of its call. */
final class Answers {

  private Answers() {}

  /** The reply of a command that was done. */
  static Object reply(WalletCall call, Command command, WalletAnswer answer) {
    return switch (call) {
      case DEDUCT_QUOTA -> deducted(answer);
      case RESERVE -> hold(answer.operation(), "held", answer);
      case COMMIT_HOLD -> hold(((Command.Commit) command).hold(), "committed", answer);
      case VOID_HOLD -> hold(((Command.Release) command).hold(), "voided", answer);
      default -> operation(command, answer);
    };
  }

  /** In one form for every kind of command. */
  static Replies.OperationReply operation(Command command, WalletAnswer answer) {
    return new Replies.OperationReply(
        answer.operation(),
        answer.operation(),
        command.kind(),
        "done",
        answer.entries().stream().map(Replies.Entry::of).toList(),
        answer.account(),
        text(answer.balance()),
        text(answer.available()),
        answer.free(),
        answer.paid(),
        text(answer.amount()),
        answer.expiresAt());
  }

  /** The record is the one of what was paid; of what was free where nothing was. */
  private static Replies.DeductQuotaReply deducted(WalletAnswer answer) {
    return new Replies.DeductQuotaReply(
        true,
        answer.entries().get(answer.entries().size() - 1),
        answer.operation(),
        zeroIfNull(answer.free()),
        zeroIfNull(answer.paid()),
        answer.amount() == null ? "0" : Amounts.text(answer.amount()),
        answer.balance() == null ? "0" : Amounts.text(answer.balance()));
  }

  private static Replies.HoldReply hold(UUID hold, String status, WalletAnswer answer) {
    Long count =
        answer.free() == null ? null : zeroIfNull(answer.free()) + zeroIfNull(answer.paid());
    boolean committed = status.equals("committed");
    return new Replies.HoldReply(
        hold,
        status,
        answer.operation(),
        committed ? null : count,
        answer.free(),
        answer.paid(),
        committed ? null : text(answer.amount()),
        committed ? text(answer.amount()) : null,
        committed ? count : null,
        text(answer.balance()),
        text(answer.available()),
        answer.expiresAt());
  }

  private static long zeroIfNull(@Nullable Long number) {
    return number == null ? 0 : number;
  }

  static @Nullable String text(@Nullable BigDecimal amount) {
    return amount == null ? null : Amounts.text(amount);
  }
}
