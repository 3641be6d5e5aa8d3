package plus.svc.billing.audit;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.api.report.Verdict;
import plus.svc.billing.audit.Timeline.Evidence;
import plus.svc.billing.audit.Timeline.Word;
import plus.svc.billing.quantity.Minutes;

/** The sections of an audit's report; names of sections and columns are part of the interface. */
final class AuditSheet {

  private final Report report;

  AuditSheet(Report report) {
    this.report = report;
  }

  /** Minutes in a row of which the same is known, each by itself. */
  void minutes(AuditedNode node, Timeline.Run run) {
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

  /** Begins the minutes. */
  void minutes() {
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

  /** Begins the findings. */
  void findings() {
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

  /** A finding. */
  void finding(Finding finding) {
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

  /** What is known of each node. */
  void sources(List<AuditedNode> nodes) {
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
  }

  /** The restarts that are noted. */
  void restarts(FactsDao facts, AuditRequest request, List<AuditedNode> nodes) {
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

  /** How much was found of each kind. */
  void checks(Findings findings) {
    report.section("checks", "kind", "found");
    for (Finding.Kind kind : Finding.Kind.values()) {
      report.row(kind.text(), findings.of(kind));
    }
  }

  /** Ends the report. */
  void end(
      AuditRequest request,
      List<AuditedNode> nodes,
      Findings findings,
      LedgerAudit ledger,
      AccountAudit accounts,
      Verdict verdict) {
    Map<String, @Nullable Object> summary = new LinkedHashMap<>();
    summary.put("since", request.since());
    summary.put("until", request.until());
    summary.put("nodes", nodes.size());
    summary.put("minutes", sum(nodes, node -> node.timeline.minutes()));
    summary.put("snapshots", sum(nodes, node -> node.totals.snapshots));
    summary.put("series_minutes", sum(nodes, node -> node.totals.seriesMinutes));
    summary.put("match", sum(nodes, node -> node.timeline.of(Word.MATCH)));
    summary.put("missing", sum(nodes, node -> node.timeline.of(Word.MISSING)));
    summary.put("differs", sum(nodes, node -> node.timeline.of(Word.DIFFERS)));
    summary.put("extra", sum(nodes, node -> node.timeline.of(Word.EXTRA)));
    summary.put("set_aside", sum(nodes, node -> node.timeline.of(Word.SET_ASIDE)));
    for (Evidence word : Evidence.values()) {
      summary.put(lower(word), sum(nodes, node -> node.timeline.of(word)));
    }
    summary.put("expected_bytes", bytes(nodes, node -> node.totals.expectedBytes));
    summary.put("written_bytes", bytes(nodes, node -> node.totals.writtenBytes));
    summary.put("unknown_bytes_at_most", bytes(nodes, node -> node.totals.unknownBytes));
    summary.put("buckets", ledger.buckets());
    summary.put("charged", Pricing.plain(ledger.charged()));
    summary.put("accounts", accounts.accounts());
    summary.put("ledger_rows", accounts.entries());
    summary.put("grants_not_taken_in", accounts.pendingGrants());
    summary.put("findings", findings.total());
    summary.put("findings_money", Pricing.plain(findings.money()));
    summary.put("findings_not_listed", findings.notListed());
    summary.put("unchecked", findings.of(Finding.Kind.UNCHECKED));
    report.end(summary, verdict);
  }

  private static long sum(List<AuditedNode> nodes, ToLongFunction<AuditedNode> value) {
    return nodes.stream().mapToLong(value).sum();
  }

  private static BigDecimal bytes(
      List<AuditedNode> nodes, Function<AuditedNode, BigInteger> value) {
    return new BigDecimal(nodes.stream().map(value).reduce(BigInteger.ZERO, BigInteger::add));
  }

  private static String lower(Enum<?> word) {
    return word.name().toLowerCase(Locale.ROOT);
  }

  /** Decimals never in scientific notation, so that every face shows the same. */
  private static @Nullable Object text(@Nullable Object value) {
    return value instanceof BigDecimal number ? number.toPlainString() : value;
  }
}
