package plus.svc.billing.pipeline.source.walk;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.pipeline.source.SourceFailure;
import plus.svc.billing.pipeline.source.SourceFailure.Kind;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.pipeline.source.page.RejectedSnapshot;
import plus.svc.billing.pipeline.source.page.WindowFetcher;
import plus.svc.billing.pipeline.source.page.WindowPage;
import plus.svc.billing.pipeline.source.page.WindowQuery;

/**
 * Reads one window of one source to its end, one page a call. One thread at a time.
 *
 * <p>Foreign, outside and unusable snapshots are set aside and counted, the rest goes on. A page
 * too large, or cut short, is asked for again with fewer snapshots.
 */
public final class WindowWalk {

  /** More pages than this are no window but a trap; the longest honest one has some hundreds. */
  static final int MAX_PAGES = 20_000;

  private static final int SHRINK = 4;

  private final WindowFetcher fetcher;
  private final SourceSpec source;
  private final Window window;
  private final CursorGuard cursors = new CursorGuard();
  private int pageSnapshots;
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
    this.fetcher = fetcher;
    this.source = source;
    this.window = window;
    this.pageSnapshots = pageSnapshots;
    // No node is read more often than once a second, so no honest window has more pages than
    // seconds.
    this.maxPages =
        Math.min(MAX_PAGES, Duration.between(window.since(), window.until()).toSeconds() + 2);
  }

  /** Whether the window is read out. */
  public boolean isDone() {
    return done;
  }

  /**
   * Reads the next page.
   *
   * @throws SourceFailure if it cannot be had, or the paging leads nowhere; the walk is over then
   * @throws IllegalStateException if the walk is over
   */
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
            source, new WindowQuery(window.since(), window.until(), pageSnapshots, cursors.last()));
      } catch (SourceFailure e) {
        boolean smallerMayPass = e.kind() == Kind.TOO_LARGE || e.kind() == Kind.TRUNCATED;
        if (!smallerMayPass || pageSnapshots == 1) {
          throw e;
        }
        pageSnapshots = Math.max(1, pageSnapshots / SHRINK);
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
    List<Snapshot> kept = new ArrayList<>(page.snapshots().size());
    int foreign = isExpected(page.env(), page.nodeId()) ? 0 : 1;
    int outside = 0;
    for (Snapshot snapshot : page.snapshots()) {
      if (!isExpected(snapshot.node().env(), snapshot.node().node())) {
        foreign++;
      } else if (!window.contains(snapshot.collectedAt())) {
        outside++;
      } else {
        kept.add(snapshot);
      }
    }
    if (cursor != null && outside == page.snapshots().size() && outside > 0) {
      throw new SourceFailure(
          Kind.OUTSIDE_WINDOW, "a whole page lies outside the asked window, and more is to follow");
    }
    kept.sort(Comparator.comparing(Snapshot::collectedAt));
    List<RejectedSnapshot> unusable = page.rejected();
    return new WalkedPage(
        kept,
        cursor,
        new Findings(
            foreign,
            outside,
            unusable.size(),
            unusable.isEmpty() ? null : unusable.get(0).reason()));
  }

  /** Blank is not checked, neither what we expect nor what a page's head says. */
  private boolean isExpected(String env, String node) {
    boolean nodeFits =
        source.nodeId().isEmpty() || node.isBlank() || node.strip().equals(source.nodeId());
    boolean envFits = source.env().isEmpty() || env.isBlank() || env.strip().equals(source.env());
    return nodeFits && envFits;
  }
}
