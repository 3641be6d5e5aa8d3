package plus.svc.billing.pipeline.source.page;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.snapshot.RejectReason;
import plus.svc.billing.pipeline.snapshot.RejectedSample;
import plus.svc.billing.pipeline.snapshot.Sample;
import plus.svc.billing.pipeline.source.SourceFailure;

/** Reads the samples of a page, one after the other, with the same fields each time. */
final class SampleReader {

  private final JsonParser parser;
  private final DecoderLimits limits;
  private final PageNames names = new PageNames();
  private final TotalField uplink = new TotalField();
  private final TotalField downlink = new TotalField();
  private @Nullable String identifier;
  private @Nullable String tag;
  private String sentIdentifier = "";
  private String sentTag = "";
  private boolean identified;

  SampleReader(JsonParser parser, DecoderLimits limits) {
    this.parser = parser;
    this.limits = limits;
  }

  /** Reads the sample that starts at the current token and adds it to one of the lists. */
  void read(List<Sample> samples, List<RejectedSample> rejected) throws IOException, SourceFailure {
    clear();
    if (parser.currentToken() == JsonToken.START_OBJECT) {
      readFields();
    } else {
      parser.skipChildren();
    }
    RejectReason problem = problem();
    if (problem == null && identifier != null && tag != null) {
      samples.add(new Sample(names.series(identifier, tag), uplink.bytes(), downlink.bytes()));
    } else {
      rejected.add(
          new RejectedSample(
              SentText.kept(sentIdentifier),
              SentText.kept(sentTag),
              uplink.sent(),
              downlink.sent(),
              problem == null ? RejectReason.BAD_IDENTIFIER : problem));
    }
  }

  private void clear() {
    identifier = null;
    identified = false;
    sentIdentifier = "";
    tag = "";
    sentTag = "";
    uplink.clear();
    downlink.clear();
  }

  private void readFields() throws IOException, SourceFailure {
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      JsonToken value = parser.nextToken();
      switch (Key.of(name)) {
        case UUID -> readIdentifier(value);
        case INBOUND_TAG -> readTag(value);
        case UPLINK_BYTES_TOTAL -> uplink.read(parser);
        case DOWNLINK_BYTES_TOTAL -> downlink.read(parser);
        default -> parser.skipChildren();
      }
    }
  }

  private void readIdentifier(JsonToken value) throws IOException, SourceFailure {
    identified = value != JsonToken.VALUE_NULL;
    sentIdentifier = JsonText.scalar(parser, limits.stringChars());
    identifier = value == JsonToken.VALUE_STRING ? names.identifier(sentIdentifier) : null;
  }

  private void readTag(JsonToken value) throws IOException, SourceFailure {
    sentTag = JsonText.scalar(parser, limits.stringChars());
    boolean fit = value == JsonToken.VALUE_STRING || value == JsonToken.VALUE_NULL;
    tag = fit ? names.tag(sentTag) : null;
  }

  private @Nullable RejectReason problem() {
    if (!identified) {
      return RejectReason.MISSING_FIELD;
    }
    if (identifier == null || tag == null) {
      return RejectReason.BAD_IDENTIFIER;
    }
    if (uplink.problem() != null) {
      return uplink.problem();
    }
    if (downlink.problem() != null) {
      return downlink.problem();
    }
    return uplink.bytes() > Long.MAX_VALUE - downlink.bytes() ? RejectReason.OUT_OF_RANGE : null;
  }
}
