package plus.svc.billing.emulator.window;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** {@code x-evor/xray-exporter}: strict about parameters, whole minutes, text comparison. */
final class ExporterA implements Exporter {
  private static final int DEFAULT_LIMIT = 120;
  private static final int MAX_LIMIT = 1440;
  private static final SnapshotWriter WRITER = new SnapshotWriter(true, false);

  private final NodeConfig config;
  private final InstantSource clock;
  private final HistoryA history;
  private volatile Access access;
  private volatile Health health = new Health(false, "");

  ExporterA(NodeConfig config, InstantSource clock) {
    this.config = config;
    this.clock = clock;
    this.history = new HistoryA(config.retention());
    this.access = config.access();
  }

  @Override
  public NodeConfig config() {
    return config;
  }

  @Override
  public Optional<SnapshotRow> collect(Scrape scrape) {
    // Without the accounts service only the e-mails are missing.
    Identities identities = scrape.identities().orElseGet(Identities::none);
    SnapshotRow row =
        new SnapshotRow(
            scrape.at().truncatedTo(ChronoUnit.MINUTES),
            config.nodeId(),
            config.env(),
            config.producerEpoch() ? scrape.startedAt() : null,
            SamplesA.of(scrape.counters(), identities));
    history.save(row);
    health =
        new Health(true, scrape.identities().isPresent() ? "" : "identity lookup degraded: down");
    return Optional.of(row);
  }

  @Override
  public void collectFailed(String message) {
    health = new Health(false, message);
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
    return answer(request, new HistoryA(config.retention()));
  }

  private Reply answer(Request request, HistoryA rows) {
    return switch (request.path()) {
      case "/healthz" -> health.reply();
      case Request.WINDOW -> permitted(request) ? window(request, rows) : Reply.unauthorized();
      case Request.LATEST -> permitted(request) ? latest(rows) : Reply.unauthorized();
      default -> Reply.notFound();
    };
  }

  private boolean permitted(Request request) {
    return access.permits(request.authorization(), true);
  }

  private Reply latest(HistoryA rows) {
    return Reply.json(
        200,
        rows.latest()
            .map(row -> WRITER.snapshot(row, false))
            // The zero value of the type, not an error.
            .orElseGet(
                () ->
                    new SnapshotWriter(true, true)
                        .snapshot(new SnapshotRow(GoTime.ZERO, "", "", null, List.of()), false)));
  }

  private Reply window(Request request, HistoryA rows) {
    GoQuery query = request.query();
    Optional<Instant> since = GoTime.parse(query.get("since").strip());
    if (since.isEmpty()) {
      return Reply.error(400, "invalid since");
    }
    Optional<Instant> until = orDefault(query.get("until").strip(), defaultUntil());
    if (until.isEmpty()) {
      return Reply.error(400, "invalid until");
    }
    OptionalInt limit = limit(query.get("limit").strip());
    if (limit.isEmpty()) {
      return Reply.error(400, "invalid limit");
    }
    String cursor = query.get("cursor").strip();
    Optional<Instant> after = GoTime.parse(cursor);
    if (!cursor.isEmpty() && after.isEmpty()) {
      return Reply.error(400, "invalid cursor");
    }
    Page page = page(rows, since.get(), until.get(), after.orElse(null), limit.getAsInt());
    return Reply.json(200, WRITER.page(page));
  }

  private Page page(
      HistoryA rows, Instant since, Instant until, @Nullable Instant cursor, int limit) {
    List<SnapshotRow> found = rows.window(since, until, cursor, limit + 1);
    if (found.size() <= limit) {
      return new Page(config.nodeId(), config.env(), found, null);
    }
    List<SnapshotRow> cut = found.subList(0, limit);
    String next = GoTime.formatSeconds(cut.get(limit - 1).collectedAt());
    return new Page(config.nodeId(), config.env(), cut, next);
  }

  private Instant defaultUntil() {
    return clock.instant().truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofMinutes(1));
  }

  private static Optional<Instant> orDefault(String text, Instant value) {
    return text.isEmpty() ? Optional.of(value) : GoTime.parse(text);
  }

  private static OptionalInt limit(String text) {
    if (text.isEmpty()) {
      return OptionalInt.of(DEFAULT_LIMIT);
    }
    return GoNumbers.scan(text)
        .filter(value -> value > 0)
        .map(value -> OptionalInt.of((int) Math.min(value, MAX_LIMIT)))
        .orElseGet(OptionalInt::empty);
  }

  private record Health(boolean ok, String message) {
    Reply reply() {
      String quoted = new String(GoJson.quoted(message), StandardCharsets.UTF_8);
      String body =
          "{\"message\":" + quoted + ",\"status\":\"" + (ok ? "ok" : "degraded") + "\"}\n";
      return Reply.json(ok ? 200 : 503, body.getBytes(StandardCharsets.UTF_8));
    }
  }
}
