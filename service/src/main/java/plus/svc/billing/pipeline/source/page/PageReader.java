package plus.svc.billing.pipeline.source.page;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.pipeline.source.SourceFailure;
import plus.svc.billing.pipeline.source.SourceFailure.Kind;

/** Reads one page; of a key that comes twice the last one counts. */
final class PageReader {

  private final JsonParser parser;
  private final DecoderLimits limits;
  private final SnapshotReader snapshotReader;
  private final List<Snapshot> snapshots = new ArrayList<>();
  private final List<RejectedSnapshot> rejected = new ArrayList<>();
  private String nodeId = "";
  private String env = "";
  private boolean hasMore;
  private @Nullable String nextCursor;
  private boolean isWindow;

  PageReader(JsonParser parser, DecoderLimits limits) {
    this.parser = parser;
    this.limits = limits;
    this.snapshotReader = new SnapshotReader(parser, limits);
  }

  WindowPage read() throws IOException, SourceFailure {
    startObject();
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      readField(Key.of(name), parser.nextToken());
    }
    endBody();
    if (!isWindow) {
      throw new SourceFailure(
          Kind.MALFORMED, "a JSON object with neither snapshots nor has_more: not the window");
    }
    return new WindowPage(nodeId, env, snapshots, rejected, hasMore, nextCursor);
  }

  /** The whole body is one snapshot; the zero time is none. */
  WindowPage readLatest() throws IOException, SourceFailure {
    startObject();
    snapshotReader.read(0, snapshots, rejected);
    endBody();
    return snapshotReader.isOfZeroTime()
        ? WindowPage.EMPTY
        : new WindowPage("", "", snapshots, rejected, false, null);
  }

  private void startObject() throws IOException, SourceFailure {
    JsonToken first = parser.nextToken();
    if (first == null) {
      throw new SourceFailure(Kind.TRUNCATED, "the body is empty");
    }
    if (first != JsonToken.START_OBJECT) {
      throw new SourceFailure(Kind.MALFORMED, "the body is no JSON object");
    }
  }

  private void endBody() throws IOException, SourceFailure {
    if (parser.nextToken() != null) {
      throw new SourceFailure(Kind.MALFORMED, "something follows the page");
    }
  }

  private void readField(Key key, JsonToken value) throws IOException, SourceFailure {
    switch (key) {
      case NODE_ID -> nodeId = JsonText.required(parser, key, limits.stringChars());
      case ENV -> env = JsonText.required(parser, key, limits.stringChars());
      case NEXT_CURSOR ->
          nextCursor =
              value == JsonToken.VALUE_NULL
                  ? null
                  : JsonText.required(parser, key, limits.stringChars());
      case HAS_MORE -> readHasMore(value);
      case SNAPSHOTS -> readSnapshots(value);
      default -> parser.skipChildren();
    }
  }

  private void readHasMore(JsonToken value) throws SourceFailure {
    if (value != JsonToken.VALUE_NULL && !value.isBoolean()) {
      throw new SourceFailure(Kind.MALFORMED, "the page's has_more is neither true nor false");
    }
    hasMore = value == JsonToken.VALUE_TRUE;
    isWindow = true;
  }

  private void readSnapshots(JsonToken value) throws IOException, SourceFailure {
    snapshots.clear();
    rejected.clear();
    isWindow = true;
    if (value == JsonToken.VALUE_NULL) {
      return;
    }
    if (value != JsonToken.START_ARRAY) {
      throw new SourceFailure(Kind.MALFORMED, "the page's snapshots is no array");
    }
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      snapshotReader.read(snapshots.size() + rejected.size(), snapshots, rejected);
      if (snapshots.size() + rejected.size() > limits.snapshots()) {
        throw new SourceFailure(
            Kind.TOO_LARGE, "a page has more than " + limits.snapshots() + " snapshots");
      }
    }
  }
}
