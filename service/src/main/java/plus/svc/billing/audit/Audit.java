package plus.svc.billing.audit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.api.report.Verdict;
import plus.svc.billing.audit.Timeline.Evidence;
import plus.svc.billing.pipeline.rating.PeakHours;
import plus.svc.billing.pipeline.source.SourceSpec;

/**
 * Proves that what is written is complete and right, or names what is not. Everything is read in
 * one transaction that sees the database as it was at one instant, so that work under way raises no
 * alarm; nothing is written.
 */
public final class Audit {

  /** Series whose nodes are gone through together. */
  private static final int BATCH_SERIES = 200_000;

  private static final long MOST_KEPT_FINDINGS = 10_000;

  private final Jdbi jdbi;
  private final PeakHours peakHours;
  private final Supplier<List<SourceSpec>> sources;
  private final ExporterAccess access;

  /**
   * @param peakHours as rating uses them
   * @param sources those known now
   */
  public Audit(
      Jdbi jdbi, PeakHours peakHours, Supplier<List<SourceSpec>> sources, ExporterAccess access) {
    this.jdbi = jdbi;
    this.peakHours = peakHours;
    this.sources = sources;
    this.access = access;
  }

  /** Looks, and tells what it finds. */
  public void run(AuditRequest request, Report report) {
    jdbi.useTransaction(
        TransactionIsolationLevel.REPEATABLE_READ,
        handle -> {
          handle.execute("SET TRANSACTION READ ONLY");
          // Exporters may be slow; meanwhile the transaction is idle and holds no lock.
          handle.execute(
              "SELECT set_config('idle_in_transaction_session_timeout', '600000', true)");
          new Run(handle, request, report).run();
        });
  }

  /** One audit. */
  private final class Run {
    private final AuditRequest request;
    private final Report report;
    private final AuditSheet sheet;
    private final EvidenceDao evidence;
    private final FactsDao facts;
    private final MoneyDao money;
    private final Handle handle;
    private final HeatMap heat;

    /** While minutes are told, what is found meanwhile waits for its section, a bounded part. */
    private final List<Finding> kept = new ArrayList<>();

    private boolean listing;
    private final Findings findings;
    private final Pricing pricing;
    private final List<AuditedNode> nodes = new ArrayList<>();

    Run(Handle handle, AuditRequest request, Report report) {
      this.handle = handle;
      this.request = request;
      this.report = report;
      this.sheet = new AuditSheet(report);
      this.evidence = handle.attach(EvidenceDao.class);
      this.facts = handle.attach(FactsDao.class);
      this.money = handle.attach(MoneyDao.class);
      this.heat = new HeatMap(request.firstMinute(), request.endMinute());
      this.findings = new Findings(this::take, request.mostFindings());
      this.pricing = new Pricing(money, peakHours);
    }

    void run() {
      ExporterEvidence exporters =
          new ExporterEvidence(access, request, findings, handle.attach(EvidenceDao.class));
      choose(exporters);
      if (request.minutes()) {
        sheet.minutes();
      } else {
        beginFindings();
      }
      completeness(exporters);
      if (request.minutes()) {
        beginFindings();
      }
      QuotaBook quotas = new QuotaBook(money, request.since());
      LedgerAudit ledger = ledger(quotas);
      WalletAudit wallet = new WalletAudit(handle, findings);
      AccountAudit accounts = new AccountAudit(money, findings, quotas, wallet, ledger);
      accounts.run(accountsOnly());
      if (request.isOfEverything()) {
        wallet.operations();
      }
      StandingAudit standing = new StandingAudit(money, facts, findings);
      standing.guard();
      standing.progress(nodes, request.now());
      sheet.sources(nodes);
      Set<String> seen = nodes.stream().map(node -> node.source).collect(Collectors.toSet());
      exporters.tellUnseen(report, sources.get(), seen);
      sheet.restarts(facts, request, nodes);
      heat.tell(report);
      sheet.checks(findings);
      sheet.end(request, nodes, findings, ledger, accounts, verdict());
    }

    private void choose(ExporterEvidence exporters) {
      NodeChoice choice = new NodeChoice(request, sources.get());
      Map<String, java.time.Instant> read = new HashMap<>();
      facts.progress().forEach(row -> read.put(row.source(), row.completedUntil()));
      for (EvidenceDao.NodeRow row : evidence.nodes()) {
        NodeChoice.@Nullable Chosen chosen = choice.of(row);
        if (chosen != null) {
          AuditedNode node = new AuditedNode(row, chosen.source(), request, this::known);
          node.completedUntil = chosen.spec() == null ? null : read.get(chosen.source());
          nodes.add(node);
          if (chosen.spec() != null) {
            exporters.asks(node, chosen.spec());
          }
        }
      }
      tellUnknownNames(sources.get());
    }

    /** A name that means nothing must not be answered with "clean". */
    private void tellUnknownNames(List<SourceSpec> known) {
      Set<String> names = new TreeSet<>(request.sources());
      known.forEach(source -> names.remove(source.id().value()));
      nodes.forEach(node -> names.remove(node.source));
      names.forEach(name -> tellUnknown("source", name));
      names.addAll(request.nodes());
      nodes.forEach(node -> names.remove(node.composed()));
      names.removeAll(request.sources());
      names.forEach(name -> tellUnknown("node", name));
    }

    private void tellUnknown(String what, String name) {
      findings.add(
          Finding.of(
              Finding.Kind.UNCHECKED,
              "a " + what,
              null,
              "there is no " + what + " '" + name + "'"));
    }

    private void completeness(ExporterEvidence exporters) {
      Map<Integer, Integer> sizes = new HashMap<>();
      evidence.sizes().forEach(size -> sizes.put(size.nodeKey(), size.series()));
      List<AuditedNode> batch = new ArrayList<>();
      int series = 0;
      int done = 0;
      for (AuditedNode node : nodes) {
        int more = sizes.getOrDefault(node.key(), 0);
        if (!batch.isEmpty() && series + more > BATCH_SERIES) {
          completeness(batch, done, exporters);
          done += batch.size();
          batch = new ArrayList<>();
          series = 0;
        }
        batch.add(node);
        series += more;
      }
      completeness(batch, done, exporters);
    }

    private void completeness(List<AuditedNode> batch, int done, ExporterEvidence exporters) {
      double begin = (double) done / Math.max(1, nodes.size());
      double length = (double) batch.size() / Math.max(1, nodes.size());
      new Completeness(
              handle,
              findings,
              pricing,
              exporters,
              minute -> report.progress(0.5 * (begin + length * share(minute)), "evidence"))
          .run(batch);
    }

    private double share(long minute) {
      return (double) (minute - request.firstMinute())
          / (request.endMinute() - request.firstMinute());
    }

    private @Nullable List<UUID> accountsOnly() {
      return request.isOfEverything() ? null : Completeness.accountsOf(nodes);
    }

    private LedgerAudit ledger(QuotaBook quotas) {
      Map<String, AuditedNode> byName = new HashMap<>();
      nodes.forEach(node -> byName.put(node.composed(), node));
      LedgerAudit ledger =
          new LedgerAudit(
              money,
              findings,
              pricing,
              quotas,
              byName,
              minute -> report.progress(0.5 + 0.4 * share(minute), "ledger"));
      ledger.run(accountsOnly(), request.firstMinute(), request.endMinute());
      return ledger;
    }

    private void known(AuditedNode node, Timeline.Run run) {
      heat.add(node, run);
      if (request.minutes() && run.evidence() != Evidence.PENDING) {
        sheet.minutes(node, run);
      }
    }

    private void beginFindings() {
      listing = true;
      sheet.findings();
      kept.forEach(sheet::finding);
      kept.clear();
    }

    private void take(Finding finding) {
      if (listing) {
        sheet.finding(finding);
      } else if (kept.size() < MOST_KEPT_FINDINGS) {
        kept.add(finding);
      }
    }

    private Verdict verdict() {
      if (findings.total() == 0) {
        return Verdict.CLEAN;
      }
      return findings.total() == findings.of(Finding.Kind.UNCHECKED)
          ? Verdict.FAILED
          : Verdict.FOUND;
    }
  }
}
