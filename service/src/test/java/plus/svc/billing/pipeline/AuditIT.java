package plus.svc.billing.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static plus.svc.billing.pipeline.World.NODE;
import static plus.svc.billing.pipeline.World.at;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import plus.svc.billing.api.report.Verdict;
import plus.svc.billing.pipeline.metering.Decision;
import plus.svc.billing.pipeline.rating.PeakHours;
import plus.svc.billing.pipeline.snapshot.SeriesKey;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.pipeline.source.FirstSnapshot;
import plus.svc.billing.quantity.NodeKey;
import plus.svc.billing.testing.PostgresHarness;
import plus.svc.billing.testing.TestDatabase;

/**
 * Damage of every kind is planted into a healthy world, and the audit names it and nothing else.
 */
class AuditIT {

  private static final NodeKey OTHER = new NodeKey("prod", "us-node");
  private static final Instant FROM = at("09:00");
  private static final Instant UNTIL = at("12:30");

  private static final UUID STRANGER = new UUID(7, 3);

  private static final TestDatabase HEALTHY = PostgresHarness.shared().freshDatabase();
  private static final UUID A = new UUID(7, 1);
  private static final UUID B = new UUID(7, 2);

  private World world = new World(HEALTHY);

  /** Two nodes, a hundred minutes: quota used up, payments, grants, restarts, a late snapshot. */
  @BeforeAll
  static void aHealthyWorld() {
    World world = new World(HEALTHY);
    world.rating = PipelineIT.withQuota(world, 1_500);
    world.user(A, A);
    world.user(B, B);
    for (int minute = 0; minute < 100; minute += 10) {
      world.now = at("10:00").plusSeconds(60L * minute + 570);
      List<Snapshot> page = new ArrayList<>();
      for (int i = minute; i < minute + 10; i++) {
        page.add(snapshot(NODE, i).snapshot());
        page.add(snapshot(OTHER, i).snapshot());
      }
      world.deliver(page);
      if (minute == 20 || minute == 70) {
        world.topUp(A, "20.25");
      }
      if (minute == 50) {
        give(world, B, 300);
      }
    }
    world.deliver(new World.Shot(at("10:30:30")).on(OTHER).of(A, 30 * 13 + 5, 30 * 7));
    world.pipeline().settleForeignEntries();
  }

  @BeforeEach
  void aCopyOfIt() {
    world = new World(PostgresHarness.shared().copyOf(HEALTHY));
    world.rating = PipelineIT.withQuota(world, 1_500);
  }

  private static World.Shot snapshot(NodeKey node, int minute) {
    // One of them restarts every half hour, and nothing is silent then.
    int since = node.equals(OTHER) ? minute : minute % 30;
    World.Shot shot = new World.Shot(at("10:00").plusSeconds(60L * minute)).on(node);
    shot.of(A, since * 13L, since * 7L).of(B, "tcp", since * 5L, since);
    if (minute > 10) {
      shot.of(STRANGER, since * 3L, 0);
    }
    return shot;
  }

  private static void give(World world, UUID account, long bytes) {
    world.jdbi.useHandle(
        h ->
            h.execute(
                "UPDATE public.account_quota_states SET remaining_included_quota ="
                    + " remaining_included_quota + ? WHERE account_uuid = ?",
                bytes,
                account));
  }

  private static OffsetDateTime time(String time) {
    return at(time).atOffset(ZoneOffset.UTC);
  }

  private AuditReport audit() {
    return AuditReport.of(world.jdbi, PeakHours.NONE, Set.of(), FROM, UNTIL);
  }

  private void harm(String sql, Object... args) {
    world.jdbi.useHandle(
        h -> {
          h.execute("ALTER TABLE public.billing_ledger DISABLE TRIGGER USER");
          h.execute(sql, args);
          h.execute("ALTER TABLE public.billing_ledger ENABLE TRIGGER USER");
        });
  }

  private Map<String, @Nullable Object> onlyFinding() {
    AuditReport report = audit();
    assertThat(report.verdict).isEqualTo(Verdict.FOUND);
    assertThat(report.findings()).hasSize(1);
    return report.findings().get(0);
  }

  @Test
  void aHealthyWorldIsClean() {
    AuditReport report = audit();
    assertThat(report.findings()).isEmpty();
    assertThat(report.verdict).isEqualTo(Verdict.CLEAN);
    assertThat(report.summary)
        .containsEntry("nodes", 2)
        .containsEntry("observed", 200L)
        .containsEntry("at_risk", 0L)
        .containsEntry("pending", 2 * 50L)
        .containsEntry("match", 200L)
        .containsEntry("accounts", 2L);
  }

  @Test
  void aDeletedBucketIsMissing() {
    harm(
        "DELETE FROM public.traffic_minute_buckets WHERE account_uuid = ? AND node_id = ?"
            + " AND bucket_start = ?",
        A,
        NODE.composed(),
        time("10:42"));
    assertThat(onlyFinding())
        .containsEntry("kind", "missing_bucket")
        .containsEntry("node", NODE.composed())
        .containsEntry("account", A.toString())
        .containsEntry("line", "")
        .containsEntry("at", at("10:42"))
        .containsEntry("expected", 20L)
        .containsEntry("found", null)
        .containsEntry("money", new BigDecimal("-10"));
  }

  @Test
  void aChangedByteCountDiffers() {
    harm(
        "UPDATE public.traffic_minute_buckets SET downlink_bytes = downlink_bytes + 1,"
            + " total_bytes = total_bytes + 1 WHERE account_uuid = ? AND node_id = ?"
            + " AND bucket_start = ?",
        B,
        OTHER.composed(),
        time("11:07"));
    assertThat(onlyFinding())
        .containsEntry("kind", "bucket_differs")
        .containsEntry("node", OTHER.composed())
        .containsEntry("account", B.toString())
        .containsEntry("line", "tcp")
        .containsEntry("at", at("11:07"))
        .containsEntry("expected", 6L)
        .containsEntry("found", 7L);
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void aDoubleChargeIsNamed(boolean withBalance) {
    harm(
        """
        INSERT INTO public.billing_ledger
               (id, account_uuid, bucket_start, bucket_end, entry_type, rated_bytes, amount_delta,
                balance_after, pricing_rule_version, created_at, node_id, line_code)
        SELECT gen_random_uuid(), account_uuid, bucket_start, bucket_end, entry_type, rated_bytes,
               amount_delta, balance_after, pricing_rule_version, created_at, node_id, line_code
          FROM public.billing_ledger
         WHERE account_uuid = ? AND node_id = ? AND bucket_start = ?
        """,
        A,
        NODE.composed(),
        time("11:17"));
    if (withBalance) {
      harm(
          "UPDATE public.account_quota_states SET exact_balance = exact_balance - 10,"
              + " current_balance = current_balance - 10 WHERE account_uuid = ?",
          A);
    }
    assertThat(onlyFinding())
        .containsEntry("kind", "double_charge")
        .containsEntry("account", A.toString())
        .containsEntry("at", at("11:17"))
        .containsEntry("found", "-10")
        .containsEntry("money", new BigDecimal("10"));
  }

  @Test
  void aLostSnapshotIsNamedByItsMinute() {
    harm(
        "DELETE FROM billing.snapshots WHERE collected_at = ?"
            + " AND node_key = (SELECT node_key FROM billing.nodes WHERE composed = ?)",
        time("10:42"),
        NODE.composed());
    assertThat(onlyFinding())
        .containsEntry("kind", "lost_snapshot")
        .containsEntry("node", NODE.composed())
        .containsEntry("at", at("10:42"));
  }

  @Test
  void aLostNewestSnapshotIsNamedByItsInstant() {
    harm(
        "DELETE FROM billing.snapshots WHERE collected_at = ?"
            + " AND node_key = (SELECT node_key FROM billing.nodes WHERE composed = ?)",
        time("11:39"),
        OTHER.composed());
    assertThat(onlyFinding())
        .containsEntry("kind", "lost_snapshot")
        .containsEntry("node", OTHER.composed())
        .containsEntry("at", at("11:39"));
  }

  @Test
  void aTamperedArchiveRowIsNamed() {
    harm(
        "UPDATE billing.snapshots SET uplink[1] = uplink[1] + 1 WHERE collected_at = ?"
            + " AND node_key = (SELECT node_key FROM billing.nodes WHERE composed = ?)",
        time("10:42"),
        NODE.composed());
    assertThat(onlyFinding())
        .containsEntry("kind", "tampered_snapshot")
        .containsEntry("node", NODE.composed())
        .containsEntry("at", at("10:42"));
  }

  @Test
  void aDriftedBalanceIsNamed() {
    harm(
        "UPDATE public.account_quota_states SET current_balance = current_balance + 0.01"
            + " WHERE account_uuid = ?",
        A);
    assertThat(onlyFinding())
        .containsEntry("kind", "shown_balance_differs")
        .containsEntry("account", A.toString())
        .containsEntry("money", new BigDecimal("-0.01"));
  }

  @Test
  void aNodeThatWasSilentOverARestartIsAtRisk() {
    world.policy = new NodePolicy(FirstSnapshot.FROM_ZERO, Instant.EPOCH, 1_000);
    world.now = at("11:44:10");
    world.deliver(
        new World.Shot(at("11:44")).on(OTHER).of(A, 3, 4).of(B, "tcp", 2, 1).of(STRANGER, 1, 0));
    AuditReport report = audit();
    assertThat(report.findings()).hasSize(1);
    assertThat(report.findings().get(0))
        .containsEntry("kind", "at_risk")
        .containsEntry("node", OTHER.composed())
        .containsEntry("at", at("11:40"));
    assertThat(report.summary).containsEntry("at_risk", 4L);
    assertThat(report.sections.get("sources"))
        .anySatisfy(
            row ->
                assertThat(row)
                    .containsEntry("node", OTHER.composed())
                    .containsEntry("blind_seconds", 300L)
                    .containsEntry("unknown_bytes_at_most", new BigDecimal(300_000)));
  }

  @Test
  void whatOthersPostAndNobodyTookInYetIsNoDrift() {
    world.topUp(B, "5");
    give(world, B, 77);
    assertThat(audit().findings()).isEmpty();
  }

  @Test
  void decisionsAreEvidenceToo() {
    world.policy = new NodePolicy(FirstSnapshot.FROM_ZERO, Instant.EPOCH, 1_000);
    world.now = at("11:42");
    world.deliver(new World.Shot(at("11:40")).on(OTHER).of(A, 9_000_000, 0).of(B, "tcp", 600, 100));
    assertThat(audit().findings()).isEmpty();
    world
        .pipeline()
        .decide(OTHER, new SeriesKey(A.toString(), ""), at("11:40"), Decision.ACCEPT, "me", "why");
    assertThat(audit().findings()).isEmpty();
    harm("UPDATE billing.resolutions SET decision = 'BASELINE'");
    assertThat(audit().findings()).isNotEmpty();
  }

  /**
   * Scar S24: a byte that is changed in a table is found, and the table is told by what is found.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          public.traffic_minute_buckets | uplink_bytes = uplink_bytes + 1 | bucket_differs
          public.traffic_minute_buckets | total_bytes = total_bytes + 1 | bucket_differs
          public.traffic_minute_buckets | region = 'x' | extra_bucket
          public.traffic_minute_buckets | included_bytes = included_bytes + 1 | ledger_differs
          public.traffic_minute_buckets | charged_bytes = charged_bytes + 1 | ledger_differs
          public.traffic_minute_buckets | amount = amount - 0.5 | ledger_differs
          public.traffic_minute_buckets | multiplier = 2 | charge_differs
          public.traffic_minute_buckets | revision = revision + 1 | ledger_differs
          public.billing_ledger | amount_delta = amount_delta - 0.5 | ledger_differs
          public.billing_ledger | rated_bytes = rated_bytes + 1 | ledger_differs
          public.billing_ledger | balance_after = balance_after + 0.5 | balance_chain_broken
          public.billing_ledger | pricing_rule_version = 'x' | entry_differs
          public.billing_ledger | entry_type = 'traffic_x' | entry_differs
          public.billing_ledger | bucket_end = bucket_end + INTERVAL '1 s' | entry_differs
          public.account_quota_states | exact_balance = exact_balance + 1, current_balance = current_balance + 1 | balance_differs
          public.account_quota_states | quota_used = quota_used + 1, shown_remaining = 0 | quota_differs
          public.account_quota_states | quota_granted = quota_granted + 1 | quota_differs
          public.account_quota_states | shown_remaining = shown_remaining + 1 | quota_differs
          public.account_quota_states | rated_at = rated_at - INTERVAL '1 min' | quota_differs
          public.traffic_stat_checkpoints | last_uplink_total = last_uplink_total + 1 | checkpoint_differs
          public.billing_source_sync_state | last_completed_until = '2026-04-08 11:59Z' | progress_ahead
          billing.quota_grants | amount = amount + 1 | quota_differs
          billing.price_versions | price_per_byte = price_per_byte + 0.1 | charge_differs
          billing.snapshots | uplink[1] = uplink[1] + 1 | tampered_snapshot
          billing.snapshots | ordinals[1] = 77 | tampered_snapshot
          billing.snapshots | digest = set_byte(digest, 3, 7) | tampered_snapshot
          billing.nodes | uplink[1] = uplink[1] + 1 | state_differs
          billing.nodes | restarts[1] = restarts[1] + 1 | state_differs
          billing.nodes | seen_at[1] = seen_at[1] - 1 | state_differs
          billing.node_states | downlink[2] = downlink[2] + 1 | state_differs
          billing.restarts | hidden_bytes = hidden_bytes + 1 | restart_differs
          billing.unattributed_usage | uplink_bytes = uplink_bytes + 1 | unattributed_differs
          billing.series | inbound_tag = 'x' | tampered_snapshot
          """)
  void s24AChangedByteIsNamed(String table, String change, String kind) {
    harm(
        "UPDATE "
            + table
            + " SET "
            + change
            + " WHERE ctid = (SELECT ctid FROM "
            + table
            + " ORDER BY "
            + chosen(table)
            + " LIMIT 1)"
            + (table.equals("billing.snapshots")
                ? " AND tableoid = (SELECT tableoid FROM billing.snapshots LIMIT 1)"
                : ""));
    AuditReport report = audit();
    assertThat(report.findings()).isNotEmpty();
    assertThat(report.findings()).extracting(row -> row.get("kind")).containsOnly(kind);
    boolean cascades = List.of("billing.price_versions", "billing.series").contains(table);
    if (!cascades) {
      assertThat(report.findings()).hasSize(1);
    }
  }

  /** A row in the middle of it all. */
  private String chosen(String table) {
    return switch (table) {
      case "public.traffic_minute_buckets" ->
          "bucket_start <> '2026-04-08 11:17Z', node_id, account_uuid <> '" + A + "'";
      case "public.billing_ledger" ->
          "bucket_start <> '2026-04-08 11:17Z', node_id, account_uuid <> '" + A + "'";
      case "billing.snapshots" -> "collected_at <> '2026-04-08 10:42Z', node_key";
      case "public.account_quota_states", "billing.quota_grants" -> "account_uuid <> '" + B + "'";
      case "billing.price_versions" -> "account_uuid <> '" + A + "'";
      case "billing.node_states" -> "at DESC, node_key";
      default -> "1";
    };
  }

  @ParameterizedTest
  @CsvSource({
    "ALTER TABLE public.billing_ledger DISABLE TRIGGER billing_ledger_append_only",
    "DROP TRIGGER billing_ledger_no_truncate ON public.billing_ledger",
    "ALTER TABLE public.billing_ledger DISABLE TRIGGER billing_ledger_note_foreign"
  })
  void aGuardThatIsGoneIsNamed(String statement) {
    world.jdbi.useHandle(h -> h.execute(statement));
    assertThat(onlyFinding()).containsEntry("kind", "guard_gone");
  }

  @Test
  void anOrphanedLedgerRowAndAnInventedBucketAreNamed() {
    harm(
        """
        INSERT INTO public.traffic_minute_buckets
               (bucket_start, node_id, account_uuid, uplink_bytes, total_bytes, rating_status)
        VALUES ('2026-04-08 10:59Z', ?, ?, 9, 9, 'rated')
        """,
        NODE.composed(),
        B);
    assertThat(onlyFinding())
        .containsEntry("kind", "extra_bucket")
        .containsEntry("at", at("10:59"))
        .containsEntry("found", 9L);
  }
}
