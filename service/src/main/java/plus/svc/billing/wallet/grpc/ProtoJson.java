package plus.svc.billing.wallet.grpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Messages as JSON and back, by the names of their fields, which are those of the HTTP calls. */
final class ProtoJson {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private ProtoJson() {}

  /** The fields that are set; a double by its shortest digits, {@code "NaN"} where it has none. */
  static ObjectNode of(Message message) {
    ObjectNode node = NODES.objectNode();
    for (Map.Entry<FieldDescriptor, Object> entry : message.getAllFields().entrySet()) {
      FieldDescriptor field = entry.getKey();
      if (field.isMapField()) {
        ObjectNode map = node.putObject(field.getName());
        for (Object pair : (List<?>) entry.getValue()) {
          ObjectNode part = of((Message) pair);
          map.set(part.path("key").asText(), part.path("value"));
        }
      } else if (field.isRepeated()) {
        ArrayNode list = node.putArray(field.getName());
        ((List<?>) entry.getValue()).forEach(item -> list.add(value(item)));
      } else {
        node.set(field.getName(), value(entry.getValue()));
      }
    }
    return node;
  }

  private static JsonNode value(Object value) {
    if (value instanceof Timestamp at) {
      return NODES.textNode(Instant.ofEpochSecond(at.getSeconds(), at.getNanos()).toString());
    } else if (value instanceof Message message) {
      return of(message);
    } else if (value instanceof Boolean flag) {
      return NODES.booleanNode(flag);
    } else if (value instanceof Long || value instanceof Integer) {
      return NODES.numberNode(((Number) value).longValue());
    } else if (value instanceof Double number) {
      return Double.isFinite(number)
          ? NODES.textNode(new BigDecimal(number.toString()).stripTrailingZeros().toPlainString())
          : NODES.textNode(number.toString());
    }
    return NODES.textNode(value.toString());
  }

  /** Sets what the message has of the fields; a count that is too large becomes the largest. */
  static void fill(Message.Builder message, JsonNode fields) {
    for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
      JsonNode value = fields.path(field.getName());
      if (field.isRepeated()) {
        value.forEach(item -> message.addRepeatedField(field, read(message, field, item)));
      } else if (!value.isMissingNode() && !value.isNull()) {
        message.setField(field, read(message, field, value));
      }
    }
  }

  private static Object read(Message.Builder message, FieldDescriptor field, JsonNode value) {
    return switch (field.getJavaType()) {
      case STRING -> value.asText();
      case BOOLEAN -> value.asBoolean();
      case INT -> (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, value.longValue()));
      case LONG -> value.longValue();
      case DOUBLE -> value.doubleValue();
      case MESSAGE -> inner(message.newBuilderForField(field), value);
      default -> throw new IllegalStateException("no call answers a " + field.getJavaType());
    };
  }

  private static Message inner(Message.Builder builder, JsonNode value) {
    if (builder instanceof Timestamp.Builder at) {
      Instant instant = Instant.parse(value.asText());
      return at.setSeconds(instant.getEpochSecond()).setNanos(instant.getNano()).build();
    }
    fill(builder, value);
    return builder.build();
  }
}
