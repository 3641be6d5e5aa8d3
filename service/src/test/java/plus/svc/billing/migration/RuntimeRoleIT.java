package plus.svc.billing.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static plus.svc.billing.migration.Feed.sample;
import static plus.svc.billing.migration.Feed.snapshot;

import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Liquibase;
import liquibase.database.jvm.JdbcConnection;
import liquibase.resource.ClassLoaderResourceAccessor;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.api.report.Verdict;
import plus.svc.billing.audit.Audit;
import plus.svc.billing.audit.AuditRequest;
import plus.svc.billing.audit.ContinuousAudit;
import plus.svc.billing.audit.ExporterAccess;
import plus.svc.billing.collector.SourceLeaseDao;
import plus.svc.billing.job.JobRunDao;
import plus.svc.billing.job.JobRunRow;
import plus.svc.billing.pipeline.Retention;
import plus.svc.billing.pipeline.ledger.PriceObserver;
import plus.svc.billing.pipeline.rating.PeakHours;
import plus.svc.billing.pipeline.readmodel.ArrearsSweep;
import plus.svc.billing.pipeline.source.SourceProgressDao;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.platform.SecretRefs;
import plus.svc.billing.quantity.NodeKey;
import plus.svc.billing.registry.SourceRegistry;
import plus.svc.billing.registry.SourceRegistry.Action;
import plus.svc.billing.testing.Database;
import plus.svc.billing.testing.PostgresHarness;
import plus.svc.billing.testing.TestDatabase;
import plus.svc.billing.wallet.outbox.LetterDao;
import plus.svc.billing.wallet.outbox.LetterFilter;
import plus.svc.billing.wallet.outbox.Notice;
import plus.svc.billing.wallet.outbox.NoticeKind;
import plus.svc.billing.wallet.outbox.Outbox;
import plus.svc.billing.wallet.outbox.OutboxDao;
import plus.svc.billing.wallet.outbox.WebhookTarget;

/** The role that the service runs as can do its work with {@code sql/grants.sql}, and no more. */
final class RuntimeRoleIT {

  private static final Instant NOW = Instant.parse("2026-04-08T12:00:00Z");

  /** SQLSTATE insufficient_privilege. */
  private static final String NOT_ALLOWED = "42501";

  @RegisterExtension static final Database database = Database.migrated();

  private final Jdbi owner = database.jdbi();
  private RuntimeRole role = unset();

  @SuppressWarnings("NullAway") // set before each test
  private static RuntimeRole unset() {
    return null;
  }

  @BeforeEach
  void makeTheRole() {
    assumeThat(RuntimeRole.canBeMade(owner)).isTrue();
    role = RuntimeRole.on(database.get());
  }

  @AfterEach
  @SuppressWarnings("NullAway") // not made where the server does not allow it
  void dropTheRole() {
    if (role != null) {
      role.close();
    }
  }

  private UUID user() {
    UUID id = UUID.randomUUID();
    owner.useHandle(
        h -> h.execute("INSERT INTO public.users (uuid, proxy_uuid) VALUES (?, ?)", id, id));
    return id;
  }

  @Test
  void aDeliveryGoesTheWholeWay() {
    UUID account = user();
    UUID stranger = UUID.randomUUID();
    Feed feed = new Feed(role.jdbi());
    feed.deliver(
        snapshot("10:00:00", sample(account, 100), sample(stranger, 5)),
        snapshot("10:02:00", sample(account, 300), sample(stranger, 7)));
    // late, repeated, conflicting, across an hour, fallen, and a stranger who turns out to be known
    feed.deliver(snapshot("10:01:00", sample(account, 200)));
    feed.deliver(snapshot("10:02:00", sample(account, 310), sample(stranger, 7)));
    owner.useHandle(
        h ->
            h.execute(
                "INSERT INTO public.users (uuid, proxy_uuid) VALUES (?, ?)", stranger, stranger));
    feed.deliver(snapshot("11:00:00", sample(account, 400), sample(stranger, 9)));
    feed.deliver(snapshot("11:01:00", sample(account, 50), sample(stranger, 9)));
    assertThat(usage(account)).isEqualTo(400);
    assertThat(usage(stranger)).isEqualTo(9);
    assertThat(
            feed.deliver(snapshot("11:00:00", sample(account, 400), sample(stranger, 9)))
                .repeated())
        .isEqualTo(1);
  }

  @Test
  void everythingIsAudited() {
    UUID account = user();
    new Feed(role.jdbi())
        .deliver(
            snapshot(new NodeKey("prod", "audited"), NOW.minusSeconds(600), sample(account, 100)));
    ContinuousAudit audit =
        new ContinuousAudit(
            role.jdbi(), PeakHours.NONE, Duration.ofHours(24), InstantSource.fixed(NOW));
    audit.turn();
    audit.turn();
    assertThat(audit.standing().findings()).as(audit.standing().firstFinding()).isZero();
    Set<String> sections = new HashSet<>();
    Report report =
        new Report() {
          @Override
          public void section(String name, String... columns) {
            sections.add(name);
          }

          @Override
          public void row(Object... values) {}

          @Override
          public void progress(double share, String doing) {}

          @Override
          public void end(Map<String, ?> summary, Verdict verdict) {
            sections.add(verdict.text());
          }
        };
    new Audit(role.jdbi(), PeakHours.NONE, List::of, ExporterAccess.NONE)
        .run(
            new AuditRequest(
                Set.of(),
                Set.of("prod:audited"),
                NOW.minusSeconds(3_600),
                NOW,
                NOW,
                AuditRequest.From.ARCHIVE,
                false,
                100),
            report);
    assertThat(sections).contains("sources", "checks", "clean");
  }

  @Test
  void sourcesAreAddedAndDisabled() {
    List<List<SourceSpec>> told = new ArrayList<>();
    SourceRegistry registry =
        new SourceRegistry(
            List.of(),
            Duration.ofMinutes(1),
            new SecretRefs(Map.of("TOKEN", "x")),
            role.jdbi(),
            told::add,
            InstantSource.fixed(NOW));
    String source =
        """
        {"source_id": "added", "base_url": "https://x.example", "auth_mode": "bearer",
         "credential_ref": "env:TOKEN"}
        """;
    assertThat(registry.decide(Action.ADD, source, true).problems()).isEmpty();
    assertThat(registry.decide(Action.DISABLE, source, true).problems()).isEmpty();
    assertThat(told).hasSize(2);
  }

  @Test
  void whatOthersPostIsTakenInAndGrantsAndPeriodsAreNoticed() {
    UUID account = user();
    Feed feed = new Feed(role.jdbi());
    NodeKey node = new NodeKey("prod", "grants");
    feed.deliver(snapshot(node, NOW.minusSeconds(600), sample(account, 100)));
    Accounts accounts = new Accounts(owner);
    accounts.topUp(account, "pi_1", "10.5");
    accounts.saveQuota(
        account, q -> q.remaining(1000).period("2026-04-05T00:00:00Z", "2026-05-05T00:00:00Z"));
    feed.deliver(snapshot(node, NOW.minusSeconds(540), sample(account, 150)));
    accounts.saveQuota(account, q -> q.remaining(5000));
    feed.deliver(snapshot(node, NOW.minusSeconds(480), sample(account, 200)));
    accounts.topUp(account, "pi_2", "1");
    assertThat(feed.pipeline().settleForeignEntries()).isPositive();
  }

  @Test
  void pricesAreObservedAndArrearsSwept() {
    UUID account = user();
    new Feed(role.jdbi())
        .deliver(
            snapshot(new NodeKey("prod", "arrears"), NOW.minusSeconds(600), sample(account, 100)));
    new Accounts(owner).saveProfile(account, 0.25);
    assertThat(new PriceObserver(role.jdbi(), Feed.RATING).observe(NOW)).isPositive();
    var sweep = new ArrearsSweep(role.jdbi(), Duration.ofMinutes(1));
    assertThat(sweep.sweep(NOW).suspended()).isPositive();
    new Accounts(owner).topUp(account, "pi_3", "1000");
    new Feed(role.jdbi()).pipeline().settleForeignEntries();
    sweep.sweep(NOW);
    assertThat(new AccountsReader(owner).quota(account).suspendState()).isEqualTo("active");
  }

  @Test
  void daysOfTheArchiveAreMadeAndDropped() {
    TestDatabase other = PostgresHarness.shared().freshDatabase();
    try (RuntimeRole runtime = RuntimeRole.on(other)) {
      var retention = new Retention(runtime.jdbi(), Duration.ofDays(2));
      retention.prepare(NOW);
      UUID account = UUID.randomUUID();
      new Query(other.jdbi())
          .run("INSERT INTO public.users (uuid, proxy_uuid) VALUES (?, ?)", account, account);
      new Feed(runtime.jdbi())
          .deliver(
              snapshot("10:00:00", sample(account, 1)), snapshot("10:01:00", sample(account, 2)));
      assertThat(retention.prune(NOW.plus(Duration.ofDays(5))).partitions()).isPositive();
    }
    PostgresHarness.shared().drop(other);
  }

  @Test
  void leasesProgressAndRunsAreKept() {
    Jdbi jdbi = role.jdbi();
    var leases = jdbi.onDemand(SourceLeaseDao.class);
    long fence = leases.acquire("leased", "me", 60_000).orElseThrow();
    var progress = jdbi.onDemand(SourceProgressDao.class);
    progress.note(
        List.of(new SourceProgressDao.Note("leased", fence, null, NOW, null, "no answer")));
    assertThat(progress.find("leased")).isPresent();
    assertThat(leases.release("me", new String[] {"leased"})).isEqualTo(1);
    var runs = jdbi.onDemand(JobRunDao.class);
    long run = runs.started("collect-and-rate", NOW, "me");
    runs.finished(run, new JobRunRow("collect-and-rate", NOW, NOW, "ok", "", 1, 1, 0, "me"));
    assertThat(runs.lastFinished()).isPresent();
  }

  @Test
  void noticesAreWrittenSentPrunedAndPutBack() {
    UUID account = user();
    WebhookTarget hook =
        new WebhookTarget(
            "granted",
            URI.create("https://hooks.example.org/"),
            "env:SECRET",
            Set.of(),
            Duration.ofSeconds(5),
            null,
            false);
    Notice notice = new Notice(account, NoticeKind.BALANCE_LOW, NOW, Map.of("balance", "9"));
    role.jdbi()
        .useTransaction(
            handle -> new Outbox(List.of(hook)).add(handle, List.of(notice, notice, notice)));
    OutboxDao rows = role.jdbi().onDemand(OutboxDao.class);
    UUID claim = UUID.randomUUID();
    long sent = rows.claim("granted", claim, 1_000, 1).get(0).seq();
    assertThat(rows.delivered(account, "granted", sent, claim)).contains("delivered");
    long dead = rows.claim("granted", claim, 1_000, 1).get(0).seq();
    assertThat(rows.failed(account, "granted", dead, claim, "status", 0, 1, 0)).contains("dead");
    LetterFilter filter = new LetterFilter("granted", account, null);
    assertThat(role.jdbi().onDemand(LetterDao.class).replay(filter)).isEqualTo(1);
    assertThat(rows.endTheOld(0)).isEqualTo(2);
    assertThat(rows.standings()).hasSize(1);
    assertThat(rows.pruneDelivered(0, 9) + rows.pruneDead(0, 9)).isEqualTo(3);
    assertThat(rows.pruneNotices(0, 9)).isEqualTo(3);
  }

  @Test
  void itSeesWhetherAMigrationIsPending() throws Exception {
    try (var connection = role.dataSource().getConnection();
        var liquibase =
            new Liquibase(
                "migrations.xml",
                new ClassLoaderResourceAccessor(),
                new JdbcConnection(connection))) {
      assertThat(liquibase.listUnrunChangeSets(new Contexts(), new LabelExpression(), false))
          .isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE public.billing_ledger SET amount_delta = 0",
        "DELETE FROM public.billing_ledger",
        "TRUNCATE public.billing_ledger",
        "ALTER TABLE public.billing_ledger DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "DELETE FROM public.traffic_minute_buckets",
        "UPDATE public.account_billing_profiles SET base_price_per_byte = 0",
        "SELECT uuid FROM public.users",
        "UPDATE billing.takeovers SET billing_from = now()",
        "CREATE TABLE billing.mine (id bigint)",
      })
  void itMayNot(String statement) {
    assertRefused(statement);
  }

  @Test
  void itMayMakeNoTablesOfItsOwnAmongTheSharedOnes() {
    // Before release 15 everybody may, unless the owner of the database takes that right away.
    assumeThat(PostgresHarness.shared().serverVersion()).isGreaterThanOrEqualTo(15);
    assertRefused("CREATE TABLE public.mine (id bigint)");
  }

  private void assertRefused(String statement) {
    assertThatThrownBy(() -> role.jdbi().useHandle(handle -> handle.execute(statement)))
        .rootCause()
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(NOT_ALLOWED));
  }

  @Test
  void anotherServiceNeedsNoRightInOurSchemaToPost() {
    UUID account = user();
    String grants = "GRANT INSERT ON public.billing_ledger TO :\"runtime_role\"";
    try (RuntimeRole other = RuntimeRole.with(database.get(), grants)) {
      new Query(other.jdbi())
          .run(
              """
              INSERT INTO public.billing_ledger
                     (id, account_uuid, bucket_start, bucket_end, entry_type, amount_delta)
              VALUES (gen_random_uuid(), ?, now(), now(), 'topup', 3)
              """,
              account);
    }
    assertThat(
            new Query(owner)
                .number(
                    "SELECT amount_delta FROM billing.foreign_entries WHERE account_uuid = ?",
                    account))
        .isEqualByComparingTo("3");
  }

  @Test
  void itOwnsNothingAndIsNobody() {
    assertThat(
            new Query(owner)
                .truth(
                    """
                            SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls
                                   OR rolreplication
                                   OR EXISTS (SELECT 1 FROM pg_class c WHERE c.relowner = r.oid)
                                   OR EXISTS (SELECT 1 FROM pg_proc p WHERE p.proowner = r.oid)
                              FROM pg_roles r
                             WHERE rolname = ?
                            """,
                    role.name()))
        .isFalse();
  }

  @Test
  void theGrantsNameEveryTableOfOurs() {
    List<String> ungranted =
        new Query(owner)
            .texts(
                """
                        SELECT c.relname
                          FROM pg_class c
                         WHERE c.relnamespace = 'billing'::regnamespace
                           AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition
                           AND NOT has_table_privilege(?, c.oid, 'SELECT')
                        """,
                role.name());
    assertThat(ungranted).isEmpty();
  }

  private long usage(UUID account) {
    return new AccountsReader(owner).usage(account).totalBytes();
  }
}
