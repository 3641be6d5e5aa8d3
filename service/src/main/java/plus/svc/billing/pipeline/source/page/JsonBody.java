package plus.svc.billing.pipeline.source.page;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.IOException;
import java.io.InputStream;
import plus.svc.billing.pipeline.source.SourceFailure;
import plus.svc.billing.pipeline.source.SourceFailure.Kind;

/** Parses a body while it comes in, within {@link DecoderLimits}; for any number of threads. */
final class JsonBody {

  private final DecoderLimits limits;
  private final Kind whenConvoluted;
  private final JsonFactory factory;

  /**
   * @param whenConvoluted what a body is that nests too deep or holds too long a text: a page may
   *     be asked for again in smaller pieces, a pushed body is simply wrong
   */
  JsonBody(DecoderLimits limits, Kind whenConvoluted) {
    this.limits = limits;
    this.whenConvoluted = whenConvoluted;
    this.factory =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(limits.depth())
                    .maxStringLength(limits.stringChars())
                    .maxNameLength(limits.stringChars())
                    .maxNumberLength(limits.stringChars())
                    .build())
            // JSON on a wire is UTF-8; a guess at another encoding fails in ways of its own.
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();
  }

  /** What makes something of the parser's tokens. */
  interface Reading<T> {
    T read(JsonParser parser) throws IOException, SourceFailure;
  }

  /**
   * Reads the body to its end.
   *
   * @param body decompressed; not closed
   * @throws SourceFailure {@code truncated}, {@code malformed} or {@code too_large}
   * @throws IOException of the body itself
   */
  <T> T read(InputStream body, Reading<T> reading) throws IOException, SourceFailure {
    try (JsonParser parser =
        factory.createParser(new LimitedInputStream(body, limits.bodyBytes()))) {
      return reading.read(parser);
    } catch (LimitedInputStream.TooLong e) {
      throw new SourceFailure(
          Kind.TOO_LARGE, "the body has more than " + limits.bodyBytes() + " bytes");
    } catch (StreamConstraintsException e) {
      throw new SourceFailure(
          whenConvoluted,
          "nested deeper than "
              + limits.depth()
              + ", or a text or number of more than "
              + limits.stringChars()
              + " characters");
    } catch (JsonEOFException e) {
      throw new SourceFailure(Kind.TRUNCATED, "the body ends within the page");
    } catch (JsonProcessingException e) {
      throw new SourceFailure(Kind.MALFORMED, "no JSON from byte " + offset(e) + " on");
    }
  }

  private static long offset(JsonProcessingException e) {
    return e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getByteOffset());
  }
}
