package plus.svc.billing.repair;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.api.report.Verdict;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.platform.Micros;

/**
 * How far each source was read and where each series stands; and setting a source back or forth.
 */
public final class Checkpoints {

  /** What exporters keep by default. */
  private static final Duration RETENTION = Duration.ofDays(3);

  private static final String OPERATOR = "operator";

  private final Jdbi jdbi;
  private final Supplier<List<SourceSpec>> sources;
  private final InstantSource clock;

  /**
   * @param sources those known now
   */
  public Checkpoints(Jdbi jdbi, Supplier<List<SourceSpec>> sources, InstantSource clock) {
    this.jdbi = jdbi;
    this.sources = sources;
    this.clock = clock;
  }

  /**
   * What to list.
   *
   * @param source one source and its nodes, {@code node} one node, {@code account} one account's
   *     series; null for all
   * @param idleFor only series that were not present for so long
   * @param after a series' name as a list's last {@code next} gave it, '' from the beginning
   * @param limit most series
   */
  public record Filter(
      @Nullable String source,
      @Nullable String node,
      @Nullable UUID account,
      @Nullable Duration idleFor,
      String after,
      int limit) {

    /** Most series of one answer. */
    public static final int MOST = 1_000;
  }

  /** Whether there is a source of that id, enabled or not. */
  public boolean knows(String source) {
    return sources.get().stream().anyMatch(known -> known.id().value().equals(source));
  }

  /** Lists sources and series. */
  public void list(Filter filter, Report report) {
    Instant now = clock.instant();
    List<SourceSpec> listed =
        sources.get().stream()
            .filter(known -> filter.source() == null || known.id().value().equals(filter.source()))
            .filter(known -> filter.node() == null || bringsNode(known, filter.node()))
            .toList();
    long failing = listSources(listed, now, report);
    List<CheckpointDao.Series> series = series(filter, listed, now);
    report.section(
        "series",
        "node",
        "ordinal",
        "account",
        "inbound",
        "uplink_total",
        "downlink_total",
        "started_at",
        "seen_at",
        "restarts",
        "held",
        "set_aside");
    series.forEach(
        row ->
            report.row(
                row.node(),
                row.ordinal(),
                SeriesName.of(row.account(), row.identifier()),
                row.inbound(),
                row.uplink(),
                row.downlink(),
                row.startedAt(),
                Micros.toInstant(row.seenMicros()),
                row.restarts(),
                row.held(),
                row.setAside()));
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("sources", listed.size());
    summary.put("failing", failing);
    summary.put("series", series.size());
    summary.put("held", series.stream().filter(CheckpointDao.Series::held).count());
    if (series.size() == filter.limit()) {
      CheckpointDao.Series last = series.get(series.size() - 1);
      summary.put("next", last.node() + "#" + last.ordinal());
    }
    report.end(summary, Verdict.CLEAN);
  }

  private static boolean bringsNode(SourceSpec source, String node) {
    String composed =
        source.env().isEmpty() ? source.nodeId() : source.env() + ":" + source.nodeId();
    return source.nodeId().isEmpty() || composed.equals(node) || source.nodeId().equals(node);
  }

  private long listSources(List<SourceSpec> listed, Instant now, Report report) {
    report.section(
        "sources",
        "source_id",
        "enabled",
        "completed_until",
        "lag",
        "attempted_at",
        "succeeded_at",
        "holder",
        "fence",
        "last_error");
    Map<String, Boolean> enabled = new LinkedHashMap<>();
    listed.forEach(source -> enabled.put(source.id().value(), source.enabled()));
    List<CheckpointDao.Source> rows =
        jdbi.withExtension(
            CheckpointDao.class, dao -> dao.sources(enabled.keySet().toArray(String[]::new)));
    for (CheckpointDao.Source row : rows) {
      Instant until = row.lastCompletedUntil();
      report.row(
          row.sourceId(),
          enabled.getOrDefault(row.sourceId(), false),
          until,
          until == null ? null : Duration.between(until, now).truncatedTo(ChronoUnit.SECONDS),
          row.lastAttemptedAt(),
          row.lastSucceededAt(),
          row.holder(),
          row.fence(),
          row.lastError());
    }
    return rows.stream().filter(row -> !row.lastError().isEmpty()).count();
  }

  private List<CheckpointDao.Series> series(Filter filter, List<SourceSpec> listed, Instant now) {
    @Nullable SourceSpec source =
        filter.source() == null || listed.isEmpty() ? null : listed.get(0);
    Integer[] nodes =
        jdbi
            .withExtension(
                ReplayDao.class,
                dao ->
                    dao.nodes(
                        filter.node(),
                        filter.source(),
                        source == null ? "" : source.env(),
                        source == null ? "" : source.nodeId()))
            .stream()
            .map(ReplayDao.Node::nodeKey)
            .toArray(Integer[]::new);
    int mark = filter.after().lastIndexOf('#');
    long before =
        filter.idleFor() == null ? Long.MAX_VALUE : Micros.of(now.minus(filter.idleFor()));
    return jdbi.withExtension(
        CheckpointDao.class,
        dao ->
            dao.series(
                nodes,
                filter.account(),
                before,
                mark < 0 ? "" : filter.after().substring(0, mark),
                mark < 0 ? -1 : Integer.parseInt(filter.after().substring(mark + 1)),
                filter.limit()));
  }

  /**
   * Sets how far a source was read. The instance that works on it is stopped by its fence and goes
   * on from there, as does any other.
   *
   * @param to no later than what could have been read by now
   * @param apply whether to do it, or only to tell what it means
   */
  public void set(String source, Instant to, boolean apply, Report report) {
    Instant now = clock.instant();
    Instant newest = now.truncatedTo(ChronoUnit.MINUTES).minus(1, ChronoUnit.MINUTES);
    @Nullable Instant before = progress(source);
    report.section("checkpoint", "source_id", "completed_until", "set_to", "meaning");
    boolean later = to.isAfter(newest);
    report.row(
        source,
        before,
        to,
        later
            ? "refused: nothing after " + newest + " can have been read"
            : meaning(before, to, newest));
    if (apply && !later) {
      jdbi.useTransaction(
          handle -> {
            CheckpointDao dao = handle.attach(CheckpointDao.class);
            dao.seize(source, OPERATOR);
            dao.setProgress(source, to, now);
          });
    }
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("applied", apply && !later);
    summary.put("skipped_minutes", skipped(before, to));
    summary.put("read_again_minutes", before == null ? 0 : Math.max(0, minutes(to, before)));
    report.end(summary, later ? Verdict.REFUSED : apply ? Verdict.CLEAN : Verdict.FOUND);
  }

  private @Nullable Instant progress(String source) {
    return jdbi.withExtension(CheckpointDao.class, dao -> dao.sources(new String[] {source}))
        .get(0)
        .lastCompletedUntil();
  }

  private static long skipped(@Nullable Instant before, Instant to) {
    return before == null ? 0 : Math.max(0, minutes(before, to));
  }

  private static long minutes(Instant from, Instant until) {
    return Duration.between(from, until).toMinutes();
  }

  private static String meaning(@Nullable Instant before, Instant to, Instant newest) {
    if (before == null) {
      return "it was never read: reading begins there, and nothing before is asked for";
    }
    long more = minutes(before, to);
    if (more > 0) {
      return more
          + " minutes are skipped: they are asked for no more, and stay at risk, unless a replay"
          + " from the exporter fetches them";
    }
    if (more == 0) {
      return "it stays where it is";
    }
    String again = -more + " minutes are read again: what is known already changes nothing";
    return to.isBefore(newest.minus(RETENTION))
        ? again + "; exporters keep three days, so what is older is not asked for"
        : again;
  }
}
