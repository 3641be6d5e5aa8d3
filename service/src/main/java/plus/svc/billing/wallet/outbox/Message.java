package plus.svc.billing.wallet.outbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * A notice as it is sent; the same bytes with every attempt.
 *
 * @param body JSON, sent in UTF-8
 */
record Message(UUID id, String body) {

  private static final ObjectMapper JSON = new ObjectMapper();

  byte[] bytes() {
    return body.getBytes(StandardCharsets.UTF_8);
  }

  static Message of(Due due) {
    try {
      ObjectNode body = JSON.createObjectNode();
      body.put("id", due.id().toString());
      body.put("type", due.kind());
      body.put("timestamp", due.at().toString());
      body.put("account_uuid", due.accountUuid().toString());
      body.put("sequence", due.seq());
      body.set("data", JSON.readTree(due.data()));
      return new Message(due.id(), JSON.writeValueAsString(body));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("PostgreSQL keeps nothing but JSON in JSONB", e);
    }
  }
}
