package plus.svc.billing.demo.wallet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/** Gives everybody something at the beginning, by one bulk that is sent twice. */
final class Bonus {

  private static final BigDecimal AMOUNT = new BigDecimal("2.50");
  private static final ObjectMapper JSON = new ObjectMapper();

  private Bonus() {}

  static void pay(PlatformService service, HttpCaller wallet, List<UUID> people)
      throws IOException {
    List<Call> calls = people.stream().map(person -> Call.credit(person, AMOUNT, false)).toList();
    String lines =
        calls.stream()
            .map(
                call ->
                    call.body()
                        .put("operation", "credit")
                        .put("idempotencyKey", "bonus-" + call.body().path("accountId").asText())
                        .toString())
            .collect(Collectors.joining("\n"));
    List<Reply> first = replies(wallet.bulk(lines));
    List<Reply> again = replies(wallet.bulk(lines));
    if (first.size() != calls.size() || again.size() != calls.size()) {
      service.books().complain("a bulk of " + calls.size() + " lines was answered " + first.size());
      return;
    }
    for (int i = 0; i < calls.size(); i++) {
      service.books().answered(calls.get(i), first.get(i));
      service.books().answeredAgain(calls.get(i), first.get(i), again.get(i));
    }
  }

  private static List<Reply> replies(String lines) throws IOException {
    List<Reply> replies = new ArrayList<>();
    for (String line : lines.lines().toList()) {
      JsonNode told = JSON.readTree(line);
      if (told.has("line")) {
        replies.add(
            told.path("success").asBoolean()
                ? new Reply("", told)
                : Reply.refused(told.path("errorCode").asText()));
      }
    }
    return replies;
  }
}
