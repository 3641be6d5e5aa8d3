package plus.svc.billing.explain;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.rating.PeakHours;

/**
 * All that is known of one bucket.
 *
 * @param entries its ledger rows, the first one first
 * @param price null if the account has no price version, as when an earlier writer billed it
 * @param factor the multiplier that the price version means for the minute
 * @param quota null if no period holds the minute
 * @param samples what its counters said, as far as the evidence goes
 * @param evidence whether that is all
 */
record BucketStory(
    BucketRow bucket,
    List<EntryRow> entries,
    @Nullable PriceRow price,
    PeakHours.Phase phase,
    BigDecimal factor,
    @Nullable QuotaRow quota,
    List<Judged> samples,
    Evidence evidence) {

  /** What is left of the evidence. */
  enum Evidence {
    WHOLE,
    PRUNED,
    NONE
  }

  /** What it costs by its price, {@code >= 0}. */
  BigDecimal cost() {
    return price == null
        ? BigDecimal.ZERO
        : BigDecimal.valueOf(bucket.chargedBytes()).multiply(price.pricePerByte()).multiply(factor);
  }

  long evidenceBytes() {
    return samples.stream().mapToLong(Judged::counted).sum();
  }

  /** What doesn't add up; empty if everything does. */
  List<String> contradictions() {
    List<String> found = new ArrayList<>();
    if (bucket.revision() == 0) {
      return found;
    }
    if (price != null && cost().add(bucket.amount()).signum() != 0) {
      found.add("the price makes " + cost().toPlainString() + ", the bucket has " + amount());
    }
    BigDecimal posted =
        entries.stream().map(EntryRow::amountDelta).reduce(BigDecimal.ZERO, BigDecimal::add);
    if (posted.compareTo(bucket.amount()) != 0) {
      found.add("its ledger rows make " + posted.toPlainString() + ", the bucket has " + amount());
    }
    if (entries.size() != bucket.revision()) {
      found.add(entries.size() + " ledger rows of " + bucket.revision() + " are there");
    }
    if (evidence == Evidence.WHOLE && evidenceBytes() != bucket.totalBytes()) {
      found.add(
          "the snapshots make "
              + evidenceBytes()
              + " bytes, the bucket has "
              + bucket.totalBytes());
    }
    return found;
  }

  private String amount() {
    return bucket.amount().toPlainString();
  }
}
