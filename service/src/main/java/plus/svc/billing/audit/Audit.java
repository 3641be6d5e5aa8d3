package plus.svc.billing.audit;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
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
import plus.svc.billing.audit.Timeline.Word;
import plus.svc.billing.pipeline.rating.PeakHours;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.quantity.Minutes;

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
        minutesSection();
      } else {
        findingsSection();
      }
      completeness(exporters);
      if (request.minutes()) {
        findingsSection();
        kept.forEach(this::list);
        kept.clear();
      }
      QuotaBook quotas = new QuotaBook(money, request.since());
      LedgerAudit ledger = ledger(quotas);
      AccountAudit accounts = new AccountAudit(money, findings, quotas, ledger);
      accounts.run(accountsOnly());
      StandingAudit standing = new StandingAudit(money, facts, findings);
      standing.guard();
      standing.progress(nodes, request.now());
      sourcesSection(exporters);
      restartsSection();
      heat.tell(report);
      checksSection();
      end(ledger, accounts);
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
        for (long minute = run.from(); minute < run.until(); minute++) {
          report.row(
              node.source,
              node.composed(),
              Minutes.start(minute),
              lower(run.evidence()),
              lower(run.word()),
              run.series(),
              run.expectedBytes(),
              run.writtenBytes());
        }
      }
    }

    private void minutesSection() {
      report.section(
          "minutes",
          "source",
          "node",
          "minute",
          "evidence",
          "compared",
          "series",
          "expected_bytes",
          "written_bytes");
    }

    private void findingsSection() {
      listing = true;
      report.section(
          "findings",
          "kind",
          "source",
          "node",
          "account",
          "line",
          "at",
          "expected",
          "found",
          "money",
          "evidence");
    }

    private void take(Finding finding) {
      if (listing) {
        list(finding);
      } else if (kept.size() < MOST_KEPT_FINDINGS) {
        kept.add(finding);
      }
    }

    private void list(Finding finding) {
      @Nullable AuditedNode node = finding.node();
      report.row(
          finding.kind().text(),
          node == null ? null : node.source,
          node == null ? null : node.composed(),
          finding.account() == null ? null : finding.account().toString(),
          finding.line(),
          finding.minute(),
          text(finding.expected()),
          text(finding.found()),
          finding.money(),
          finding.evidence());
    }

    private void sourcesSection(ExporterEvidence exporters) {
      report.section(
          "sources",
          "source",
          "node",
          "evidence",
          "minutes",
          "match",
          "missing",
          "differs",
          "extra",
          "set_aside",
          "observed",
          "spanned",
          "at_risk",
          "pending",
          "pruned",
          "expected_bytes",
          "written_bytes",
          "restarts",
          "blind_seconds",
          "unknown_bytes_at_most",
          "error");
      for (AuditedNode node : nodes) {
        Timeline timeline = node.timeline;
        report.row(
            node.source,
            node.composed(),
            node.totals.evidence,
            timeline.minutes(),
            timeline.of(Word.MATCH),
            timeline.of(Word.MISSING),
            timeline.of(Word.DIFFERS),
            timeline.of(Word.EXTRA),
            timeline.of(Word.SET_ASIDE),
            timeline.of(Evidence.OBSERVED),
            timeline.of(Evidence.SPANNED),
            timeline.of(Evidence.AT_RISK),
            timeline.of(Evidence.PENDING),
            node.pruned,
            new BigDecimal(node.totals.expectedBytes),
            new BigDecimal(node.totals.writtenBytes),
            node.totals.restarts,
            node.totals.blindSeconds,
            new BigDecimal(node.totals.unknownBytes),
            node.totals.error);
      }
      Set<String> seen = nodes.stream().map(node -> node.source).collect(Collectors.toSet());
      exporters.tellUnseen(report, sources.get(), seen);
    }

    private void restartsSection() {
      report.section(
          "restarts",
          "source",
          "node",
          "at",
          "blind_from",
          "by_epoch",
          "series",
          "blind_seconds",
          "hidden_bytes_at_most");
      Map<Integer, AuditedNode> byKey = new LinkedHashMap<>();
      nodes.forEach(node -> byKey.put(node.key(), node));
      Integer[] keys = byKey.keySet().toArray(Integer[]::new);
      facts.restarts(
          keys,
          request.since(),
          request.until(),
          row -> {
            @Nullable AuditedNode node = byKey.get(row.nodeKey());
            report.row(
                node == null ? null : node.source,
                node == null ? null : node.composed(),
                row.at(),
                row.blindFrom(),
                row.byEpoch(),
                row.seriesCount(),
                Duration.between(row.blindFrom(), row.at()).toSeconds(),
                row.hiddenBytes());
          });
    }

    private void checksSection() {
      report.section("checks", "kind", "found");
      for (Finding.Kind kind : Finding.Kind.values()) {
        report.row(kind.text(), findings.of(kind));
      }
    }

    private void end(LedgerAudit ledger, AccountAudit accounts) {
      Map<String, @Nullable Object> summary = new LinkedHashMap<>();
      summary.put("since", request.since());
      summary.put("until", request.until());
      summary.put("nodes", nodes.size());
      summary.put("minutes", sum(node -> node.timeline.minutes()));
      summary.put("snapshots", sum(node -> node.totals.snapshots));
      summary.put("series_minutes", sum(node -> node.totals.seriesMinutes));
      summary.put("match", sum(node -> node.timeline.of(Word.MATCH)));
      summary.put("missing", sum(node -> node.timeline.of(Word.MISSING)));
      summary.put("differs", sum(node -> node.timeline.of(Word.DIFFERS)));
      summary.put("extra", sum(node -> node.timeline.of(Word.EXTRA)));
      summary.put("set_aside", sum(node -> node.timeline.of(Word.SET_ASIDE)));
      for (Evidence word : Evidence.values()) {
        summary.put(lower(word), sum(node -> node.timeline.of(word)));
      }
      summary.put("expected_bytes", bytes(node -> node.totals.expectedBytes));
      summary.put("written_bytes", bytes(node -> node.totals.writtenBytes));
      summary.put("unknown_bytes_at_most", bytes(node -> node.totals.unknownBytes));
      summary.put("buckets", ledger.buckets());
      summary.put("charged", Pricing.plain(ledger.charged()));
      summary.put("accounts", accounts.accounts());
      summary.put("ledger_rows", accounts.entries());
      summary.put("grants_not_taken_in", accounts.pendingGrants());
      summary.put("findings", findings.total());
      summary.put("findings_money", Pricing.plain(findings.money()));
      summary.put("findings_not_listed", findings.notListed());
      summary.put("unchecked", findings.of(Finding.Kind.UNCHECKED));
      report.end(summary, verdict());
    }

    private Verdict verdict() {
      if (findings.total() == 0) {
        return Verdict.CLEAN;
      }
      return findings.total() == findings.of(Finding.Kind.UNCHECKED)
          ? Verdict.FAILED
          : Verdict.FOUND;
    }

    private long sum(java.util.function.ToLongFunction<AuditedNode> value) {
      return nodes.stream().mapToLong(value).sum();
    }

    private BigDecimal bytes(java.util.function.Function<AuditedNode, BigInteger> value) {
      return new BigDecimal(nodes.stream().map(value).reduce(BigInteger.ZERO, BigInteger::add));
    }
  }

  private static String lower(Enum<?> word) {
    return word.name().toLowerCase(Locale.ROOT);
  }

  /** Decimals never in scientific notation, so that every face shows the same. */
  private static @Nullable Object text(@Nullable Object value) {
    return value instanceof BigDecimal number ? number.toPlainString() : value;
  }
}
