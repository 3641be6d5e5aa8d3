package plus.svc.billing.pipeline.source;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.snapshot.Sample;
import plus.svc.billing.pipeline.snapshot.SeriesKey;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.pipeline.source.SourceFailure.Kind;
import plus.svc.billing.pipeline.source.page.RejectedSnapshot;
import plus.svc.billing.pipeline.source.page.WindowFetcher;
import plus.svc.billing.pipeline.source.page.WindowPage;
import plus.svc.billing.pipeline.source.page.WindowQuery;
import plus.svc.billing.quantity.NodeKey;

/** A fetcher that answers as a test says and keeps what it was asked. */
public final class ScriptedFetcher implements WindowFetcher {

  /** Answers one request. */
  @FunctionalInterface
  public interface Script {
    WindowPage answer(SourceSpec source, WindowQuery query)
        throws SourceFailure, InterruptedException;
  }

  /** A request as it came. */
  public record Asked(String source, WindowQuery query) {}

  public static final NodeKey JP = new NodeKey("prod", "jp");

  private final Script script;
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final Map<SourceId, CountDownLatch> hanging = new ConcurrentHashMap<>();

  public ScriptedFetcher(Script script) {
    this.script = script;
  }

  /** Answers with these pages, one after the other. */
  public static ScriptedFetcher pages(WindowPage... pages) {
    List<WindowPage> left = new ArrayList<>(List.of(pages));
    return new ScriptedFetcher((source, query) -> left.remove(0));
  }

  @Override
  public WindowPage fetchWindow(SourceSpec source, WindowQuery query) throws SourceFailure {
    asked.add(new Asked(source.id().value(), query));
    try {
      return script.answer(source, query);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SourceFailure(Kind.UNREACHABLE, "interrupted");
    }
  }

  @Override
  public void abort(SourceId source) {
    CountDownLatch latch = hanging.get(source);
    if (latch != null) {
      latch.countDown();
    }
  }

  /** What a script does for a source that hangs: nothing, until it is aborted. */
  public WindowPage hang(SourceSpec source) throws SourceFailure, InterruptedException {
    hanging.computeIfAbsent(source.id(), id -> new CountDownLatch(1)).await();
    throw new SourceFailure(Kind.UNREACHABLE, "the request was given up from our side");
  }

  public List<WindowQuery> queries() {
    return asked.stream().map(Asked::query).toList();
  }

  public List<WindowQuery> queries(String source) {
    return asked.stream().filter(a -> a.source().equals(source)).map(Asked::query).toList();
  }

  /** The last page, with these snapshots. */
  public static WindowPage last(Snapshot... snapshots) {
    return page(null, snapshots);
  }

  /** A page after which more follows. */
  public static WindowPage more(@Nullable String cursor, Snapshot... snapshots) {
    return new WindowPage("", "", List.of(snapshots), List.of(), true, cursor);
  }

  /** A page that has also this many snapshots without an instant. */
  public static WindowPage withUnusable(int count, Snapshot... snapshots) {
    RejectedSnapshot bad = new RejectedSnapshot(0, RejectedSnapshot.Reason.COLLECTED_AT, "");
    return new WindowPage("", "", List.of(snapshots), Collections.nCopies(count, bad), false, null);
  }

  /** A snapshot of node jp in prod with one sample. */
  public static Snapshot at(String instant) {
    return at(JP, Instant.parse(instant));
  }

  public static Snapshot at(NodeKey node, Instant instant) {
    SeriesKey series = new SeriesKey("00000000-0000-4000-8000-00000000000a", "tcp");
    return new Snapshot(
        node,
        instant,
        null,
        List.of(new Sample(series, Math.abs(instant.getEpochSecond()), 1)),
        List.of());
  }

  private static WindowPage page(@Nullable String cursor, Snapshot... snapshots) {
    return new WindowPage("", "", List.of(snapshots), List.of(), cursor != null, cursor);
  }
}
