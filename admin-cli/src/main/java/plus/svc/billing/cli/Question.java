package plus.svc.billing.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The inputs of an operation, as options gave them; the service reads and judges them. They go as a
 * body, never in the URL, which ends up in logs.
 */
final class Question {

  private final String operation;
  private final ObjectNode inputs = JsonNodeFactory.instance.objectNode();
  private boolean applies;

  Question(String operation) {
    this.operation = operation;
  }

  /** An input, passed on verbatim; left out if null. */
  Question with(String name, @Nullable Object value) {
    if (value != null) {
      inputs.put(name, value.toString());
    }
    return this;
  }

  /** Several values of an input. */
  Question withAll(String name, List<String> values) {
    if (!values.isEmpty()) {
      ArrayNode array = inputs.putArray(name);
      values.forEach(array::add);
    }
    return this;
  }

  /** An input that is given or not. */
  Question flag(String name, boolean given) {
    return given ? with(name, "true") : this;
  }

  /** Whether it is to be done, and why. */
  Question applying(boolean apply, @Nullable String reason) {
    applies = apply;
    return flag("apply", apply).with("reason", reason);
  }

  /** The right that the call needs. */
  String right() {
    return applies ? "admin:write" : "admin:read";
  }

  String path() {
    return "/admin/v1/" + operation;
  }

  String body() {
    return inputs.toString();
  }
}
