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

/**
 * Decodes a page of {@code /v1/snapshots/window} while it comes in, within {@link DecoderLimits}.
 * Any number of threads may use one decoder.
 */
public final class WindowDecoder {

  private final DecoderLimits limits;
  private final JsonFactory factory;

  /** Makes a decoder with these limits. */
  public WindowDecoder(DecoderLimits limits) {
    this.limits = limits;
    this.factory =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(limits.depth())
                    .maxStringLength(limits.stringChars())
                    .maxNameLength(limits.stringChars())
                    .maxNumberLength(limits.stringChars())
                    .build())
            .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();
  }

  /**
   * Decodes one page and reads the body to its end.
   *
   * @param body decompressed; not closed
   * @throws SourceFailure {@code truncated}, {@code malformed} or {@code too_large}
   * @throws IOException of the body itself
   */
  public WindowPage decode(InputStream body) throws IOException, SourceFailure {
    return decode(body, PageReader::read);
  }

  /**
   * Decodes the answer of {@code /v1/snapshots/latest}: one snapshot, which makes a page of one. A
   * snapshot of the year 1 is how some exporters say that they have none.
   *
   * @param body decompressed; not closed
   * @throws SourceFailure {@code truncated}, {@code malformed} or {@code too_large}
   * @throws IOException of the body itself
   */
  public WindowPage decodeLatest(InputStream body) throws IOException, SourceFailure {
    return decode(body, PageReader::readLatest);
  }

  /** Reads what is expected in the body. */
  @FunctionalInterface
  private interface Reading {
    WindowPage read(PageReader reader) throws IOException, SourceFailure;
  }

  private WindowPage decode(InputStream body, Reading reading) throws IOException, SourceFailure {
    try (JsonParser parser =
        factory.createParser(new LimitedInputStream(body, limits.bodyBytes()))) {
      return reading.read(new PageReader(parser, limits));
    } catch (LimitedInputStream.TooLong e) {
      throw new SourceFailure(
          Kind.TOO_LARGE, "the body has more than " + limits.bodyBytes() + " bytes");
    } catch (StreamConstraintsException e) {
      throw new SourceFailure(
          Kind.TOO_LARGE,
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
