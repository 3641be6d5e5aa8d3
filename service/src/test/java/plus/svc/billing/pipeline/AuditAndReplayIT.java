package plus.svc.billing.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import plus.svc.billing.api.report.Verdict;
import plus.svc.billing.pipeline.rating.PeakHours;

/** The audit names what is damaged, the replay mends it, and then the audit finds no more of it. */
class AuditAndReplayIT {

  private static List<Map<String, @Nullable Object>> healthy = List.of();

  @BeforeAll
  static void aHealthyTwin() {
    healthy = found(ReplayWorld.make());
  }

  private static List<Map<String, @Nullable Object>> found(ReplayWorld world) {
    return AuditReport.of(
            world.jdbi(),
            PeakHours.NONE,
            Set.of(),
            ReplayWorld.START.minusSeconds(60),
            World.at("13:00"))
        .damage();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a deleted bucket     | DELETE FROM public.traffic_minute_buckets WHERE node_id = 'prod:jp-node' AND bucket_start = '2026-04-08T11:13:00Z'
          a changed byte count | UPDATE public.traffic_minute_buckets SET uplink_bytes = uplink_bytes + 17 WHERE bucket_start = '2026-04-08T10:28:00Z'
          a drifted balance    | UPDATE public.account_quota_states SET exact_balance = exact_balance - 7.25
          a double charge      | INSERT INTO public.billing_ledger (id, account_uuid, bucket_start, bucket_end, entry_type, rated_bytes, amount_delta, balance_after, node_id, line_code) SELECT 'dddddddd-0000-4000-8000-000000000009', account_uuid, bucket_start, bucket_end, entry_type, rated_bytes, amount_delta, balance_after, node_id, line_code FROM public.billing_ledger WHERE bucket_start = '2026-04-08T12:13:00Z' AND node_id = 'prod:us-node' LIMIT 1
          a damaged node state | UPDATE billing.nodes SET uplink[1] = 1, restarts[2] = 9
          """)
  void whatTheAuditNamesTheReplayMends(String what, String sql) {
    ReplayWorld world = ReplayWorld.make();
    world.damage(sql);
    assertThat(found(world)).as("the audit names " + what).isNotEqualTo(healthy);
    assertThat(world.fromArchive(true).verdict()).isEqualTo(Verdict.CLEAN);
    assertThat(found(world)).as(what + " is mended").isEqualTo(healthy);
  }
}
