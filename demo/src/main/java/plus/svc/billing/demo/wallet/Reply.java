package plus.svc.billing.demo.wallet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;

/**
 * What a service was answered.
 *
 * @param code the business code of a refusal; '' where it was done
 * @param data the answer itself, by the names of the wallet's calls; null node of a refusal
 */
record Reply(String code, JsonNode data) {

  static Reply refused(String code) {
    return new Reply(code, NullNode.getInstance());
  }

  boolean done() {
    return code.isEmpty();
  }

  /** Nobody knows whether it was done: the same again, under the same key, tells. */
  boolean unknown() {
    return code.equals("503");
  }
}
