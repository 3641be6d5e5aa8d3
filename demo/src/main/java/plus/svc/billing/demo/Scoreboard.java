package plus.svc.billing.demo;

import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import plus.svc.billing.demo.wallet.WalletBoard;

/**
 * Prints a line a node: how far it was read, and what came of it since the last line; and one of
 * what services did with the wallet.
 */
final class Scoreboard {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final int HEADER_EVERY = 10;

  private final DemoDatabase database;
  private final List<DemoNode> nodes;
  private final WalletBoard wallet;
  private final PrintWriter out;
  private final Map<String, Score> last = new HashMap<>();
  private int shown;

  Scoreboard(DemoDatabase database, List<DemoNode> nodes, WalletBoard wallet, PrintWriter out) {
    this.database = database;
    this.nodes = nodes;
    this.wallet = wallet;
    this.out = out;
  }

  /** What was written for a node so far; money in millionths. */
  private record Score(long snapshots, long samples, long buckets, long bytes, long money) {
    static final Score NOTHING = new Score(0, 0, 0, 0, 0);

    Score since(Score before) {
      return new Score(
          snapshots - before.snapshots,
          samples - before.samples,
          buckets - before.buckets,
          bytes - before.bytes,
          money - before.money);
    }
  }

  /** Shows all nodes. */
  void show(Instant now) {
    if (shown++ % HEADER_EVERY == 0) {
      out.printf(
          Locale.ROOT,
          "%-9s %-10s %-17s %5s %9s %8s %8s %12s %10s  %s%n",
          "time",
          "node",
          "read until",
          "lag",
          "snapshots",
          "samples",
          "buckets",
          "bytes",
          "charged",
          "note");
    }
    for (DemoNode node : nodes) {
      Score score = score(node);
      Score more = score.since(last.getOrDefault(node.nodeId(), Score.NOTHING));
      last.put(node.nodeId(), score);
      String until = progress(node);
      out.printf(
          Locale.ROOT,
          "%-9s %-10s %-17s %5s %9d %8d %8d %12d %10.6f  %s%n",
          TIME.format(now),
          node.nodeId(),
          until.isEmpty() ? "-" : until.substring(0, 16).replace('T', ' '),
          until.isEmpty() ? "-" : lag(now, Instant.parse(until)),
          more.snapshots(),
          more.samples(),
          more.buckets(),
          more.bytes(),
          more.money() / 1e6,
          note(node));
    }
    out.printf(Locale.ROOT, "%-9s %-10s %s%n", TIME.format(now), "wallet", wallet.line());
    out.flush();
  }

  private Score score(DemoNode node) {
    return database.row(
        """
        SELECT (SELECT count(*) FROM billing.snapshots WHERE node_key = n.node_key),
               (SELECT coalesce(sum(cardinality(ordinals)), 0)
                  FROM billing.snapshots WHERE node_key = n.node_key),
               (SELECT count(*) FROM public.traffic_minute_buckets WHERE node_id = n.composed),
               (SELECT coalesce(sum(total_bytes), 0)
                  FROM public.traffic_minute_buckets WHERE node_id = n.composed),
               (SELECT coalesce(-sum(amount_delta) * 1000000, 0)::bigint
                  FROM public.billing_ledger WHERE node_id = n.composed)
          FROM billing.nodes n
         WHERE n.composed = ?
        """,
        (rs, ctx) ->
            new Score(rs.getLong(1), rs.getLong(2), rs.getLong(3), rs.getLong(4), rs.getLong(5)),
        Score.NOTHING,
        node.composed());
  }

  private String progress(DemoNode node) {
    return database.text(
        """
        SELECT coalesce(max(to_char(last_completed_until AT TIME ZONE 'UTC',
                                    'YYYY-MM-DD"T"HH24:MI:SS"Z"')), '')
          FROM public.billing_source_sync_state WHERE source_id = ?
        """,
        node.nodeId());
  }

  private String note(DemoNode node) {
    return database.text(
        "SELECT coalesce(max(left(last_error, 70)), '') FROM public.billing_source_sync_state"
            + " WHERE source_id = ?",
        node.nodeId());
  }

  private static String lag(Instant now, Instant until) {
    long seconds = Math.max(0, now.getEpochSecond() - until.getEpochSecond());
    return seconds / 60 + "m" + String.format(Locale.ROOT, "%02d", seconds % 60);
  }
}
