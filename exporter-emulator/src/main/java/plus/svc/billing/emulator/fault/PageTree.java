package plus.svc.billing.emulator.fault;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import plus.svc.billing.emulator.window.GoTime;

/** A page as a tree to tamper with. */
public final class PageTree {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final String COLLECTED_AT = "collected_at";

  private final ObjectNode root;

  private PageTree(ObjectNode root) {
    this.root = root;
  }

  /** Empty if the bytes are no JSON object. */
  static Optional<PageTree> parse(byte[] body) {
    try {
      return MAPPER.readTree(body) instanceof ObjectNode object
          ? Optional.of(new PageTree(object))
          : Optional.empty();
    } catch (JsonProcessingException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  byte[] bytes() {
    try {
      return MAPPER.writeValueAsBytes(root);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  ObjectNode root() {
    return root;
  }

  /** The snapshots, made an empty array if they are null. */
  ArrayNode snapshots() {
    return root.get("snapshots") instanceof ArrayNode array ? array : root.putArray("snapshots");
  }

  List<ObjectNode> snapshotList() {
    return objects(snapshots());
  }

  Optional<ObjectNode> lastSnapshot() {
    List<ObjectNode> all = snapshotList();
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
  }

  /** Every sample of every snapshot. */
  List<ObjectNode> samples() {
    return snapshotList().stream().flatMap(snapshot -> samples(snapshot).stream()).toList();
  }

  Optional<ObjectNode> firstSample() {
    return samples().stream().findFirst();
  }

  static List<ObjectNode> samples(ObjectNode snapshot) {
    return snapshot.get("samples") instanceof ArrayNode array ? objects(array) : List.of();
  }

  static Optional<Instant> collectedAt(ObjectNode snapshot) {
    return GoTime.parse(snapshot.path(COLLECTED_AT).asText());
  }

  static void stamp(ObjectNode snapshot, Instant instant) {
    snapshot.put(COLLECTED_AT, GoTime.format(instant));
  }

  void more(String nextCursor) {
    root.put("has_more", true);
    root.put("next_cursor", nextCursor);
  }

  private static List<ObjectNode> objects(ArrayNode array) {
    List<ObjectNode> all = new ArrayList<>();
    for (JsonNode node : array) {
      if (node instanceof ObjectNode object) {
        all.add(object);
      }
    }
    return all;
  }
}
