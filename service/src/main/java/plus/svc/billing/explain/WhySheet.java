package plus.svc.billing.explain;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.api.report.Verdict;
import plus.svc.billing.pipeline.rating.PeakHours;

/** Writes why something was charged; what belongs to one bucket carries its number. */
final class WhySheet {

  private final Report report;
  private final List<BucketStory> stories;

  private WhySheet(Report report, List<BucketStory> stories) {
    this.report = report;
    this.stories = stories;
  }

  /**
   * Writes the whole report.
   *
   * @param answered whether there is anything to explain
   */
  static void write(
      List<BucketStory> stories,
      List<EntryRow> others,
      Why.Asked asked,
      Map<String, @Nullable Object> summary,
      boolean answered,
      Report report) {
    WhySheet sheet = new WhySheet(report, stories);
    if (!stories.isEmpty()) {
      sheet.buckets();
      sheet.ledger();
      sheet.price();
      sheet.quota();
      sheet.evidence();
    }
    if (!others.isEmpty()) {
      sheet.others(others);
    }
    if (!asked.requests().isEmpty()) {
      sheet.requests(asked.requests());
      sheet.posted(asked.entries());
    }
    long contradictions = sheet.contradictions();
    BigDecimal amount =
        stories.stream()
            .map(story -> story.bucket().amount())
            .reduce(BigDecimal.ZERO, BigDecimal::add);
    summary.put("buckets", stories.size());
    summary.put("amount", amount);
    summary.put("other_entries", others.size());
    if (!asked.requests().isEmpty()) {
      summary.put("requests", asked.requests().size());
    }
    summary.put("contradictions", contradictions);
    Verdict found = contradictions == 0 ? Verdict.CLEAN : Verdict.FOUND;
    report.end(summary, answered ? found : Verdict.REFUSED);
  }

  private void buckets() {
    report.section(
        "buckets",
        "bucket",
        "minute",
        "node",
        "line",
        "uplink_bytes",
        "downlink_bytes",
        "free_bytes",
        "charged_bytes",
        "amount",
        "written_at",
        "changed_at");
    for (int number = 0; number < stories.size(); number++) {
      BucketRow bucket = stories.get(number).bucket();
      report.row(
          number + 1,
          bucket.bucketStart(),
          bucket.nodeId(),
          bucket.lineCode(),
          bucket.uplinkBytes(),
          bucket.downlinkBytes(),
          bucket.includedBytes(),
          bucket.chargedBytes(),
          bucket.amount(),
          bucket.createdAt(),
          bucket.updatedAt());
    }
  }

  private void ledger() {
    report.section(
        "ledger",
        "bucket",
        "entry",
        "kind",
        "charged_bytes",
        "amount",
        "balance_after",
        "posted_at",
        "corrects",
        "meaning");
    for (int number = 0; number < stories.size(); number++) {
      for (EntryRow entry : stories.get(number).entries()) {
        report.row(
            number + 1,
            entry.id(),
            entry.entryType(),
            entry.ratedBytes(),
            entry.amountDelta(),
            entry.balanceAfter(),
            entry.createdAt(),
            entry.corrects(),
            entry.meaning());
      }
    }
  }

  private void price() {
    report.section(
        "price",
        "bucket",
        "rule",
        "in_force_from",
        "recorded_at",
        "price_per_byte",
        "region_multiplier",
        "line_multiplier",
        "phase",
        "phase_multiplier",
        "cost");
    for (int number = 0; number < stories.size(); number++) {
      BucketStory story = stories.get(number);
      PriceRow price = story.price();
      if (price != null) {
        report.row(
            number + 1,
            price.ruleVersion(),
            price.effectiveFrom(),
            price.recordedAt(),
            price.pricePerByte(),
            price.regionMultiplier(),
            price.lineMultiplier(),
            story.phase().name().toLowerCase(Locale.ROOT),
            phaseMultiplier(price, story.phase()),
            sum(story, price));
      }
    }
  }

  private static BigDecimal phaseMultiplier(PriceRow price, PeakHours.Phase phase) {
    return switch (phase) {
      case UNPHASED -> BigDecimal.ONE;
      case PEAK -> price.peakMultiplier();
      case OFFPEAK -> price.offpeakMultiplier();
    };
  }

  private static String sum(BucketStory story, PriceRow price) {
    if (price.unlimited()) {
      return "unlimited: 0";
    }
    return story.bucket().chargedBytes()
        + " x "
        + price.pricePerByte().toPlainString()
        + " x "
        + story.factor().toPlainString()
        + " = "
        + story.cost().toPlainString();
  }

  private void quota() {
    report.section(
        "quota",
        "bucket",
        "period_start",
        "period_end",
        "granted_by_then",
        "taken_before",
        "left_before",
        "free_bytes",
        "charged_bytes");
    for (int number = 0; number < stories.size(); number++) {
      QuotaRow quota = stories.get(number).quota();
      BucketRow bucket = stories.get(number).bucket();
      if (quota != null) {
        report.row(
            number + 1,
            quota.periodStart(),
            quota.periodEnd(),
            quota.granted(),
            quota.used(),
            quota.remaining(),
            bucket.includedBytes(),
            bucket.chargedBytes());
      }
    }
  }

  private void evidence() {
    report.section(
        "evidence",
        "bucket",
        "snapshot",
        "uplink_before",
        "downlink_before",
        "before_from",
        "uplink",
        "downlink",
        "counted_uplink",
        "counted_downlink",
        "how",
        "source",
        "arrived_at",
        "digest");
    for (int number = 0; number < stories.size(); number++) {
      BucketStory story = stories.get(number);
      for (Judged sample : story.samples()) {
        report.row(
            number + 1,
            sample.snapshot().at(),
            sample.uplinkBefore(),
            sample.downlinkBefore(),
            sample.seenBefore(),
            sample.uplink(),
            sample.downlink(),
            sample.countedUplink(),
            sample.countedDownlink(),
            sample.how(),
            sample.snapshot().source(),
            sample.snapshot().receivedAt(),
            sample.snapshot().digest());
      }
      String missing =
          switch (story.evidence()) {
            case WHOLE -> "";
            case PRUNED -> "the evidence is pruned: the archive's time is over";
            case NONE -> "no evidence: an earlier writer billed this node";
          };
      if (!missing.isEmpty()) {
        report.row(
            number + 1, null, null, null, null, null, null, null, null, missing, null, null, null);
      }
    }
  }

  private void others(List<EntryRow> others) {
    report.section(
        "other_entries",
        "entry",
        "kind",
        "amount",
        "balance_after",
        "reference",
        "posted_at",
        "meaning");
    for (EntryRow entry : others) {
      report.row(
          entry.id(),
          entry.entryType(),
          entry.amountDelta(),
          entry.balanceAfter(),
          entry.pricingRuleVersion(),
          entry.createdAt(),
          entry.meaning());
    }
  }

  private void requests(List<RequestRow> requests) {
    report.section(
        "requests",
        "request",
        "caller",
        "key",
        "kind",
        "came_by",
        "received_at",
        "status",
        "reason",
        "reverses",
        "reversed_by",
        "applied_at",
        "body");
    for (RequestRow request : requests) {
      report.row(
          request.requestId(),
          request.caller(),
          request.idempotencyKey(),
          request.kind(),
          request.source(),
          request.receivedAt(),
          request.status() == null ? "not applied yet" : request.status(),
          request.reason(),
          request.reverses(),
          request.reversedBy(),
          request.appliedAt(),
          request.body());
    }
  }

  private void posted(List<EntryRow> entries) {
    report.section(
        "posted_for_them",
        "request",
        "entry",
        "account",
        "kind",
        "amount",
        "posted_at",
        "corrects");
    for (EntryRow entry : entries) {
      report.row(
          entry.operationId(),
          entry.id(),
          entry.accountUuid(),
          entry.entryType(),
          entry.amountDelta(),
          entry.createdAt(),
          entry.corrects());
    }
  }

  private long contradictions() {
    long count = stories.stream().mapToLong(story -> story.contradictions().size()).sum();
    if (count > 0) {
      report.section("contradictions", "bucket", "what");
      for (int number = 0; number < stories.size(); number++) {
        for (String what : stories.get(number).contradictions()) {
          report.row(number + 1, what);
        }
      }
    }
    return count;
  }
}
