package plus.svc.billing.collector;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import plus.svc.billing.pipeline.source.SourceProgress;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.pipeline.source.walk.Window;
import plus.svc.billing.platform.log.Happening;

/** Which stretch of time is read next. No I/O. */
public final class WindowChoice {

  /** Read again each time: an exporter may still rewrite its newest minute. */
  static final Duration OVERLAP = Duration.ofMinutes(2);

  /** What exporters keep by default; asking for more brings nothing. */
  static final Duration RETENTION = Duration.ofDays(3);

  private static final Logger LOG = LoggerFactory.getLogger(WindowChoice.class);

  private WindowChoice() {}

  /**
   * The end of what can be read: the last full minute but one, for a minute grows until it ends.
   */
  public static Instant until(Instant now) {
    return now.truncatedTo(ChronoUnit.MINUTES).minus(1, ChronoUnit.MINUTES);
  }

  /**
   * From a little before the watermark on; on first contact from as far back as configured, but not
   * from before billing starts. While a source answers with nothing its watermark stays, and so the
   * window grows, up to what an exporter keeps.
   *
   * @return empty if billing of the source starts later
   */
  static Optional<Window> collect(
      SourceSpec source, SourceProgress progress, Instant now, Duration firstLookBack) {
    Instant until = until(now);
    Instant seen = progress.lastCompletedUntil();
    Instant since =
        seen == null ? first(source, until, firstLookBack) : overlapping(source, seen, until);
    since = later(since, until.minus(furthest(firstLookBack)));
    return since.isAfter(until) ? Optional.empty() : Optional.of(new Window(since, until));
  }

  /** The same, but reaching back at least so far from now. Nothing unread is jumped over. */
  static Optional<Window> reconcile(
      SourceSpec source,
      SourceProgress progress,
      Instant now,
      Duration firstLookBack,
      Duration lookBack) {
    Instant from =
        now.truncatedTo(ChronoUnit.MINUTES).minus(lookBack).truncatedTo(ChronoUnit.SECONDS);
    return collect(source, progress, now, firstLookBack)
        .map(window -> from.isBefore(window.since()) ? new Window(from, window.until()) : window);
  }

  /**
   * The watermark after a window in which there was nothing. That proves nothing about the time
   * asked for, so it stays, but for what exporters don't keep any more: it will never be seen.
   *
   * @param seen the watermark before, null if the source was never read
   */
  static @Nullable Instant afterEmpty(@Nullable Instant seen, Instant now, Duration firstLookBack) {
    return seen == null ? null : later(seen, until(now).minus(furthest(firstLookBack)));
  }

  private static Duration furthest(Duration firstLookBack) {
    return firstLookBack.compareTo(RETENTION) > 0 ? firstLookBack : RETENTION;
  }

  private static Instant first(SourceSpec source, Instant until, Duration firstLookBack) {
    Instant earliest = until.minus(firstLookBack).truncatedTo(ChronoUnit.SECONDS);
    return source.billingFrom().equals(Instant.EPOCH)
        ? earliest
        : later(earliest, source.billingFrom().minus(OVERLAP).truncatedTo(ChronoUnit.SECONDS));
  }

  private static Instant overlapping(SourceSpec source, Instant seen, Instant until) {
    if (seen.isAfter(until)) {
      LOG.warn(
          Happening.SOURCE_AHEAD,
          "source {} was read until {}, which is still to come: reading up to {} again",
          source.id(),
          seen,
          until);
      return until.minus(OVERLAP);
    }
    return seen.minus(OVERLAP).truncatedTo(ChronoUnit.SECONDS);
  }

  static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }
}
