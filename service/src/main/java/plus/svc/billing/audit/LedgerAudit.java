package plus.svc.billing.audit;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.audit.Finding.Kind;
import plus.svc.billing.pipeline.ledger.LedgerId;
import plus.svc.billing.quantity.Minutes;

/**
 * Holds every bucket against its ledger rows, and its cost against price and quota. Goes through
 * the time in slices; buckets are rated in the order in which free quota is given out.
 */
final class LedgerAudit {

  private static final int MOST_ROWS = 50_000;
  private static final int LONGEST_SLICE_MINUTES = 240;

  private final MoneyDao dao;
  private final Findings findings;
  private final Pricing pricing;
  private final QuotaBook quotas;
  private final Map<String, AuditedNode> nodes;
  private final LedgerId ids = new LedgerId();

  /** Money by which ledger rows and buckets differ, by account. */
  private final Map<UUID, BigDecimal> explained = new HashMap<>();

  private final Map<UUID, Set<UUID>> doubles = new HashMap<>();
  private final Completeness.Progress progress;
  private final BucketTeller teller;
  private final BucketRating rating;
  private boolean rates = true;
  private long buckets;
  private BigDecimal charged = BigDecimal.ZERO;

  /** Holds buckets against their rows only: rating would read whole periods. */
  static LedgerAudit withoutRating(
      MoneyDao dao, Findings findings, Pricing pricing, Map<String, AuditedNode> nodes) {
    LedgerAudit audit =
        new LedgerAudit(
            dao, findings, pricing, new QuotaBook(dao, Instant.EPOCH), nodes, minute -> {});
    audit.rates = false;
    return audit;
  }

  LedgerAudit(
      MoneyDao dao,
      Findings findings,
      Pricing pricing,
      QuotaBook quotas,
      Map<String, AuditedNode> nodes,
      Completeness.Progress progress) {
    this.dao = dao;
    this.findings = findings;
    this.pricing = pricing;
    this.quotas = quotas;
    this.nodes = nodes;
    this.progress = progress;
    this.teller = new BucketTeller(findings, nodes);
    this.rating = new BucketRating(findings, pricing, quotas, teller);
  }

  /** Money by which the ledger rows of accounts are off their buckets. */
  Map<UUID, BigDecimal> explained() {
    return explained;
  }

  /** Charges that stand beside others, by account. */
  Map<UUID, Set<UUID>> doubles() {
    return doubles;
  }

  /** What the buckets cost, as it is written. */
  BigDecimal charged() {
    return charged;
  }

  long buckets() {
    return buckets;
  }

  /**
   * Goes through the time.
   *
   * @param accounts whose buckets are looked at, null for all
   */
  void run(@Nullable List<UUID> accounts, long from, long until) {
    UUID[] ids = accounts == null ? new UUID[0] : accounts.toArray(UUID[]::new);
    int length = 1;
    long minute = from;
    while (minute < until) {
      long end = Math.min(until, minute + length);
      long rows = slice(accounts == null, ids, minute, end);
      progress.reached(end);
      minute = end;
      length = rows * 2 < MOST_ROWS ? Math.min(LONGEST_SLICE_MINUTES, length * 2) : length;
      length = rows > MOST_ROWS ? Math.max(1, length / 2) : length;
    }
  }

  private long slice(boolean all, UUID[] accounts, long from, long until) {
    Map<BucketKey, MoneyDao.RatedRow> rated = new HashMap<>();
    Set<UUID> seen = new HashSet<>();
    dao.rated(
        all,
        accounts,
        Minutes.start(from),
        Minutes.start(until),
        row -> {
          charged = charged.subtract(row.amount());
          rated.put(row.key(), row);
          seen.add(row.key().account());
        });
    Map<BucketKey, List<MoneyDao.EntryRow>> posted = new HashMap<>();
    Set<UUID> read = new HashSet<>();
    Set<UUID> corrected = new HashSet<>();
    dao.entries(
        all,
        accounts,
        firstId(from),
        firstId(until),
        row -> {
          posted.computeIfAbsent(row.bucket(), key -> new ArrayList<>(1)).add(row);
          seen.add(row.account());
          read.add(row.id());
          if (row.corrects() != null) {
            corrected.add(row.corrects());
          }
        });
    corrected.removeAll(read);
    if (!corrected.isEmpty()) {
      dao.entriesById(corrected.toArray(UUID[]::new))
          .forEach(row -> posted.computeIfAbsent(row.bucket(), key -> new ArrayList<>(1)).add(row));
    }
    if (rates) {
      pricing.load(seen);
      quotas.load(seen);
    }
    Set<BucketKey> keys = new HashSet<>(rated.keySet());
    keys.addAll(posted.keySet());
    // A bucket that is missing had its share of the free quota.
    findings.distrusted().keySet().stream()
        .filter(key -> key.minute() >= from && key.minute() < until)
        .filter(key -> all || seen.contains(key.account()))
        .forEach(keys::add);
    List<BucketKey> inOrder = new ArrayList<>(keys);
    inOrder.sort(null);
    for (BucketKey key : inOrder) {
      judge(key, rated.get(key), posted.getOrDefault(key, List.of()));
    }
    buckets += rated.size();
    return keys.size();
  }

  private static UUID firstId(long minute) {
    return new UUID((minute * 60_000L) << 16, 0L);
  }

  private void judge(
      BucketKey key, MoneyDao.@Nullable RatedRow bucket, List<MoneyDao.EntryRow> rows) {
    boolean told = findings.isDistrusted(key);
    List<MoneyDao.EntryRow> own = ownRows(key, rows);
    List<MoneyDao.EntryRow> all = new ArrayList<>(own);
    rows.stream().filter(row -> isSettled(row, own)).forEach(all::add);
    if (bucket == null && !told && !own.isEmpty()) {
      teller.tell(
          Kind.ORPHAN_ENTRY,
          key,
          null,
          own.size() + " rows",
          sum(own),
          "ledger rows of a bucket that is not there");
      told = true;
    }
    if (bucket != null && !told) {
      told = !agrees(key, bucket, all);
    }
    if (rates) {
      rating.rate(key, bucket, told, own);
    }
  }

  /** The rows that are the bucket's by their ids; any other is a charge beside them. */
  private List<MoneyDao.EntryRow> ownRows(BucketKey key, List<MoneyDao.EntryRow> rows) {
    List<MoneyDao.EntryRow> own = new ArrayList<>(rows.size());
    Map<UUID, MoneyDao.EntryRow> byId = new HashMap<>();
    rows.forEach(row -> byId.put(row.id(), row));
    for (int revision = 1; revision <= rows.size() + 1 && !byId.isEmpty(); revision++) {
      MoneyDao.@Nullable EntryRow row =
          byId.remove(ids.ofBucket(key.minute(), key.node(), key.account(), key.line(), revision));
      if (row != null) {
        own.add(row);
      }
    }
    byId.values().stream()
        .filter(row -> !isSettled(row, own))
        .sorted(java.util.Comparator.comparing(MoneyDao.EntryRow::id))
        .forEach(row -> tellDouble(findings, row, doubles));
    return own;
  }

  /** Whether it is none of the bucket's, and one of the bucket's takes it back. */
  private static boolean isSettled(MoneyDao.EntryRow row, List<MoneyDao.EntryRow> own) {
    return !own.contains(row) && own.stream().anyMatch(o -> row.id().equals(o.corrects()));
  }

  static void tellDouble(Findings findings, MoneyDao.EntryRow row, Map<UUID, Set<UUID>> doubles) {
    if (!doubles.computeIfAbsent(row.account(), id -> new HashSet<>()).add(row.id())) {
      return;
    }
    findings.add(
        new Finding(
            Kind.DOUBLE_CHARGE,
            null,
            row.account(),
            row.line(),
            row.bucketStart(),
            null,
            Pricing.plain(row.amount()),
            Pricing.plain(row.amount().negate()),
            "ledger row "
                + row.id()
                + (row.node() == null ? "" : " of node " + row.node())
                + " is not one that its bucket gave"));
  }

  private static BigDecimal sum(List<MoneyDao.EntryRow> rows) {
    return rows.stream().map(MoneyDao.EntryRow::amount).reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  private boolean agrees(BucketKey key, MoneyDao.RatedRow bucket, List<MoneyDao.EntryRow> rows) {
    BigDecimal posted = sum(rows);
    if (posted.compareTo(bucket.amount()) != 0) {
      explained.merge(key.account(), posted.subtract(bucket.amount()), BigDecimal::add);
      teller.tell(
          Kind.LEDGER_DIFFERS,
          key,
          Pricing.plain(bucket.amount()),
          Pricing.plain(posted),
          bucket.amount().subtract(posted),
          "its ledger rows add up to another amount than the bucket has");
      return false;
    }
    long ratedBytes = rows.stream().mapToLong(MoneyDao.EntryRow::ratedBytes).sum();
    if (ratedBytes != bucket.charged()) {
      teller.tell(
          Kind.LEDGER_DIFFERS,
          key,
          bucket.charged(),
          ratedBytes,
          null,
          "its ledger rows charge other bytes than the bucket has");
      return false;
    }
    if (rows.size() != bucket.revision()) {
      teller.tell(
          Kind.LEDGER_DIFFERS,
          key,
          bucket.revision() + " rows",
          rows.size() + " rows",
          null,
          "it has another number of ledger rows than were posted for it");
      return false;
    }
    @Nullable AuditedNode node = nodes.get(key.node());
    boolean shared = node == null || key.minute() <= node.lastForeignMinute();
    long ours = bucket.included() + bucket.charged();
    if (shared ? ours > bucket.total() : ours != bucket.total()) {
      teller.tell(
          Kind.LEDGER_DIFFERS,
          key,
          bucket.total(),
          ours,
          null,
          "free and charged bytes are not the bytes of the bucket");
      return false;
    }
    for (int i = 0; i < rows.size(); i++) {
      if (i > 0 && isSettled(rows.get(i), rows.subList(0, i))) {
        continue;
      }
      @Nullable String wrong = wrong(rows, i);
      if (wrong != null) {
        teller.tell(
            Kind.ENTRY_DIFFERS,
            key,
            null,
            null,
            null,
            "ledger row " + rows.get(i).id() + ": " + wrong);
        return false;
      }
    }
    return true;
  }

  private static @Nullable String wrong(List<MoneyDao.EntryRow> rows, int index) {
    MoneyDao.EntryRow row = rows.get(index);
    @Nullable UUID first = index == 0 ? null : rows.get(0).id();
    if (!row.entryType().equals(first == null ? "traffic_charge" : "traffic_adjustment")) {
      return "entry_type is '" + row.entryType() + "'";
    }
    boolean settles =
        index > 0 && rows.stream().skip(1).anyMatch(other -> other.id().equals(row.corrects()));
    if (!settles && !java.util.Objects.equals(row.corrects(), first)) {
      return "corrects is " + row.corrects() + ", not " + first;
    }
    if (!row.bucketEnd().equals(row.bucketStart().plusSeconds(60))) {
      return "bucket_end is not a minute after bucket_start";
    }
    return null;
  }
}
