package plus.svc.billing.wallet;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * Something that happens in a try; the numbers choose among what there is by then.
 *
 * @param pick which of the holds, operations or requests so far, counted from the newest
 * @param engine which instance is asked
 */
record WalletStep(Act act, int account, int other, int amount, int pick, int engine) {

  /** What happens. */
  enum Act {
    CREDIT,
    DEBIT,
    APPEND_CREDIT,
    APPEND_DEBIT,
    DEDUCT,
    RESERVE,
    RESERVE_USE,
    COMMIT,
    COMMIT_PART,
    VOID,
    TRANSFER,
    TRANSFER_OF_THREE_LEGS,
    TRANSFER_OF_POINTS,
    REVERSE,
    REPEAT,
    OTHER_BODY,
    SET_UP,
    WRONG_UNIT,
    TOP_UP,
    LATE_TOP_UP,
    TRAFFIC,
    PASS_SECONDS,
    PASS_DAYS,
    TEND
  }

  static Arbitrary<WalletStep> steps() {
    return Combinators.combine(
            Arbitraries.of(Act.class),
            Arbitraries.integers().between(0, 4),
            Arbitraries.integers().between(0, 4),
            Arbitraries.integers().between(1, 150),
            Arbitraries.integers().between(0, 6),
            Arbitraries.integers().between(0, 2))
        .as(WalletStep::new);
  }
}
