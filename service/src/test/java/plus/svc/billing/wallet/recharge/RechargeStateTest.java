package plus.svc.billing.wallet.recharge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import plus.svc.billing.wallet.payment.PaymentState;

final class RechargeStateTest {

  /** Where an order ends, and what was posted on the way. */
  private record End(RechargeState state, int credits, int debits) {}

  @Property(tries = 500)
  void whoSaysWhatFirstAndHowOftenMakesNoDifference(
      @ForAll @Size(min = 1, max = 8) List<PaymentState> said, @ForAll long seed) {
    var otherwise = new java.util.ArrayList<>(said);
    var random = new Random(seed);
    said.forEach(state -> otherwise.add(said.get(random.nextInt(said.size()))));
    Collections.shuffle(otherwise, random);

    var end = after(said);

    assertThat(after(otherwise)).isEqualTo(end);
    assertThat(end.credits()).isEqualTo(end.state().isPaid() ? 1 : 0);
    assertThat(end.debits()).isEqualTo(end.state() == RechargeState.REFUNDED ? 1 : 0);
  }

  @ParameterizedTest
  @CsvSource({
    "PENDING, FAILED, FAILED",
    "PENDING, CLOSED, CLOSED",
    "FAILED, CLOSED, FAILED",
    "CLOSED, FAILED, FAILED",
    "CLOSED, SUCCESS, SUCCESS",
    "FAILED, SUCCESS, SUCCESS",
    "SUCCESS, FAILED, SUCCESS",
    "SUCCESS, PENDING, SUCCESS",
    "SUCCESS, PARTIALLY_REFUNDED, SUCCESS",
    "SUCCESS, REFUNDED, REFUNDED",
    "PENDING, REFUNDED, REFUNDED",
    "REFUNDED, SUCCESS, REFUNDED"
  })
  void whatIsSaidMovesAnOrderOnAndNeverBack(
      RechargeState before, PaymentState said, RechargeState after) {
    assertThat(before.after(said).next()).isEqualTo(after);
  }

  @Test
  void aRefundThatIsHeardFirstStandsForTheCreditToo() {
    assertThat(after(List.of(PaymentState.REFUNDED, PaymentState.SUCCESS)))
        .isEqualTo(new End(RechargeState.REFUNDED, 1, 1));
  }

  private static End after(List<PaymentState> said) {
    var state = RechargeState.PENDING;
    int credits = 0;
    int debits = 0;
    for (var one : said) {
      var step = state.after(one);
      state = step.next();
      credits += step.credits() ? 1 : 0;
      debits += step.debits() ? 1 : 0;
    }
    return new End(state, credits, debits);
  }
}
