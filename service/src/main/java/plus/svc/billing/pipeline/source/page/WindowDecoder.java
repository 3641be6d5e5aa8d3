package plus.svc.billing.pipeline.source.page;

import java.io.IOException;
import java.io.InputStream;
import plus.svc.billing.pipeline.source.SourceFailure;

/**
 * Decodes a page of {@code /v1/snapshots/window} while it comes in, within {@link DecoderLimits}.
 * Any number of threads may use one decoder.
 */
public final class WindowDecoder {

  private final DecoderLimits limits;
  private final JsonBody json;

  /** Makes a decoder with these limits. */
  public WindowDecoder(DecoderLimits limits) {
    this.limits = limits;
    this.json = new JsonBody(limits, SourceFailure.Kind.TOO_LARGE);
  }

  /**
   * Decodes one page and reads the body to its end.
   *
   * @param body decompressed; not closed
   * @throws SourceFailure {@code truncated}, {@code malformed} or {@code too_large}
   * @throws IOException of the body itself
   */
  public WindowPage decode(InputStream body) throws IOException, SourceFailure {
    return json.read(body, parser -> new PageReader(parser, limits).read());
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
    return json.read(body, parser -> new PageReader(parser, limits).readLatest());
  }
}
