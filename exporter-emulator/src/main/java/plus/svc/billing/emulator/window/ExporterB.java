package plus.svc.billing.emulator.window;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code ai-workspace-xstream/xray-exporter}: swallows every bad parameter, nanosecond stamps. */
final class ExporterB implements Exporter {
  private static final long MAX_LIMIT = 1000;
  private static final SnapshotWriter WRITER = new SnapshotWriter(false, true);
  private static final byte[] CATCH_ALL =
      """
      <html>
      <head><title>Xray Exporter</title></head>
      <body>
      <h1>Xray Exporter dev</h1>
      <p><a href='/metrics'>Exporter Metrics</a></p>
      <p><a href='/scrape'>Scrape Xray Metrics</a></p>
      <p><a href='/health'>Health Check</a></p>
      </body>
      </html>
      """
          .getBytes(StandardCharsets.UTF_8);

  private final NodeConfig config;
  private final InstantSource clock;
  private final HistoryB history;
  private volatile Access access;

  ExporterB(NodeConfig config, InstantSource clock) {
    this.config = config;
    this.clock = clock;
    this.history = new HistoryB(config.retention());
    this.access = config.access();
  }

  @Override
  public NodeConfig config() {
    return config;
  }

  @Override
  public Optional<SnapshotRow> collect(Scrape scrape) {
    if (scrape.identities().isEmpty()) {
      // Without the accounts service there is no snapshot: a gap.
      return Optional.empty();
    }
    List<RawCounter> counters = config.userCounters() ? scrape.counters() : List.of();
    SnapshotRow row =
        new SnapshotRow(
            scrape.at(),
            config.nodeId(),
            config.env(),
            config.producerEpoch() ? scrape.startedAt() : null,
            SamplesB.of(counters, scrape.identities().get()));
    history.save(row);
    return Optional.of(row);
  }

  @Override
  public void collectFailed(String message) {
    // The real one writes a log line and nothing else.
  }

  @Override
  public void save(SnapshotRow snapshot) {
    history.save(snapshot);
  }

  @Override
  public List<SnapshotRow> history() {
    return history.all();
  }

  @Override
  public void access(Access value) {
    access = value;
  }

  @Override
  public Reply answer(Request request) {
    return answer(request, history);
  }

  @Override
  public Reply answerAsIfEmpty(Request request) {
    return answer(request, new HistoryB(config.retention()));
  }

  private Reply answer(Request request, HistoryB rows) {
    if (request.path().equals("/health")) {
      return Reply.text(200, "OK");
    }
    if (!config.snapshotsEnabled() || !request.path().startsWith(Request.SNAPSHOTS)) {
      return Reply.of(200, "text/html", CATCH_ALL);
    }
    if (!access.permits(request.authorization(), false)) {
      return Reply.unauthorized();
    }
    return switch (request.path()) {
      case Request.WINDOW -> Reply.json(200, WRITER.page(window(request, rows)));
      case Request.LATEST ->
          rows.latest()
              .map(row -> Reply.json(200, WRITER.snapshot(row, true)))
              .orElseGet(() -> Reply.error(404, "no snapshot available"));
      default -> Reply.notFound();
    };
  }

  private Page window(Request request, HistoryB rows) {
    GoQuery query = request.query();
    Instant now = clock.instant();
    Instant since = GoTime.parse(query.get("since")).orElse(now.minus(Duration.ofHours(1)));
    Instant until = GoTime.parse(query.get("until")).orElse(now);
    long limit =
        GoNumbers.atoi(query.get("limit"))
            .filter(value -> value > 0 && value <= MAX_LIMIT)
            .orElse(MAX_LIMIT);
    return rows.window(since, until, cursor(query.get("cursor")), Math.toIntExact(limit));
  }

  private static @Nullable Instant cursor(String text) {
    return GoTime.parse(text).filter(instant -> !instant.equals(GoTime.ZERO)).orElse(null);
  }
}
