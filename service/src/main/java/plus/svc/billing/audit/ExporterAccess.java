package plus.svc.billing.audit;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.source.page.WindowFetcher;

/**
 * How exporters are asked.
 *
 * @param fetcher null where nothing is pulled; one of its own, for a source answers one request of
 *     a fetcher at a time
 * @param remembered how far back exporters remember
 */
public record ExporterAccess(
    @Nullable WindowFetcher fetcher, int pageSnapshots, Duration remembered) {

  /** What exporters keep by default. */
  public static final Duration REMEMBERED = Duration.ofDays(3);

  /** Nobody can be asked. */
  public static final ExporterAccess NONE = new ExporterAccess(null, 1, REMEMBERED);
}
