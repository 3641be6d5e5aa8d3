package plus.svc.billing.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import plus.svc.billing.demo.wallet.WalletReckoning.Checks;
import plus.svc.billing.emulator.xray.BlindSpell;
import plus.svc.billing.emulator.xray.GroundTruth;
import plus.svc.billing.emulator.xray.Traffic;

/**
 * The end of the demo: emitted = billed + set aside + declared at risk, and the laws on the data.
 */
final class Reckoning {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final DemoDatabase database;
  private final List<DemoNode> nodes;
  private final URI service;
  private final String token;
  private final PrintWriter out;
  private boolean held = true;

  Reckoning(
      DemoDatabase database, List<DemoNode> nodes, URI service, String token, PrintWriter out) {
    this.database = database;
    this.nodes = nodes;
    this.service = service;
    this.token = token;
    this.out = out;
  }

  /** What else is checked; all checks are told in one place. */
  interface More {
    void run(Checks checks) throws InterruptedException;
  }

  /** Waits until every source is read to its end, then checks. */
  boolean run(More more) throws InterruptedException {
    for (DemoNode node : nodes) {
      awaitCaughtUp(node);
    }
    bytes();
    more.run(this::check);
    lawsOnTheData();
    repeatChangesNothing();
    out.printf(Locale.ROOT, "%n%s%n", held ? "the laws held" : "A LAW WAS BROKEN");
    out.flush();
    return held;
  }

  private void awaitCaughtUp(DemoNode node) throws InterruptedException {
    Instant last = node.exporter().lastSnapshotAt().truncatedTo(ChronoUnit.MICROS);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      long readToTheEnd =
          database.number(
              """
              SELECT count(*) FROM billing.nodes
               WHERE composed = ? AND head_at >= ?::timestamptz
              """,
              node.composed(),
              last.atOffset(ZoneOffset.UTC));
      if (readToTheEnd == 1) {
        return;
      }
      call("POST", "/v1/jobs/collect-and-rate");
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
    }
    check(node.nodeId() + " is read to its last snapshot at " + last, false);
  }

  private void bytes() {
    out.printf(
        Locale.ROOT,
        "%n%-10s %15s   =  %15s + %12s + %12s%n",
        "node",
        "emitted",
        "billed",
        "set aside",
        "at risk");
    long emittedInAll = 0;
    long billedInAll = 0;
    long heldInAll = 0;
    long riskInAll = 0;
    for (DemoNode node : nodes) {
      GroundTruth truth = node.exporter().groundTruth();
      long emitted = truth.emittedTotal().totalBytes();
      long billed = billed(node);
      long aside = setAside(node);
      long risk = declaredAtRisk(node, truth);
      out.printf(
          Locale.ROOT,
          "%-10s %15d   %s  %15d + %12d + %12d%n",
          node.nodeId(),
          emitted,
          emitted == billed + aside + risk ? "=" : "≠",
          billed,
          aside,
          risk);
      emittedInAll += emitted;
      billedInAll += billed;
      heldInAll += aside;
      riskInAll += risk;
    }
    out.printf(
        Locale.ROOT,
        "%-10s %15d   %s  %15d + %12d + %12d%n%n",
        "all",
        emittedInAll,
        emittedInAll == billedInAll + heldInAll + riskInAll ? "=" : "≠",
        billedInAll,
        heldInAll,
        riskInAll);
    check(
        "every byte emitted is billed, set aside or declared at risk",
        emittedInAll == billedInAll + heldInAll + riskInAll);
    for (DemoNode node : nodes) {
      byAccount(node);
    }
  }

  private void byAccount(DemoNode node) {
    Map<String, Traffic> truth =
        GroundTruth.by(
            key -> key.identifier().replaceFirst("^0000000a", "00000000"),
            node.exporter().groundTruth().observable());
    boolean same = true;
    for (Map.Entry<String, Traffic> person : truth.entrySet()) {
      long billed =
          database.number(
              """
              SELECT coalesce(sum(total_bytes), 0)::bigint
                FROM public.traffic_minute_buckets
               WHERE node_id = ? AND account_uuid = ?::uuid
              """,
              node.composed(),
              person.getKey());
      same &= billed == person.getValue().totalBytes();
    }
    check("each of " + truth.size() + " people of " + node.nodeId() + " is billed exactly", same);
  }

  private long billed(DemoNode node) {
    return database.number(
        """
        SELECT coalesce(sum(total_bytes), 0)::bigint
          FROM public.traffic_minute_buckets WHERE node_id = ?
        """,
        node.composed());
  }

  /** Usage without an account, and the newest state of every episode of samples set aside. */
  private long setAside(DemoNode node) {
    return database.number(
            """
            SELECT coalesce(sum(u.uplink_bytes + u.downlink_bytes), 0)::bigint
              FROM billing.unattributed_usage u JOIN billing.nodes n USING (node_key)
             WHERE n.composed = ?
            """,
            node.composed())
        + database.number(
            """
            SELECT coalesce(sum(held_bytes), 0)::bigint
              FROM (SELECT DISTINCT ON (s.identifier, s.inbound_tag) s.held_bytes
                      FROM billing.set_asides s JOIN billing.nodes n USING (node_key)
                     WHERE n.composed = ?
                     ORDER BY s.identifier, s.inbound_tag, s.collected_at DESC) newest
            """,
            node.composed());
  }

  /** Bytes that restarts took, as far as the service declared the time they fell into. */
  private long declaredAtRisk(DemoNode node, GroundTruth truth) {
    long declared = 0;
    for (BlindSpell spell : truth.blind()) {
      long known =
          database.number(
              """
              SELECT count(*)
                FROM billing.restarts r JOIN billing.nodes n USING (node_key)
               WHERE n.composed = ? AND r.blind_from <= ?::timestamptz + interval '1 minute'
                 AND r.at >= ?::timestamptz - interval '1 minute'
              """,
              node.composed(),
              spell.restartedAt().atOffset(ZoneOffset.UTC),
              spell.restartedAt().atOffset(ZoneOffset.UTC));
      if (known > 0) {
        declared += spell.total().totalBytes();
      }
    }
    return declared;
  }

  private void lawsOnTheData() {
    check(
        "each balance is the sum of its ledger rows",
        database.number(
                """
                SELECT count(*)
                  FROM public.account_quota_states q
                  JOIN billing.account_states s USING (account_uuid)
                 WHERE q.current_balance IS DISTINCT FROM
                       (SELECT sum(l.amount_delta) FROM public.billing_ledger l
                         WHERE l.account_uuid = q.account_uuid AND l.sub_account IS NULL)
                    OR q.current_balance <> s.balance
                """)
            == 0);
    check(
        "the money of each bucket is the sum of its ledger rows",
        database.number(
                """
                SELECT count(*)
                  FROM public.traffic_minute_buckets b
                 WHERE b.amount IS DISTINCT FROM
                       (SELECT sum(l.amount_delta) FROM public.billing_ledger l
                         WHERE l.account_uuid = b.account_uuid AND l.bucket_start = b.bucket_start
                           AND l.node_id = b.node_id AND l.line_code = b.line_code)
                """)
            == 0);
    check(
        "free quota taken is the free bytes of the buckets, never more than was granted",
        database.number(
                """
                SELECT count(*)
                  FROM billing.quotas q
                 WHERE q.meter = 'traffic'
                   AND (q.used > q.granted
                    OR q.used <> (SELECT coalesce(sum(b.included_bytes), 0)
                                    FROM public.traffic_minute_buckets b
                                   WHERE b.account_uuid = q.account_uuid
                                     AND b.bucket_start >= q.period_start
                                     AND b.bucket_start < q.period_end))
                """)
            == 0);
  }

  private void repeatChangesNothing() {
    String before = fingerprint();
    int status = call("POST", "/v1/jobs/reconcile");
    check("a second reading of everything changes nothing", before.equals(fingerprint()));
    check("reconcile answered " + status, status == 200 || status == 202);
  }

  private String fingerprint() {
    return database.text(
        """
        SELECT (SELECT count(*) || '/' || coalesce(sum(total_bytes), 0)
                  FROM public.traffic_minute_buckets)
            || ' ' || (SELECT count(*) || '/' || coalesce(sum(amount_delta), 0)
                         FROM public.billing_ledger)
            || ' ' || (SELECT coalesce(sum(current_balance), 0) || '/'
                           || coalesce(sum(remaining_included_quota), 0)
                         FROM public.account_quota_states)
        """);
  }

  private int call(String method, String path) {
    HttpRequest request =
        HttpRequest.newBuilder(service.resolve(path))
            .timeout(Duration.ofSeconds(20))
            .header("Authorization", "Bearer " + token)
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build();
    try {
      return HttpClient.newHttpClient()
          .send(request, HttpResponse.BodyHandlers.discarding())
          .statusCode();
    } catch (IOException e) {
      out.println("the service does not answer " + path + ": " + e.getMessage());
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  private void check(String what, boolean holds) {
    held &= holds;
    out.printf(Locale.ROOT, "  %s %s%n", holds ? "ok    " : "BROKEN", what);
    out.flush();
  }
}
