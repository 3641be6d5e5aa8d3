package plus.svc.billing.pipeline.source.page;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.pipeline.source.SourceFailure;
import plus.svc.billing.pipeline.source.SourceFailure.Kind;
import plus.svc.billing.pipeline.source.page.PushedBody.Placed;

/**
 * Decodes a body of pushed snapshots: an object, an array of objects, or any number of either, one
 * after the other (newline-delimited, for example). Any number of threads may use one decoder.
 */
public final class PushDecoder {

  private final DecoderLimits limits;
  private final JsonBody json;

  /** Makes a decoder with these limits; a body is one page. */
  public PushDecoder(DecoderLimits limits) {
    this.limits = limits;
    this.json = new JsonBody(limits, Kind.MALFORMED);
  }

  /**
   * Decodes one body and reads it to its end.
   *
   * @param body decompressed; not closed
   * @throws SourceFailure {@code truncated}, {@code malformed} or {@code too_large}
   * @throws IOException of the body itself
   */
  public PushedBody decode(InputStream body) throws IOException, SourceFailure {
    return json.read(body, parser -> new Reader(parser, limits).read());
  }

  private static final class Reader {

    private final JsonParser parser;
    private final DecoderLimits limits;
    private final SnapshotReader snapshotReader;
    private final List<Placed> placed = new ArrayList<>();
    private final List<RejectedSnapshot> rejected = new ArrayList<>();
    private final List<Snapshot> one = new ArrayList<>(1);
    private int index;

    Reader(JsonParser parser, DecoderLimits limits) {
      this.parser = parser;
      this.limits = limits;
      this.snapshotReader = new SnapshotReader(parser, limits);
    }

    PushedBody read() throws IOException, SourceFailure {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.START_ARRAY) {
          while (parser.nextToken() != JsonToken.END_ARRAY) {
            readOne();
          }
        } else if (token == JsonToken.START_OBJECT) {
          readOne();
        } else {
          throw new SourceFailure(
              Kind.MALFORMED, "the body holds something that is neither an object nor an array");
        }
      }
      if (index == 0) {
        throw new SourceFailure(Kind.MALFORMED, "the body holds no snapshot");
      }
      return new PushedBody(placed, rejected);
    }

    private void readOne() throws IOException, SourceFailure {
      if (index == limits.snapshots()) {
        throw new SourceFailure(
            Kind.TOO_LARGE, "the body has more than " + limits.snapshots() + " snapshots");
      }
      snapshotReader.read(index, one, rejected);
      if (!one.isEmpty()) {
        placed.add(new Placed(index, one.get(0)));
        one.clear();
      }
      index++;
    }
  }
}
