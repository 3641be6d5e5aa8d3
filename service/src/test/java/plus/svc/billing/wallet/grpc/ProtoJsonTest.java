package plus.svc.billing.wallet.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.math.BigDecimal;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import plus.svc.billing.proto.v1.GetAccountReply;
import plus.svc.billing.proto.v1.RechargeRequest;

class ProtoJsonTest {

  /** As the exact texts that they are stored and checked as. */
  @ParameterizedTest
  @CsvSource({
    "1e-7, 0.0000001",
    "1e-12, 0.000000000001",
    "0.1, 0.1",
    "0.29, 0.29",
    "1e15, 1000000000000000",
    "123456789012345.6, 123456789012345.6",
    "1e22, 10000000000000000000000",
    "-1e-7, -0.0000001",
    "NaN, NaN"
  })
  void aDoubleOfARequestIsItsShortestPlainDecimal(double amount, String text) {
    RechargeRequest request = RechargeRequest.newBuilder().setAmount(amount).build();
    assertThat(ProtoJson.of(request).path("amount").asText()).isEqualTo(text);
  }

  @Test
  void anAmountOfAReplyIsTheNearestDoubleHoweverSmallOrLarge() {
    for (String amount :
        new String[] {"0.0000001", "0.000000000001", "0.29", "999999999999999.999999999999"}) {
      GetAccountReply.Builder reply = GetAccountReply.newBuilder();
      ProtoJson.fill(
          reply,
          JsonMapper.builder().build().valueToTree(Map.of("balance", new BigDecimal(amount))));
      assertThat(reply.getBalance()).isEqualTo(Double.parseDouble(amount));
    }
  }
}
