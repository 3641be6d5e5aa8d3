package plus.svc.billing.pipeline.source.walk;

import java.util.List;
import plus.svc.billing.pipeline.snapshot.Snapshot;

/**
 * How many snapshots to ask for in one page of a source, so that pages stay below a number of
 * samples. It goes by the pages that came: down at once, up by doubling. Kept from walk to walk;
 * one walk at a time.
 */
public final class PageSize {

  /** Asked for while nothing is known: bigger first pages are what would fill the memory. */
  private static final int UNKNOWN = 16;

  private static final int SHRINK = 4;

  private final int mostSnapshots;
  private final int mostSamples;
  private volatile int ceiling;
  private volatile int snapshots;

  /**
   * Makes a size for a source of which nothing is known.
   *
   * @param mostSnapshots never asked for more
   * @param mostSamples about the most samples of a page; a single snapshot may have more
   */
  public PageSize(int mostSnapshots, int mostSamples) {
    this.mostSnapshots = mostSnapshots;
    this.mostSamples = mostSamples;
    this.ceiling = mostSnapshots;
    this.snapshots = Math.min(mostSnapshots, UNKNOWN);
  }

  private PageSize(int snapshots) {
    this.mostSnapshots = snapshots;
    this.mostSamples = Integer.MAX_VALUE;
    this.ceiling = snapshots;
    this.snapshots = snapshots;
  }

  /** Always so many, but fewer where a page is refused. */
  static PageSize fixed(int snapshots) {
    return new PageSize(snapshots);
  }

  /** Snapshots to ask for, 1 or more. */
  public int snapshots() {
    return snapshots;
  }

  /** A new walk begins: what was refused last time is tried again, a little bigger. */
  void begin() {
    ceiling = Math.min(mostSnapshots, ceiling * 2);
  }

  /** A page came. */
  void came(List<Snapshot> page) {
    if (page.isEmpty()) {
      return;
    }
    long samples = 0;
    for (Snapshot snapshot : page) {
      samples += snapshot.samples().size() + snapshot.rejected().size();
    }
    long perSnapshot = Math.max(1, (samples + page.size() - 1) / page.size());
    long fitting = Math.max(1, Math.min(ceiling, mostSamples / perSnapshot));
    snapshots = (int) Math.min(fitting, snapshots * 2L);
  }

  /**
   * A page was too large, or cut short.
   *
   * @return false if it can't be smaller
   */
  boolean shrink() {
    if (snapshots == 1) {
      return false;
    }
    snapshots = Math.max(1, snapshots / SHRINK);
    ceiling = snapshots;
    return true;
  }
}
