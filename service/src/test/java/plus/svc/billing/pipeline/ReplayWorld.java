package plus.svc.billing.pipeline;

import java.math.BigDecimal;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.pipeline.source.ScriptedFetcher;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.pipeline.source.Sources;
import plus.svc.billing.pipeline.source.page.WindowFetcher;
import plus.svc.billing.pipeline.source.page.WindowPage;
import plus.svc.billing.quantity.NodeKey;
import plus.svc.billing.repair.RecordedReport;
import plus.svc.billing.repair.Replay;
import plus.svc.billing.repair.ReplayRequest;
import plus.svc.billing.testing.PostgresHarness;
import plus.svc.billing.testing.TestDatabase;

/**
 * Three hours of two nodes: two accounts with a free quota that ends in mid-history, usage without
 * an account, a restart and a jump that is held. Whatever is damaged, a twin tells what was there.
 */
public final class ReplayWorld {

  public static final NodeKey US = new NodeKey("prod", "us-node");
  public static final NodeKey JP = World.NODE;
  public static final UUID ANN = UUID.fromString("aaaaaaaa-0000-4000-8000-000000000001");
  public static final UUID BOB = UUID.fromString("bbbbbbbb-0000-4000-8000-000000000002");
  private static final UUID NOBODY = UUID.fromString("cccccccc-0000-4000-8000-000000000003");
  private static final int SHOTS = 36;
  private static final Duration STEP = Duration.ofMinutes(5);

  /** When the history begins. */
  public static final Instant START = World.at("09:58");

  final World world;
  private final LawsFacts facts;

  private ReplayWorld(Jdbi jdbi) {
    world = new World(jdbi);
    world.now = World.at("14:00");
    world.policy = new NodePolicy(world.policy.firstSnapshot(), Instant.EPOCH, 1_000_000);
    facts = new LawsFacts(jdbi, List.of(JP, US), List.of(ANN, BOB));
  }

  /** A world with its history in a database of its own, a copy of one that was delivered once. */
  public static ReplayWorld make() {
    return new ReplayWorld(PostgresHarness.shared().copyOf(Delivered.DATABASE).jdbi());
  }

  /** The same accounts, and nothing that happened yet. */
  public static ReplayWorld empty() {
    return empty(PostgresHarness.shared().freshDatabase());
  }

  private static ReplayWorld empty(TestDatabase database) {
    ReplayWorld made = new ReplayWorld(database.jdbi());
    made.world.user(ANN, ANN);
    made.world.user(BOB, BOB);
    made.world.profile(ANN, 60_000, 0.5, "v1");
    return made;
  }

  /** The history, delivered when it is first asked for. */
  private static final class Delivered {
    static final TestDatabase DATABASE = PostgresHarness.shared().freshDatabase();

    static {
      ReplayWorld made = empty(DATABASE);
      made.world.deliver(made.history(JP));
      made.world.deliver(made.history(US));
    }
  }

  public Jdbi jdbi() {
    return world.jdbi;
  }

  /** All snapshots of a node. */
  public List<Snapshot> history(NodeKey node) {
    List<Snapshot> shots = new ArrayList<>();
    for (int i = 0; i < SHOTS; i++) {
      int since = i < 20 ? i : i - 20; // the process restarts before snapshot 20
      long rising = 1_000L * (since + 1);
      World.Shot shot = new World.Shot(START.plus(STEP.multipliedBy(i))).on(node);
      shot.of(ANN, "tcp", rising, 2 * rising).of(NOBODY, rising / 2, rising / 4);
      if (i % 3 != 0) {
        shot.of(BOB, rising, rising / 10);
      }
      if (i == 9 || i == 10) {
        shot.of(BOB, "fast", 9_000_000_000L + i, 0);
      }
      shots.add(shot.snapshot());
    }
    return shots;
  }

  /** What is written: facts, balances and the states that metering goes on from. */
  public List<Object> written() {
    return List.of(
        facts.read(),
        facts.ledgerSums(),
        facts.sharedBalances(),
        facts.ownBalances(),
        remaining(),
        facts.bucketsThatDifferFromTheirRows(),
        facts.corruptCorrections(),
        world.text(
            "SELECT string_agg((to_jsonb(n) - 'created_at')::text, '' ORDER BY composed)"
                + " FROM billing.nodes n"),
        world.text(
            "SELECT string_agg(s::text, '' ORDER BY node_key, at) FROM billing.node_states s"),
        world.text(
            "SELECT string_agg((to_jsonb(c) - 'created_at' - 'updated_at')::text, ''"
                + " ORDER BY node_id, account_uuid) FROM public.traffic_stat_checkpoints c"),
        world.text(
            "SELECT string_agg((to_jsonb(s) - 'received_at' - 'source_id')::text, ''"
                + " ORDER BY node_key, collected_at) FROM billing.snapshots s"));
  }

  private NavigableMap<UUID, BigDecimal> remaining() {
    return facts.remaining();
  }

  /** Changes the database behind the service's back. */
  public void damage(String sql, Object... args) {
    jdbi().useHandle(handle -> handle.execute(sql, args));
  }

  /** An exporter that still has these snapshots, three a page. */
  public static WindowFetcher exporter(List<Snapshot> kept) {
    return new ScriptedFetcher(
        (source, query) -> {
          List<Snapshot> left =
              kept.stream()
                  .filter(
                      s ->
                          !s.collectedAt().isBefore(query.since())
                              && !s.collectedAt().isAfter(query.until())
                              && (query.cursor() == null
                                  || s.collectedAt().isAfter(Instant.parse(query.cursor()))))
                  .toList();
          List<Snapshot> page = left.subList(0, Math.min(3, left.size()));
          boolean more = left.size() > page.size();
          return new WindowPage(
              "",
              "",
              page,
              List.of(),
              more,
              more ? page.get(page.size() - 1).collectedAt().toString() : null);
        });
  }

  /** The source that brings a node. */
  public SourceSpec source(NodeKey node) {
    SourceSpec spec =
        Sources.at(URI.create("http://127.0.0.1:9"))
            .named("of-" + node.node())
            .of(node.env(), node.node())
            .spec();
    return new SourceSpec(
        spec.id(),
        spec.nodeId(),
        spec.env(),
        spec.baseUrl(),
        spec.enabled(),
        spec.authMode(),
        spec.credentialRef(),
        spec.caBundleRef(),
        spec.serverName(),
        spec.collectInterval(),
        spec.requestTimeout(),
        spec.mode(),
        spec.firstSnapshot(),
        spec.billingFrom(),
        world.policy.maxBytesPerSecond());
  }

  /** A replay that may ask an exporter of both nodes. */
  public Replay replay(WindowFetcher fetcher) {
    return new Replay(
        new Mender(
            jdbi(),
            new PipelineSettings(world.rating, world.region, "test-rev", false),
            Clock.fixed(world.now, ZoneOffset.UTC),
            PipelineWatch.NONE),
        jdbi(),
        () -> List.of(source(JP), source(US)),
        fetcher,
        100);
  }

  /** Replays everything from the archive. */
  public RecordedReport fromArchive(boolean apply) {
    return run(replay(exporter(List.of())), all(false, apply));
  }

  public static RecordedReport run(Replay replay, ReplayRequest request) {
    RecordedReport report = new RecordedReport();
    replay.run(request, report);
    return report;
  }

  /** The whole history of both nodes. */
  public static ReplayRequest all(boolean fromExporter, boolean apply) {
    return new ReplayRequest(
        null, null, START.minusSeconds(3_600), World.at("14:00"), fromExporter, true, apply);
  }
}
