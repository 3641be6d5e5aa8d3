package plus.svc.billing.repair;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.pipeline.DryRun;
import plus.svc.billing.pipeline.MendOrder;
import plus.svc.billing.pipeline.Mender;
import plus.svc.billing.pipeline.NodePolicy;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.pipeline.source.SourceFailure;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.pipeline.source.page.WindowFetcher;
import plus.svc.billing.pipeline.source.walk.WalkedPage;
import plus.svc.billing.pipeline.source.walk.Window;
import plus.svc.billing.pipeline.source.walk.WindowWalk;
import plus.svc.billing.quantity.Minutes;
import plus.svc.billing.quantity.NodeKey;

/**
 * Derives facts anew and holds them against what is written, a bounded stretch of one node a
 * transaction. It needs no lease: each transaction takes the node's row lock, as every delivery
 * does, and moves no watermark. What an ended replay had not done yet, the next one does.
 */
public final class Replay {

  private static final int FEWEST_MINUTES = 10;
  private static final int MOST_MINUTES = 360;
  private static final int PAGE_SNAPSHOTS = 120;
  private static final int ACCOUNTS = 20;
  private static final UUID BEFORE_ALL = new UUID(0L, 0L);

  private final Mender mender;
  private final Jdbi jdbi;
  private final Supplier<List<SourceSpec>> sources;
  private final WindowFetcher fetcher;
  private final int transactionSamples;

  /**
   * @param sources those known now
   * @param transactionSamples about how many samples one transaction goes through, thrice
   */
  public Replay(
      Mender mender,
      Jdbi jdbi,
      Supplier<List<SourceSpec>> sources,
      WindowFetcher fetcher,
      int transactionSamples) {
    this.mender = mender;
    this.jdbi = jdbi;
    this.sources = sources;
    this.fetcher = fetcher;
    this.transactionSamples = transactionSamples;
  }

  /**
   * What a replay came to.
   *
   * @param samples of snapshots that the archive lacked
   * @param asked by source, why it could not be asked; '' where it answered
   */
  public record Outcome(
      long samples, long newBuckets, long changedBuckets, Map<String, String> asked) {

    public Outcome {
      asked = Map.copyOf(asked);
    }
  }

  /** The enabled source of that id, null if there is none. */
  public @Nullable SourceSpec source(String id) {
    return sources.get().stream()
        .filter(source -> source.enabled() && source.id().value().equals(id))
        .findFirst()
        .orElse(null);
  }

  /** The enabled sources. */
  public List<SourceSpec> enabled() {
    return sources.get().stream().filter(SourceSpec::enabled).toList();
  }

  /** Whether a node of that name was ever seen. */
  public boolean knowsNode(String name) {
    return !nodes(name, null).isEmpty();
  }

  private List<ReplayDao.Node> nodes(@Nullable String node, @Nullable String source) {
    @Nullable SourceSpec spec = source == null ? null : source(source);
    return jdbi.withExtension(
        ReplayDao.class,
        dao ->
            dao.nodes(
                node, source, spec == null ? "" : spec.env(), spec == null ? "" : spec.nodeId()));
  }

  /** Replays, and tells nobody but the caller. */
  public Outcome run(ReplayRequest request) {
    return run(request, new Unheard());
  }

  /** Replays, and tells what differs. */
  public Outcome run(ReplayRequest request, Report report) {
    return new Run(request, report).run();
  }

  /** One replay. */
  private final class Run {

    private final ReplayRequest request;
    private final Report report;
    private final ReplaySheet sheet;
    private final @Nullable DryRun dry;
    private final Map<String, String> answers = new TreeMap<>();
    private final Set<Integer> nodeKeys = new TreeSet<>();
    private final Map<String, Long> reached = new HashMap<>();
    private final long first;
    private final long end;
    private long minutes;
    private long allMinutes = 1;

    Run(ReplayRequest request, Report report) {
      this.request = request;
      this.report = report;
      this.sheet = new ReplaySheet(report, request.apply());
      this.dry = request.apply() ? null : new DryRun();
      this.first = Minutes.floor(request.since());
      this.end = Minutes.floor(request.until()) + 1;
    }

    Outcome run() {
      if (request.fromExporter()) {
        askExporters();
      }
      List<ReplayDao.Node> nodes = nodes(request.node(), request.source());
      allMinutes = Math.max(1, nodes.size() * (end - first));
      for (ReplayDao.Node node : nodes) {
        finish(node);
        nodeKeys.add(node.nodeKey());
      }
      if (request.accounts()) {
        examine();
      }
      sheet.end(nodes.size(), minutes, answers.values().stream().anyMatch(why -> !why.isEmpty()));
      return sheet.outcome(answers);
    }

    private void finish(ReplayDao.Node node) {
      NodeKey key = new NodeKey(node.env(), node.node());
      long from = reached.getOrDefault(node.composed(), first);
      if (node.firstAt() != null) {
        from = Math.max(from, Math.min(end, Minutes.floor(node.firstAt())));
      }
      minutes += Math.max(0, from - first);
      stretch(key, from, end, List.of(), null, node.series());
    }

    /** Mends a stretch in as many transactions as it takes. */
    private void stretch(
        NodeKey node,
        long from,
        long until,
        List<Snapshot> fetched,
        @Nullable SourceSpec source,
        int series) {
      int page = pageMinutes(series);
      for (long start = from; start < until; start += page) {
        long stop = Math.min(until, start + page);
        List<Snapshot> within = new ArrayList<>();
        for (Snapshot snapshot : fetched) {
          long minute = Minutes.floor(snapshot.collectedAt());
          if (minute >= start && minute < stop) {
            within.add(snapshot);
          }
        }
        mend(order(node, start, stop, within, source));
        minutes += stop - start;
        progress(node.composed() + " " + Minutes.start(stop));
      }
    }

    private MendOrder order(
        NodeKey node, long from, long until, List<Snapshot> fetched, @Nullable SourceSpec source) {
      return source == null
          ? new MendOrder(node, from, until)
          : new MendOrder(
              node,
              from,
              until,
              fetched,
              source.id().value(),
              new NodePolicy(
                  source.firstSnapshot(), source.billingFrom(), source.maxBytesPerSecond()));
    }

    private void mend(MendOrder order) {
      sheet.add(order.node().composed(), mender.mend(order, dry));
    }

    private void progress(String doing) {
      report.progress(Math.min(1, (double) minutes / allMinutes), doing);
    }

    private void askExporters() {
      List<SourceSpec> asked =
          enabled().stream()
              .filter(
                  source ->
                      request.source() == null || source.id().value().equals(request.source()))
              .filter(this::mayBringTheNode)
              .toList();
      allMinutes = Math.max(1, asked.size() * (end - first));
      for (SourceSpec source : asked) {
        try {
          ask(source);
          answers.put(source.id().value(), "");
        } catch (SourceFailure e) {
          answers.put(source.id().value(), String.valueOf(e.getMessage()));
          sheet.cannot(source.id().value(), null, "source", "it can't be asked: " + e.getMessage());
        }
      }
    }

    private boolean mayBringTheNode(SourceSpec source) {
      return request.node() == null
          || source.nodeId().isEmpty()
          || isTheNode(new NodeKey(source.env(), source.nodeId()));
    }

    private boolean isTheNode(NodeKey node) {
      return request.node() == null
          || node.composed().equals(request.node())
          || node.node().equals(request.node());
    }

    private void ask(SourceSpec source) throws SourceFailure {
      WindowWalk walk =
          new WindowWalk(
              fetcher,
              source,
              new Window(Minutes.start(first), Minutes.start(end).minusSeconds(1)),
              PAGE_SNAPSHOTS);
      while (!walk.isDone()) {
        WalkedPage page = walk.next();
        Map<NodeKey, List<Snapshot>> byNode = new HashMap<>();
        for (Snapshot snapshot : page.snapshots()) {
          if (isTheNode(snapshot.node())) {
            byNode.computeIfAbsent(snapshot.node(), key -> new ArrayList<>()).add(snapshot);
          }
        }
        byNode.forEach((node, snapshots) -> take(source, node, snapshots));
        page.findings()
            .text()
            .ifPresent(text -> sheet.cannot(source.id().value(), null, "snapshots", text));
      }
    }

    private void take(SourceSpec source, NodeKey node, List<Snapshot> snapshots) {
      Instant newest = snapshots.get(snapshots.size() - 1).collectedAt();
      // Two snapshots of one minute may come on two pages.
      long from =
          Math.min(
              reached.getOrDefault(node.composed(), first),
              Minutes.floor(snapshots.get(0).collectedAt()));
      long until = Minutes.floor(newest) + 1;
      stretch(node, from, until, snapshots, source, samplesOf(snapshots));
      reached.put(node.composed(), until);
    }

    private static int samplesOf(List<Snapshot> snapshots) {
      return snapshots.stream().mapToInt(snapshot -> snapshot.samples().size()).max().orElse(1);
    }

    private void examine() {
      UUID after = BEFORE_ALL;
      Integer[] keys = nodeKeys.toArray(Integer[]::new);
      while (true) {
        UUID start = after;
        List<UUID> page =
            jdbi.withExtension(ReplayDao.class, dao -> dao.accounts(keys, start, ACCOUNTS));
        if (page.isEmpty()) {
          return;
        }
        report.progress(1, String.format(Locale.ROOT, "accounts from %s on", page.get(0)));
        sheet.add(mender.examine(Set.copyOf(page), dry));
        after = page.get(page.size() - 1);
      }
    }
  }

  private int pageMinutes(int series) {
    return Math.max(
        FEWEST_MINUTES, Math.min(MOST_MINUTES, 3 * transactionSamples / Math.max(1, series)));
  }
}
