package plus.svc.billing.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static plus.svc.billing.pipeline.World.at;
import static plus.svc.billing.pipeline.World.shot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import plus.svc.billing.api.report.Format;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.explain.Balance;
import plus.svc.billing.explain.Trace;
import plus.svc.billing.explain.Why;
import plus.svc.billing.pipeline.metering.Decision;
import plus.svc.billing.pipeline.rating.PeakHours;
import plus.svc.billing.pipeline.snapshot.SeriesKey;
import plus.svc.billing.pipeline.source.FirstSnapshot;
import plus.svc.billing.quantity.NodeKey;
import plus.svc.billing.testing.Database;

/** From any ledger row back to its snapshots, and forward again (law 10). */
class ExplainIT {

  private static final ObjectMapper JSON = new ObjectMapper();

  @RegisterExtension static final Database SERVER = Database.migrated();

  private World world = new World(SERVER.get());
  private NodeKey node = World.NODE;
  private UUID a = new UUID(0, 0);

  @BeforeEach
  void aNodeOfItsOwnAndAnAccountWithSomeFreeQuota() {
    world = new World(SERVER.get());
    node = new NodeKey("prod", "node-" + UUID.randomUUID());
    a = world.user();
    world.profile(a, 150, 0.5, "plan-1");
    UUID decoy = world.user();
    world.deliver(shot("09:58").on(node).of(a, 10, 10).of(decoy, 7, 7));
    world.deliver(shot("10:00").on(node).of(a, 110, 10).of(decoy, 17, 7));
    world.deliver(shot("10:01").on(node).of(a, 210, 30).of(decoy, 27, 7));
  }

  private static JsonNode told(Consumer<Report> telling) {
    StringWriter out = new StringWriter();
    telling.accept(Format.JSON.to(out, ""));
    try {
      return JSON.readTree(out.toString());
    } catch (java.io.IOException e) {
      throw new AssertionError(out.toString(), e);
    }
  }

  private JsonNode why(String minute) {
    return told(report -> new Why(world.jdbi, PeakHours.NONE).minute(a, at(minute), report));
  }

  private static void assertRow(JsonNode section, int row, String... namesAndValues) {
    for (int i = 0; i < namesAndValues.length; i += 2) {
      assertThat(section.path(row).path(namesAndValues[i]).asText())
          .as(namesAndValues[i])
          .isEqualTo(namesAndValues[i + 1]);
    }
  }

  @Test
  void aMinuteIsExplainedDownToItsSnapshots() {
    JsonNode why = why("10:01:30");

    assertRow(
        why.path("buckets"),
        0,
        "minute",
        "2026-04-08T10:01:00Z",
        "node",
        node.composed(),
        "uplink_bytes",
        "100",
        "downlink_bytes",
        "20",
        "free_bytes",
        "30",
        "charged_bytes",
        "90",
        "amount",
        "-45.0");
    assertRow(
        why.path("ledger"), 0, "kind", "traffic_charge", "charged_bytes", "90", "amount", "-45.0");
    assertRow(
        why.path("price"),
        0,
        "rule",
        "plan-1",
        "price_per_byte",
        "0.5",
        "cost",
        "90 x 0.5 x 1 = 45.0");
    // 20 of the first snapshot, 100 of the second.
    assertRow(
        why.path("quota"),
        0,
        "granted_by_then",
        "150",
        "taken_before",
        "120",
        "left_before",
        "30",
        "free_bytes",
        "30");
    assertThat(why.path("evidence")).hasSize(1);
    assertRow(
        why.path("evidence"),
        0,
        "snapshot",
        "2026-04-08T10:01:00Z",
        "uplink_before",
        "110",
        "downlink_before",
        "10",
        "before_from",
        "2026-04-08T10:00:00Z",
        "uplink",
        "210",
        "counted_uplink",
        "100",
        "counted_downlink",
        "20",
        "how",
        "counts the difference",
        "source",
        "test");
    assertThat(why.path("evidence").path(0).path("digest").asText()).matches("[0-9a-f]{32}");
    assertThat(why.path("verdict").asText()).isEqualTo("clean");
    assertThat(why.toString()).doesNotContain("@");
  }

  @Test
  void aLedgerRowLeadsToItsBucketAndItsCorrections() {
    world.deliver(shot("10:00:30").on(node).of(a, 160, 10));
    UUID first =
        UUID.fromString(
            world.text(
                "SELECT id::text FROM public.billing_ledger WHERE account_uuid = ?"
                    + " AND bucket_start = '2026-04-08T10:01:00Z'"
                    + " AND entry_type = 'traffic_charge'",
                a));
    JsonNode why = told(report -> new Why(world.jdbi, PeakHours.NONE).entry(first, report));

    assertThat(why.path("ledger")).hasSize(2);
    assertRow(
        why.path("ledger"),
        1,
        "kind",
        "traffic_adjustment",
        "corrects",
        first.toString(),
        "meaning",
        "the difference after a later change");
    assertRow(why.path("evidence"), 0, "uplink_before", "160", "counted_uplink", "50");
    assertThat(why.path("verdict").asText()).isEqualTo("clean");
    assertThat(why("10:00").path("evidence")).hasSize(2);
  }

  @Test
  void whatWasNotBilledSaysWhy() {
    // A neighbour holds its counter, so a fall is no restart.
    UUID b = world.user();
    world.deliver(shot("10:02").on(node).of(a, 220, 30).of(b, 5, 5));
    world.deliver(shot("10:03").on(node).of(a, 1, 1).of(b, 5, 5));
    JsonNode trace = trace("10:03");
    assertThat(trace.path("samples").findValuesAsText("how"))
        .anyMatch(how -> how.startsWith("set aside: FELL_WITHOUT_RESTART"));

    world
        .pipeline()
        .decide(
            node, new SeriesKey(a.toString(), ""), at("10:03"), Decision.RESTART, "anna", "seen");
    assertRow(
        why("10:03").path("evidence"),
        0,
        "how",
        "counts from zero: the counter restarted, decided: restart",
        "counted_uplink",
        "1");
  }

  @Test
  void aBaselineIsCalledOne() {
    node = new NodeKey("prod", "baseline-" + UUID.randomUUID());
    world.policy = new NodePolicy(FirstSnapshot.BASELINE, Instant.EPOCH, Long.MAX_VALUE);
    world.deliver(shot("10:00").on(node).of(a, 1000, 0));

    assertRow(
        trace("10:00").path("samples"),
        0,
        "how",
        "baseline: the node's first snapshot",
        "counted_uplink",
        "0");
  }

  private JsonNode trace(String time) {
    return told(report -> new Trace(world.jdbi).snapshot(node.composed(), "", at(time), report));
  }

  @Test
  void aSnapshotIsFollowedToWhatItWrote() {
    JsonNode trace = trace("10:01");

    assertRow(trace.path("snapshot"), 0, "node", node.composed(), "source", "test", "samples", "2");
    JsonNode first = trace.path("samples").path(0);
    boolean isMine = first.path("account").asText().equals(a.toString());
    JsonNode mine = isMine ? first : trace.path("samples").path(1);
    assertThat(mine.path("account").asText()).isEqualTo(a.toString());
    assertThat(mine.path("counted_uplink").asLong()).isEqualTo(100);
    assertThat(mine.path("bucket_bytes").asLong()).isEqualTo(120);
    assertThat(
            world.count(
                "public.billing_ledger", "id = ?::uuid", mine.path("ledger").path(0).asText()))
        .isEqualTo(1);
    assertThat(trace.path("summary").path("counted_bytes").asLong()).isEqualTo(130);
    assertThat(trace("10:00:59").path("summary").path("problem").asText())
        .contains("2026-04-08T10:00:00Z and 2026-04-08T10:01:00Z");
  }

  @Test
  void prunedEvidenceIsCalledSo() {
    world.jdbi.useHandle(
        h ->
            h.execute(
                "UPDATE billing.nodes SET archive_from = '2026-04-09T00:00:00Z' WHERE composed = ?",
                node.composed()));

    JsonNode why = why("10:01");
    assertRow(why.path("evidence"), 0, "how", "the evidence is pruned: the archive's time is over");
    assertThat(why.path("verdict").asText()).isEqualTo("clean");
    assertThat(trace("10:01").path("summary").path("problem").asText())
        .contains("the archive begins at 2026-04-09T00:00:00Z");
  }

  @Test
  void whatDoesNotAddUpIsTold() {
    world.jdbi.useHandle(
        h ->
            h.execute(
                "UPDATE public.traffic_minute_buckets SET uplink_bytes = uplink_bytes + 1,"
                    + " total_bytes = total_bytes + 1, amount = amount - 1"
                    + " WHERE account_uuid = ? AND bucket_start = '2026-04-08T10:01:00Z'",
                a));

    JsonNode why = why("10:01");
    assertThat(why.path("verdict").asText()).isEqualTo("found");
    assertThat(why.path("contradictions").findValuesAsText("what"))
        .containsExactly(
            "the price makes 45.0, the bucket has -46.0",
            "its ledger rows make -45.0, the bucket has -46.0",
            "the snapshots make 120 bytes, the bucket has 121");
  }

  @Test
  void whatOthersPostedIsSaidAsWhatItIs() {
    world.topUp(a, "9.90");
    UUID entry =
        UUID.fromString(
            world.text(
                "SELECT id::text FROM public.billing_ledger WHERE account_uuid = ?"
                    + " AND entry_type = 'topup'",
                a));
    JsonNode why = told(report -> new Why(world.jdbi, PeakHours.NONE).entry(entry, report));

    assertRow(
        why.path("other_entries"),
        0,
        "kind",
        "topup",
        "amount",
        "9.90",
        "reference",
        "stripe:pi",
        "meaning",
        "posted by another service");
    JsonNode nothing =
        told(report -> new Why(world.jdbi, PeakHours.NONE).entry(UUID.randomUUID(), report));
    assertThat(nothing.path("verdict").asText()).isEqualTo("refused");
  }

  private JsonNode balance(Instant at, Instant now) {
    return told(report -> new Balance(world.jdbi).at(a, at, now, report));
  }

  @Test
  void aBalanceIsToldAsOfAnyInstant() {
    // Posted a day after the minutes they are for, at the world's time.
    JsonNode before = balance(world.now.minusSeconds(1), world.now);
    assertThat(before.path("summary").path("balance").asText()).isEqualTo("0");
    assertThat(before.path("ledger")).isEmpty();

    Instant later = world.now.plusSeconds(60);
    JsonNode after = balance(later, later);
    assertRow(
        after.path("ledger"),
        0,
        "kind",
        "traffic_charge",
        "entries",
        "3",
        "amount",
        "-45.0",
        "charged_bytes",
        "90");
    assertRow(after.path("quota"), 0, "granted", "150", "taken", "150", "left", "0");
    assertRow(after.path("row_now"), 0, "exact_balance", "-45.0");
    assertThat(after.path("verdict").asText()).isEqualTo("clean");

    world.jdbi.useHandle(
        h ->
            h.execute(
                "UPDATE public.account_quota_states SET exact_balance = exact_balance + 1"
                    + " WHERE account_uuid = ?",
                a));
    JsonNode drifted = balance(later, later);
    assertThat(drifted.path("verdict").asText()).isEqualTo("found");
    assertThat(drifted.path("summary").path("row_differs_by").asText()).isEqualTo("1.0");
  }

  @Test
  void onAFullLedgerAnAccountsRowsAloneAreRead() {
    world.jdbi.useHandle(
        h -> {
          h.execute(
              """
              INSERT INTO public.billing_ledger
                     (id, account_uuid, bucket_start, bucket_end, entry_type, amount_delta,
                      created_at)
              SELECT gen_random_uuid(), u.uuid, now(), now(), 'topup', 0, now()
                FROM public.users u CROSS JOIN generate_series(1, 2000)
               WHERE u.uuid <> ?
               LIMIT 40000
              """,
              a);
          h.execute("ANALYZE public.billing_ledger");
        });
    List<String> plan =
        world.jdbi.withHandle(
            h ->
                h.createQuery(
                        """
                        EXPLAIN SELECT entry_type, count(*), sum(amount_delta)
                          FROM public.billing_ledger
                         WHERE account_uuid = :account AND created_at <= :at
                         GROUP BY entry_type
                        """)
                    .bind("account", a)
                    .bind("at", world.now.plus(Duration.ofDays(1)))
                    .mapTo(String.class)
                    .list());
    assertThat(String.join("\n", plan))
        .contains("idx_billing_ledger_account_created")
        .doesNotContain("Seq Scan");
  }
}
