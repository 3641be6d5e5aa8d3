package plus.svc.billing.demo.wallet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.UUID;
import java.util.function.Function;

/**
 * A call as a service makes it.
 *
 * @param path below {@code /internal/v1/billing/}
 * @param effect what an answer to it says was moved
 */
record Call(String path, ObjectNode body, Function<JsonNode, Effect> effect) {

  private static final String UNIT = "CNY";

  /** Calls of a service: free ones first, the rest from the balance. */
  static Call deduct(UUID user, String service, int count) {
    return new Call(
        "deduct",
        object().put("userId", user.toString()).put("serviceName", service).put("count", count),
        answer -> used(user, service, answer, "costText"));
  }

  /** What a deduction would do; moves nothing. */
  static Call check(UUID user, String service, int count) {
    return new Call("check", deduct(user, service, count).body(), answer -> Effect.NONE);
  }

  static Call hold(UUID user, String service, int count, int ttlSeconds) {
    return new Call(
        "holds",
        object()
            .put("userId", user.toString())
            .put("serviceName", service)
            .put("count", count)
            .put("ttlSeconds", ttlSeconds),
        answer -> Effect.NONE);
  }

  /**
   * Takes a hold.
   *
   * @param count how much of it; 0, all
   */
  static Call commit(String hold, UUID user, String service, int count) {
    ObjectNode body = object();
    if (count > 0) {
      body.put("count", count);
    }
    return new Call(
        "holds/" + hold + "/commit",
        body,
        answer -> used(user, service, answer, "committedAmount"));
  }

  static Call release(String hold) {
    return new Call("holds/" + hold + "/void", object(), answer -> Effect.NONE);
  }

  static Call credit(UUID account, BigDecimal amount, boolean guarded) {
    return new Call("credits", post(account, amount, guarded), done -> Effect.of(account, amount));
  }

  static Call debit(UUID account, BigDecimal amount) {
    return new Call(
        "debits", post(account, amount, true), done -> Effect.of(account, amount.negate()));
  }

  static Call transfer(UUID from, UUID to, BigDecimal amount) {
    return new Call(
        "transfers",
        object()
            .put("fromAccountId", from.toString())
            .put("toAccountId", to.toString())
            .put("amount", amount.toPlainString())
            .put("currency", UNIT),
        done -> Effect.of(from, amount.negate()).and(Effect.of(to, amount)));
  }

  /** The same with other content, as nobody should send it under the same key. */
  Call altered() {
    ObjectNode other = body.deepCopy();
    if (body.has("count")) {
      other.put("count", body.path("count").intValue() + 1);
    } else if (body.has("amount")) {
      other.put(
          "amount",
          new BigDecimal(body.path("amount").asText()).add(BigDecimal.ONE).toPlainString());
    }
    return new Call(path, other, effect);
  }

  private static Effect used(UUID user, String service, JsonNode answer, String cost) {
    return Effect.of(user, new BigDecimal(answer.path(cost).asText()).negate())
        .withFree(user, service, answer.path("freeCount").longValue());
  }

  private static ObjectNode post(UUID account, BigDecimal amount, boolean guarded) {
    return object()
        .put("accountId", account.toString())
        .put("amount", amount.toPlainString())
        .put("currency", UNIT)
        .put("guarded", guarded);
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
