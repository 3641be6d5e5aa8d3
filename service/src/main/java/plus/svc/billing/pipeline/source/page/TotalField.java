package plus.svc.billing.pipeline.source.page;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.snapshot.RejectReason;

/** One counter of one sample; reused for each sample, since millions pass. */
final class TotalField {

  private long bytes;
  private @Nullable RejectReason problem = RejectReason.MISSING_FIELD;
  private @Nullable String sent;

  void clear() {
    bytes = 0;
    problem = RejectReason.MISSING_FIELD;
    sent = null;
  }

  /** Takes the current value: plain 64-bit integers, neither fractions nor exponents. */
  void read(JsonParser parser) throws IOException {
    clear();
    JsonToken token = parser.currentToken();
    if (token == JsonToken.VALUE_NUMBER_INT) {
      readInteger(parser);
    } else if (token.isStructStart()) {
      problem = RejectReason.NOT_AN_INTEGER;
      parser.skipChildren();
    } else if (token != JsonToken.VALUE_NULL) {
      problem = RejectReason.NOT_AN_INTEGER;
      sent = SentText.kept(parser.getText());
    }
  }

  long bytes() {
    return bytes;
  }

  @Nullable RejectReason problem() {
    return problem;
  }

  /** The value as it was sent, '' if none was. */
  String sent() {
    if (sent != null) {
      return sent;
    }
    return problem == null ? Long.toString(bytes) : "";
  }

  private void readInteger(JsonParser parser) throws IOException {
    if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
      problem = RejectReason.OUT_OF_RANGE;
      sent = SentText.kept(parser.getText());
      return;
    }
    bytes = parser.getLongValue();
    if (bytes < 0) {
      problem = RejectReason.NEGATIVE_TOTAL;
      sent = Long.toString(bytes);
    } else {
      problem = null;
    }
  }
}
