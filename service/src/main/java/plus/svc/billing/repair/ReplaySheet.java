package plus.svc.billing.repair;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.api.report.Verdict;
import plus.svc.billing.pipeline.Mended;
import plus.svc.billing.pipeline.ledger.BucketMend;
import plus.svc.billing.pipeline.ledger.Repaired;
import plus.svc.billing.quantity.Minutes;

/** Tells what a replay finds, row by row, and adds it up. */
final class ReplaySheet {

  private static final int MOST_UNTOLD = 1_000;

  private final Report report;
  private final boolean applied;
  private final List<Object[]> untold = new ArrayList<>();
  private final Set<String> told = new HashSet<>();
  private long untoldCount;
  private long differences;
  private long missing;
  private long restored;
  private long widened;
  private long samples;
  private long newBuckets;
  private long buckets;
  private long entries;
  private long bytes;
  private BigDecimal money = BigDecimal.ZERO;

  ReplaySheet(Report report, boolean applied) {
    this.report = report;
    this.applied = applied;
    report.section(
        "differences",
        "node",
        "account",
        "minute",
        "inbound",
        "what",
        "uplink_bytes",
        "downlink_bytes",
        "charged_bytes",
        "amount",
        "posts",
        "entry",
        "corrects",
        "why");
  }

  private record Key(UUID account, long minute, String node, String line) {}

  /** Takes what one transaction found on a node. */
  void add(String node, Mended mended) {
    missing += mended.missing();
    restored += mended.restored();
    widened += mended.widened();
    samples += mended.samples();
    Map<Key, Repaired.Bucket> changed = new LinkedHashMap<>();
    mended
        .repaired()
        .buckets()
        .forEach(b -> changed.put(new Key(b.account(), b.minute(), b.node(), b.line()), b));
    Map<Key, Integer> told = new HashMap<>();
    for (BucketMend mend : mended.buckets()) {
      Key key = new Key(mend.account(), mend.minute(), mend.node(), mend.line());
      boolean first = told.merge(key, 1, Integer::sum) == 1;
      bucket(mend, first ? changed.remove(key) : null);
    }
    changed.values().forEach(bucket -> bucket(bucket, "its cost follows from other usage"));
    balances(mended.repaired());
    for (Mended.Note note : mended.notes()) {
      row(
          node,
          note.account(),
          note.at(),
          note.inbound(),
          note.what(),
          note.uplinkBytes(),
          note.downlinkBytes(),
          note.why());
    }
    mended.untold().forEach(note -> cannot(node, note.at(), note.what(), note.why()));
  }

  /** Takes what examining accounts found. */
  void add(Repaired examined) {
    examined
        .buckets()
        .forEach(bucket -> bucket(bucket, "it was not rated as prices and quota say"));
    balances(examined);
  }

  private void bucket(BucketMend mend, Repaired.@Nullable Bucket change) {
    newBuckets += mend.stored() || mend.entries() > 0 ? 0 : 1;
    long up = mend.uplinkBytes() - mend.storedUplink();
    long down = mend.downlinkBytes() - mend.storedDownlink();
    tell(mend.node(), mend.account(), mend.minute(), mend.line(), up, down, change, mend.why());
  }

  private void bucket(Repaired.Bucket change, String why) {
    tell(
        change.node(),
        change.account(),
        change.minute(),
        change.line(),
        change.moreUplink(),
        change.moreDownlink(),
        change,
        why);
  }

  private void tell(
      String node,
      UUID account,
      long minute,
      String line,
      long up,
      long down,
      Repaired.@Nullable Bucket change,
      String why) {
    differences++;
    buckets++;
    bytes = Math.addExact(bytes, Math.addExact(up, down));
    @Nullable UUID entry = change == null ? null : change.entry();
    @Nullable UUID corrects = change == null ? null : change.corrects();
    BigDecimal amount = change == null ? BigDecimal.ZERO : change.moreAmount();
    money = money.add(amount);
    entries += entry == null ? 0 : 1;
    report.row(
        node,
        account.toString(),
        Minutes.start(minute),
        line,
        "bucket",
        up,
        down,
        change == null ? 0L : change.moreCharged(),
        amount,
        entry == null ? "" : corrects == null ? "traffic_charge" : "traffic_adjustment",
        entry == null ? "" : entry.toString(),
        corrects == null ? "" : corrects.toString(),
        why);
  }

  private void balances(Repaired repaired) {
    for (Repaired.Balance balance : repaired.accounts()) {
      if (balance.exact().signum() != 0) {
        balance(balance.account(), "exact_balance", balance.exact());
      }
      if (balance.shown().signum() != 0) {
        balance(balance.account(), "current_balance", balance.shown());
      }
    }
    repaired.quotas().forEach(this::quota);
  }

  private void quota(Repaired.Taken quota) {
    differences++;
    report.row(
        "",
        quota.account().toString(),
        quota.periodStart(),
        "",
        "quota",
        0L,
        0L,
        quota.moreCharged(),
        BigDecimal.ZERO,
        "",
        "",
        "",
        "its period has " + quota.moreUsed() + " free bytes used beyond what is noted");
  }

  private void balance(UUID account, String what, BigDecimal amount) {
    differences++;
    report.row(
        "",
        account.toString(),
        null,
        "",
        what,
        0L,
        0L,
        0L,
        amount,
        "",
        "",
        "",
        "it is not the sum of the ledger rows; no row is posted for it");
  }

  private void row(
      String node,
      @Nullable UUID account,
      Instant at,
      String inbound,
      String what,
      long up,
      long down,
      String why) {
    differences++;
    report.row(
        node,
        account == null ? "" : account.toString(),
        at,
        inbound,
        what,
        up,
        down,
        0L,
        BigDecimal.ZERO,
        "",
        "",
        "",
        why);
  }

  /** Something that can't be judged or mended. */
  void cannot(String where, @Nullable Instant at, String what, String why) {
    if (!told.add(where + " " + at + " " + what + " " + why)) {
      return;
    }
    untoldCount++;
    if (untold.size() < MOST_UNTOLD) {
      untold.add(new Object[] {where, at, what, why});
    }
  }

  Replay.Outcome outcome(Map<String, String> asked) {
    return new Replay.Outcome(samples, newBuckets, buckets - newBuckets, asked);
  }

  /** Ends the answer. */
  void end(int nodes, long minutes, boolean failed) {
    report.section("not_mended", "where", "at", "what", "why");
    untold.forEach(report::row);
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("applied", applied);
    summary.put("nodes", nodes);
    summary.put("node_minutes", minutes);
    summary.put("differences", differences);
    summary.put("snapshots_missing", missing);
    summary.put("snapshots_restored", restored);
    summary.put("snapshots_widened", widened);
    summary.put("buckets", buckets);
    summary.put("bytes", bytes);
    summary.put("ledger_rows", entries);
    summary.put("amount", money);
    summary.put("not_mended", untoldCount);
    report.end(summary, verdict(failed));
  }

  private Verdict verdict(boolean failed) {
    if (failed) {
      return Verdict.FAILED;
    }
    boolean found =
        untoldCount > 0
            || (!applied && (differences > 0 || missing > 0 || restored > 0 || widened > 0));
    return found ? Verdict.FOUND : Verdict.CLEAN;
  }
}
