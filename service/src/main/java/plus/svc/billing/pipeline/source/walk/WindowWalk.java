package plus.svc.billing.pipeline.source.walk;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.pipeline.source.SourceFailure;
import plus.svc.billing.pipeline.source.SourceFailure.Kind;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.pipeline.source.page.WindowFetcher;
import plus.svc.billing.pipeline.source.page.WindowPage;
import plus.svc.billing.pipeline.source.page.WindowQuery;

/**
 * Reads one window of one source to its end, one page a call. One thread at a time.
 *
 * <p>Foreign, outside and unusable snapshots are set aside and counted, the rest goes on. A page
 * too large, or cut short, is asked for again with fewer snapshots.
 */
public final class WindowWalk implements Walk {

  /** More pages than this are no window but a trap; the longest honest one has some hundreds. */
  static final int MAX_PAGES = 20_000;

  private final WindowFetcher fetcher;
  private final SourceSpec source;
  private final Window window;
  private final CursorGuard cursors = new CursorGuard();
  private final PageSize pageSize;
  private final Sieve sieve;
  private final long maxPages;
  private @Nullable Instant newest;
  private int pages;
  private boolean done;

  /**
   * Prepares a walk; asks nothing yet.
   *
   * @param pageSnapshots snapshots to ask for in one page, 1 to 1000
   */
  public WindowWalk(WindowFetcher fetcher, SourceSpec source, Window window, int pageSnapshots) {
    this(fetcher, source, window, PageSize.fixed(pageSnapshots));
  }

  /** Prepares a walk whose pages follow the size of those that came; asks nothing yet. */
  public WindowWalk(WindowFetcher fetcher, SourceSpec source, Window window, PageSize pageSize) {
    this.fetcher = fetcher;
    this.source = source;
    this.window = window;
    this.pageSize = pageSize;
    this.sieve = new Sieve(source, window::contains);
    pageSize.begin();
    // No node is read more often than once a second, so no honest window has more pages than
    // seconds.
    this.maxPages =
        Math.min(MAX_PAGES, Duration.between(window.since(), window.until()).toSeconds() + 2);
  }

  @Override
  public boolean isDone() {
    return done;
  }

  @Override
  public WalkedPage next() throws SourceFailure {
    if (done) {
      throw new IllegalStateException("the window is read out");
    }
    // A failure ends the walk, wherever it comes from.
    done = true;
    if (++pages > maxPages) {
      throw new SourceFailure(Kind.CURSOR, "the window does not end after " + maxPages + " pages");
    }
    WindowPage page = fetch();
    pageSize.came(page.snapshots());
    String cursor = null;
    if (page.hasMore()) {
      if (page.isEmpty()) {
        throw new SourceFailure(Kind.CURSOR, "more is to follow an empty page");
      }
      cursor = cursors.advance(page.nextCursor());
      checkAdvances(page);
    }
    WalkedPage walked = sift(page, cursor);
    done = cursor == null;
    return walked;
  }

  private WindowPage fetch() throws SourceFailure {
    while (true) {
      try {
        return fetcher.fetchWindow(
            source,
            new WindowQuery(window.since(), window.until(), pageSize.snapshots(), cursors.last()));
      } catch (SourceFailure e) {
        boolean smallerMayPass = e.kind() == Kind.TOO_LARGE || e.kind() == Kind.TRUNCATED;
        if (!smallerMayPass || !pageSize.shrink()) {
          throw e;
        }
      }
    }
  }

  /** Cursors may look new for ever while the same snapshots come again and again. */
  private void checkAdvances(WindowPage page) throws SourceFailure {
    Optional<Instant> newestOfPage =
        page.snapshots().stream()
            .map(Snapshot::collectedAt)
            .filter(window::contains)
            .max(Comparator.naturalOrder());
    if (newestOfPage.isEmpty()) {
      return;
    }
    if (newest != null && !newestOfPage.get().isAfter(newest)) {
      throw new SourceFailure(
          Kind.CURSOR, "a page brings nothing newer than the one before, and more is to follow");
    }
    newest = newestOfPage.get();
  }

  private WalkedPage sift(WindowPage page, @Nullable String cursor) throws SourceFailure {
    WalkedPage walked = sieve.sift(page, cursor);
    int outside = walked.findings().outside();
    if (cursor != null && outside == page.snapshots().size() && outside > 0) {
      throw new SourceFailure(
          Kind.OUTSIDE_WINDOW, "a whole page lies outside the asked window, and more is to follow");
    }
    return walked;
  }
}
