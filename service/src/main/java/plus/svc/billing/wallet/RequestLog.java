package plus.svc.billing.wallet;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.platform.RoundTrip;

/** Statements on requests and what became of them, each for a whole batch. */
final class RequestLog {

  private RequestLog() {}

  /** What is answered is on disk with the operation; what is only stored may come again. */
  static void commitLater(RoundTrip trip) {
    trip.query(
        "RequestLog",
        "commitLater",
        50,
        "SELECT set_config('synchronous_commit', 'off', true)",
        row -> "",
        unused -> {});
  }

  /**
   * For the rest of the transaction: the plan that fits a few rows fits any number, and every row
   * is found by its key, whatever the statistics of a young table say.
   */
  static void planOnce(RoundTrip trip) {
    trip.query(
        "RequestLog",
        "planOnce",
        50,
        """
        SELECT set_config('plan_cache_mode', 'force_generic_plan', true)
            || set_config('enable_seqscan', 'off', true)
        """,
        row -> "",
        unused -> {});
  }

  /** A request that is to be stored. */
  record Row(WalletRequest request, String kind, UUID digest, String command) {

    static Row of(WalletRequest request) {
      String command = WalletJson.text(request.command());
      return new Row(request, request.command().kind(), WalletRequest.hash(command), command);
    }
  }

  /** Stores requests; hands on the ids of those that were not there. */
  static void store(RoundTrip trip, List<Row> rows, Instant now, Consumer<UUID> fresh) {
    trip.query(
        "RequestLog",
        "store",
        50,
        """
        INSERT INTO billing.requests
               (received_at, request_id, caller, idempotency_key, kind, source, digest, command,
                body)
        SELECT ?, id, caller, key, kind, source, digest, command, body
          FROM unnest(?, ?, ?, ?, ?, ?, ?, ?)
            AS r (id, caller, key, kind, source, digest, command, body)
         ORDER BY id
            ON CONFLICT (request_id) DO NOTHING
        RETURNING request_id
        """,
        row -> RoundTrip.uuid(row, 1),
        fresh,
        now,
        rows.stream().map(r -> r.request().id()).toArray(UUID[]::new),
        rows.stream().map(r -> r.request().caller()).toArray(String[]::new),
        rows.stream().map(r -> r.request().key()).toArray(String[]::new),
        rows.stream().map(Row::kind).toArray(String[]::new),
        rows.stream().map(r -> r.request().source()).toArray(String[]::new),
        rows.stream().map(Row::digest).toArray(UUID[]::new),
        rows.stream().map(Row::command).toArray(String[]::new),
        rows.stream().map(r -> r.request().body()).toArray(String[]::new));
  }

  /** Requests that were stored before. */
  static void known(RoundTrip trip, UUID[] ids, Consumer<RequestDao.Known> each) {
    trip.queryMany(
        "RequestLog",
        "known",
        """
        SELECT r.request_id, r.digest, r.received_at, r.caller, r.command, o.answer
          FROM billing.requests r
          LEFT JOIN billing.operations o ON o.request_id = r.request_id
         WHERE r.request_id = ANY(?)
        """,
        RequestDao::read,
        each,
        (Object) ids);
  }

  /** An answer that was given. */
  record Answered(UUID id, String answer) {}

  /** Answers of those that were applied before. */
  static void answered(RoundTrip trip, UUID[] ids, Consumer<Answered> each) {
    trip.query(
        "RequestLog",
        "answered",
        1000,
        "SELECT request_id, answer FROM billing.operations WHERE request_id = ANY(?)",
        row -> new Answered(RoundTrip.uuid(row, 1), row.getString(2)),
        each,
        (Object) ids);
  }

  /** What became of a request. */
  record Outcome(WalletAnswer answer, @Nullable UUID reverses) {}

  /** Records what became of requests; hands on those of which nobody else did. */
  static void apply(
      RoundTrip trip, Collection<Outcome> outcomes, Instant now, Consumer<UUID> ours) {
    if (outcomes.isEmpty()) {
      return;
    }
    trip.query(
        "RequestLog",
        "apply",
        50,
        """
        INSERT INTO billing.operations
               (applied_at, request_id, account_id, status, reason, reverses, answer)
        SELECT ?, request_id, account_id, status, reason, reverses, answer
          FROM unnest(?, ?, ?, ?, ?, ?)
            AS c (request_id, account_id, status, reason, reverses, answer)
         ORDER BY request_id
            ON CONFLICT (request_id) DO NOTHING
        RETURNING request_id
        """,
        row -> RoundTrip.uuid(row, 1),
        ours,
        now,
        outcomes.stream().map(o -> o.answer().operation()).toArray(UUID[]::new),
        outcomes.stream().map(o -> o.answer().account()).toArray(UUID[]::new),
        outcomes.stream()
            .map(o -> o.answer().isDone() ? "applied" : "rejected")
            .toArray(String[]::new),
        outcomes.stream().map(o -> reason(o.answer())).toArray(String[]::new),
        outcomes.stream().map(Outcome::reverses).toArray(UUID[]::new),
        outcomes.stream().map(o -> WalletJson.text(o.answer())).toArray(String[]::new));
  }

  private static String reason(WalletAnswer answer) {
    @Nullable Refusal refusal = answer.refusal();
    return refusal == null ? "" : refusal.name();
  }
}
