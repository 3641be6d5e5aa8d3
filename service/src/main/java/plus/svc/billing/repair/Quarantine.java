package plus.svc.billing.repair;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.api.report.Verdict;
import plus.svc.billing.pipeline.Mender;
import plus.svc.billing.pipeline.Receipt;
import plus.svc.billing.pipeline.metering.Decision;
import plus.svc.billing.pipeline.snapshot.SeriesKey;
import plus.svc.billing.quantity.NodeKey;

/** Samples that were set aside: shows them, and has a person's decision on them taken. */
public final class Quarantine {

  /** Most samples that one decision may be about: it is one transaction. */
  public static final int MOST_DECIDED = 100;

  /** Most samples of one list. */
  public static final int MOST_LISTED = 1_000;

  /** What metering holds; the decoder's refusals have no counters that could be decided on. */
  private static final Set<String> HELD = Set.of("JUMP", "FELL_WITHOUT_RESTART");

  private static final Pattern NUMBER = Pattern.compile("-?\\d{1,30}");

  private final Jdbi jdbi;
  private final Mender mender;

  public Quarantine(Jdbi jdbi, Mender mender) {
    this.jdbi = jdbi;
    this.mender = mender;
  }

  /**
   * Which samples.
   *
   * @param node as the shared tables name it, {@code account}, {@code cause} a reason such as
   *     {@code JUMP}; null for all
   * @param since included, as is {@code until}
   */
  public record Filter(
      @Nullable String node,
      @Nullable UUID account,
      @Nullable String cause,
      Instant since,
      Instant until) {}

  private List<QuarantineDao.Sample> samples(Filter filter, int most) {
    Integer[] nodes =
        jdbi.withExtension(ReplayDao.class, dao -> dao.nodes(filter.node(), null, "", "")).stream()
            .map(ReplayDao.Node::nodeKey)
            .toArray(Integer[]::new);
    return jdbi.withExtension(
        QuarantineDao.class,
        dao ->
            dao.samples(
                nodes, filter.account(), filter.cause(), filter.since(), filter.until(), most));
  }

  /** Lists them, and says of each what can be done. */
  public void list(Filter filter, Report report) {
    List<QuarantineDao.Sample> samples = samples(filter, MOST_LISTED);
    section(report);
    samples.forEach(sample -> row(report, sample, null, mend(sample)));
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("samples", samples.size());
    summary.put("decidable", samples.stream().filter(Quarantine::isDecidable).count());
    summary.put("more", samples.size() == MOST_LISTED);
    report.end(summary, samples.isEmpty() ? Verdict.CLEAN : Verdict.FOUND);
  }

  /**
   * Takes a decision on every sample that matches, in one transaction.
   *
   * @param apply whether to do it, or only to tell what it would bill
   */
  public void decide(
      Filter filter, Decision decision, String by, String reason, boolean apply, Report report) {
    List<QuarantineDao.Sample> samples = samples(filter, MOST_LISTED);
    List<QuarantineDao.Sample> decidable =
        samples.stream().filter(Quarantine::isDecidable).toList();
    section(report);
    if (decidable.size() > MOST_DECIDED) {
      samples.forEach(sample -> row(report, sample, null, mend(sample)));
      report.end(
          Map.of("error", "more than " + MOST_DECIDED + " samples match: narrow it"),
          Verdict.REFUSED);
      return;
    }
    List<Mender.HeldSample> held = new ArrayList<>();
    decidable.forEach(
        sample ->
            held.add(
                new Mender.HeldSample(
                    new NodeKey(sample.env(), sample.nodeId()),
                    new SeriesKey(sample.identifier(), sample.inbound()),
                    sample.at())));
    List<@Nullable Receipt> receipts = mender.decide(held, decision, by, reason, !apply);
    long bytes = 0;
    BigDecimal charged = BigDecimal.ZERO;
    int entries = 0;
    int decided = 0;
    for (QuarantineDao.Sample sample : samples) {
      int place = decidable.indexOf(sample);
      @Nullable Receipt receipt = place < 0 ? null : receipts.get(place);
      if (receipt != null) {
        bytes += receipt.bytes();
        charged = charged.add(receipt.charged());
        entries += receipt.ledgerRows();
        decided++;
      }
      row(report, sample, receipt, place < 0 ? mend(sample) : outcome(receipt, decision));
    }
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("applied", apply);
    summary.put("decided", decided);
    summary.put("undecidable", samples.size() - decidable.size());
    summary.put("bytes", bytes);
    summary.put("charged", charged);
    summary.put("ledger_rows", entries);
    report.end(summary, apply || decided == 0 ? Verdict.CLEAN : Verdict.FOUND);
  }

  private static String outcome(@Nullable Receipt receipt, Decision decision) {
    return receipt == null
        ? "an earlier decision of these released it"
        : decision.name().toLowerCase(Locale.ROOT);
  }

  private static boolean isDecidable(QuarantineDao.Sample sample) {
    return HELD.contains(sample.reason()) && sample.known();
  }

  private static String mend(QuarantineDao.Sample sample) {
    if (isDecidable(sample)) {
      return "decide: accept, restart or baseline";
    }
    return sample.reason().equals("EVIDENCE_PRUNED")
        ? "none: what was archived around it is pruned"
        : "none here: its counters were refused as sent; once the exporter tells better, replay from"
            + " the exporter";
  }

  private static void section(Report report) {
    report.section(
        "samples",
        "node",
        "at",
        "account",
        "inbound",
        "cause",
        "uplink_total",
        "downlink_total",
        "held_bytes",
        "decided_before",
        "bytes",
        "charged",
        "ledger_rows",
        "mend");
  }

  private static void row(
      Report report, QuarantineDao.Sample sample, @Nullable Receipt receipt, String mend) {
    report.row(
        sample.node(),
        sample.at(),
        SeriesName.of(sample.account(), sample.identifier()),
        sample.known() ? sample.inbound() : "",
        sample.reason(),
        number(sample.uplink()),
        number(sample.downlink()),
        sample.heldBytes(),
        sample.decision(),
        receipt == null ? 0L : receipt.bytes(),
        receipt == null ? BigDecimal.ZERO : receipt.charged(),
        receipt == null ? 0 : receipt.ledgerRows(),
        mend);
  }

  /** What an exporter sent may be anything; only what reads as a number is shown. */
  private static String number(String sent) {
    return NUMBER.matcher(sent).matches() ? sent : "";
  }
}
