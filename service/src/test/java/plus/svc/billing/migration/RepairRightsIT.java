package plus.svc.billing.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static plus.svc.billing.migration.Feed.sample;
import static plus.svc.billing.migration.Feed.snapshot;

import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import plus.svc.billing.api.report.Verdict;
import plus.svc.billing.pipeline.Mender;
import plus.svc.billing.pipeline.PipelineSettings;
import plus.svc.billing.pipeline.PipelineWatch;
import plus.svc.billing.pipeline.metering.Decision;
import plus.svc.billing.pipeline.source.ScriptedFetcher;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.pipeline.source.Sources;
import plus.svc.billing.pipeline.source.page.WindowPage;
import plus.svc.billing.repair.Checkpoints;
import plus.svc.billing.repair.Quarantine;
import plus.svc.billing.repair.RecordedReport;
import plus.svc.billing.repair.Replay;
import plus.svc.billing.repair.ReplayRequest;
import plus.svc.billing.testing.Database;

/** What operators mend is done with the rights of {@code sql/grants.sql}. */
final class RepairRightsIT {

  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-04-08T12:00:00Z"), ZoneOffset.UTC);
  private static final Instant DAY = Instant.parse("2026-04-08T00:00:00Z");
  private static final SourceSpec SOURCE = Sources.at(URI.create("http://127.0.0.1:9")).spec();

  @RegisterExtension static final Database database = Database.migrated();

  private final Jdbi owner = database.jdbi();

  @Test
  void theRunningRoleMendsDecidesAndSets() {
    assumeThat(RuntimeRole.canBeMade(owner)).isTrue();
    try (RuntimeRole role = RuntimeRole.on(database.get())) {
      mends(role.jdbi());
    }
  }

  private void mends(Jdbi jdbi) {
    UUID account = UUID.randomUUID();
    UUID stranger = UUID.randomUUID();
    owner.useHandle(
        h ->
            h.execute(
                "INSERT INTO public.users (uuid, proxy_uuid) VALUES (?, ?)", account, account));
    new Feed(jdbi)
        .deliver(
            snapshot("10:00:00", sample(account, 100), sample(stranger, 5)),
            snapshot("10:30:00", sample(account, 300), sample(stranger, 9)),
            snapshot("11:00:00", sample(account, 400), sample(stranger, 9)),
            snapshot("11:01:00", sample(account, 350), sample(stranger, 9)));
    owner.useHandle(
        h -> {
          h.execute("DELETE FROM public.traffic_minute_buckets WHERE uplink_bytes = 200");
          h.execute("DELETE FROM billing.unattributed_usage");
          h.execute("DELETE FROM billing.set_asides");
          h.execute("UPDATE billing.nodes SET uplink[1] = 1");
          h.execute("UPDATE billing.node_states SET uplink[1] = 1");
          h.execute("UPDATE public.account_quota_states SET exact_balance = 5");
        });
    Mender mender =
        new Mender(
            jdbi, new PipelineSettings(Feed.RATING, "", "test-rev"), CLOCK, PipelineWatch.NONE);
    Replay replay =
        new Replay(
            mender,
            jdbi,
            () -> List.of(SOURCE),
            new ScriptedFetcher((source, query) -> WindowPage.EMPTY),
            1_000);
    RecordedReport mended = new RecordedReport();
    replay.run(new ReplayRequest(null, null, DAY, CLOCK.instant(), true, true, true), mended);
    assertThat(mended.verdict()).isEqualTo(Verdict.CLEAN);
    assertThat(mended.column("differences", "what"))
        .contains(
            "bucket", "unattributed", "set_aside", "node_state", "kept_state", "exact_balance");

    RecordedReport decided = new RecordedReport();
    new Quarantine(jdbi, mender)
        .decide(
            new Quarantine.Filter(null, null, null, DAY, CLOCK.instant()),
            Decision.RESTART,
            "op",
            "seen",
            true,
            decided);
    assertThat(decided.total("decided")).isEqualTo(1);
    assertThat(decided.total("bytes")).isEqualTo(350L);

    RecordedReport set = new RecordedReport();
    new Checkpoints(jdbi, () -> List.of(SOURCE), CLOCK).set("jp", DAY, true, set);
    assertThat(set.verdict()).isEqualTo(Verdict.CLEAN);
  }
}
