package plus.svc.billing.wallet.recharge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import plus.svc.billing.wallet.payment.PaymentState;

final class CallbackJsonTest {

  private static final String ORDER = "3f1f8a52-0d9a-4d5e-9f0e-2f6f1c6b9a10";

  @Test
  void aNumberIsTakenByItsDigits() {
    var callback =
        read("{'rechargeOrderId':'" + ORDER + "','amount':19.99,'status':'SUCCESS','x':[1]}");
    assertThat(callback.orderId()).hasToString(ORDER);
    assertThat(callback.report().amount()).isEqualTo(new BigDecimal("19.99"));
    assertThat(callback.report().currency()).isEmpty();
    assertThat(callback.report().paymentId()).isEmpty();
  }

  @Test
  void theTextWinsOverTheNumber() {
    var callback =
        read(
            "{'rechargeOrderId':'"
                + ORDER
                + "','amount':0.1,'amountText':'0.10','currency':'CNY','paymentId':'p',"
                + "'status':'SUCCESS'}");
    assertThat(callback.report().amount()).isEqualTo(new BigDecimal("0.10"));
    assertThat(callback.report().paymentId()).isEqualTo("p");
  }

  @ParameterizedTest
  @CsvSource({
    "SUCCESS, SUCCESS",
    "success, SUCCESS",
    "Failed, FAILED",
    "closed, CLOSED",
    "EXPIRED, CLOSED",
    "refunded, REFUNDED"
  })
  void w15_aStatusIsReadInAnyCase(String text, PaymentState state) {
    assertThat(read("{'rechargeOrderId':'" + ORDER + "','status':'" + text + "'}").report().said())
        .isEqualTo(state);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'status':'SUCCESS','amount':1}",
        "{'rechargeOrderId':'','status':'SUCCESS','amount':1}",
        "{'rechargeOrderId':'" + ORDER + "','status':'PAID'}",
        "{'rechargeOrderId':'" + ORDER + "'}",
        "{'rechargeOrderId':'" + ORDER + "','status':'SUCCESS','amount':1e999999999}",
        "{'rechargeOrderId':'" + ORDER + "','status':'SUCCESS','amount':'NaN'}",
        "[",
        ""
      })
  void w06_whatCannotBeReadIsRefusedByItsField(String body) {
    assertThatThrownBy(() -> read(body))
        .isInstanceOfSatisfying(
            RechargeProblem.class,
            e -> assertThat(e.kind()).isEqualTo(RechargeProblem.Kind.BAD_REQUEST))
        .hasMessageMatching("(rechargeOrderId|status|amount|the body) .*");
  }

  @Test
  void anIdThatNobodyGaveIsNoOrder() {
    assertThatThrownBy(() -> read("{'rechargeOrderId':'recharge_u_1','status':'SUCCESS'}"))
        .isInstanceOfSatisfying(
            RechargeProblem.class,
            e -> assertThat(e.kind()).isEqualTo(RechargeProblem.Kind.ORDER_NOT_FOUND));
  }

  private static CallbackJson.Callback read(String body) {
    return CallbackJson.read("payments", body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }
}
