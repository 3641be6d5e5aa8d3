package plus.svc.billing.pipeline.source.page;

/**
 * How much of a page is read before it is refused as {@code too_large}. Together they bound the
 * memory that one page can take.
 *
 * @param bodyBytes of the body, decompressed
 * @param snapshots in a page, the ones set aside included
 * @param samplesPerSnapshot the ones set aside included
 * @param samplesPerPage the ones set aside included
 * @param stringChars of any text that is looked at
 * @param depth of nested objects and arrays
 */
public record DecoderLimits(
    long bodyBytes,
    int snapshots,
    int samplesPerSnapshot,
    int samplesPerPage,
    int stringChars,
    int depth) {

  /**
   * As much room for a page as for the biggest single snapshot, some 10 MB; a page with more is
   * asked for again with fewer snapshots. Both exporters cap a page at 1,440 snapshots or less.
   */
  public static final DecoderLimits DEFAULT =
      new DecoderLimits(64L << 20, 1_440, 100_000, 100_000, 2_048, 16);

  public DecoderLimits {
    if (bodyBytes <= 0
        || snapshots <= 0
        || samplesPerSnapshot <= 0
        || samplesPerPage <= 0
        || stringChars <= 0
        || depth <= 0) {
      throw new IllegalArgumentException("every limit must be above 0");
    }
  }
}
