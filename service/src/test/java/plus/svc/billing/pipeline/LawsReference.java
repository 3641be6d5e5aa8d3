package plus.svc.billing.pipeline;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.snapshot.Sample;
import plus.svc.billing.pipeline.snapshot.SeriesKey;
import plus.svc.billing.pipeline.snapshot.Snapshot;

/**
 * What the facts must be, calculated from the whole set of snapshots at once: small, slow and
 * written from the rules alone, it shares no code with the stages it judges. It keeps every
 * observation and looks back through them instead of carrying a state along.
 */
final class LawsReference {

  private static final Duration EPOCH_JITTER = Duration.ofSeconds(5);
  private static final Duration STAMP_LAG = Duration.ofSeconds(60);

  /** How the counters of all nodes are to be read. */
  record Rules(boolean countFirst, Instant billingFrom) {}

  /** A snapshot as it came: with the guard that its source had then. */
  record Told(Snapshot snapshot, long maxBytesPerSecond) {
    Told and(Told other) {
      return new Told(
          together(snapshot, other.snapshot), Math.max(maxBytesPerSecond, other.maxBytesPerSecond));
    }
  }

  /** What an account pays from an instant on. */
  record Price(
      Instant from,
      BigDecimal perByte,
      BigDecimal factor,
      BigDecimal peakFactor,
      BigDecimal offpeakFactor,
      boolean unlimited) {}

  /** The daily peak window in UTC. */
  record Peak(LocalTime from, LocalTime to) {}

  /** Free bytes given from an instant on, within the month that holds it. */
  record Grant(Instant effectiveAt, long bytes) {}

  /** How an account is charged: prices ascending, a quota every month, and grants on top. */
  record Plan(List<Price> prices, @Nullable Peak peak, long monthlyQuota, List<Grant> grants) {}

  /** Names a bucket; its order is the order in which free quota is given out. */
  record BucketKey(Instant minute, String node, String line, UUID account)
      implements Comparable<BucketKey> {
    private static final Comparator<BucketKey> ORDER =
        Comparator.comparing(BucketKey::minute)
            .thenComparing(BucketKey::node)
            .thenComparing(BucketKey::line)
            .thenComparing(BucketKey::account);

    @Override
    public int compareTo(BucketKey other) {
      return ORDER.compare(this, other);
    }
  }

  /** What stands in a bucket; the amount without trailing zeros. */
  record Bucket(long up, long down, long included, long charged, BigDecimal amount) {}

  /** A sample set aside. */
  record Aside(String node, Instant at, SeriesKey series, String reason)
      implements Comparable<Aside> {
    private static final Comparator<Aside> ORDER =
        Comparator.comparing(Aside::node)
            .thenComparing(Aside::at)
            .thenComparing(Aside::series)
            .thenComparing(Aside::reason);

    @Override
    public int compareTo(Aside other) {
      return ORDER.compare(this, other);
    }
  }

  /** A restart that was noticed. */
  record Restart(String node, Instant at, boolean byEpoch) implements Comparable<Restart> {
    @Override
    public int compareTo(Restart other) {
      return Comparator.comparing(Restart::node).thenComparing(Restart::at).compare(this, other);
    }
  }

  /** Usage in one minute of a series that belongs to nobody. */
  record Orphan(String node, SeriesKey series, Instant minute) implements Comparable<Orphan> {
    @Override
    public int compareTo(Orphan other) {
      return Comparator.comparing(Orphan::node)
          .thenComparing(Orphan::series)
          .thenComparing(Orphan::minute)
          .compare(this, other);
    }
  }

  /** Bytes in both directions. */
  record Bytes(long up, long down) {
    Bytes plus(Bytes more) {
      return new Bytes(Math.addExact(up, more.up), Math.addExact(down, more.down));
    }

    long total() {
      return Math.addExact(up, down);
    }

    boolean below(Bytes other) {
      return up < other.up || down < other.down;
    }
  }

  /**
   * All facts.
   *
   * @param used free bytes taken, by account and month
   * @param spent money charged, by account, {@code <= 0}
   */
  record Facts(
      NavigableMap<BucketKey, Bucket> buckets,
      NavigableMap<Orphan, Bytes> orphans,
      Set<Aside> asides,
      Set<Restart> restarts,
      NavigableMap<UUID, NavigableMap<YearMonth, Long>> used,
      NavigableMap<UUID, BigDecimal> spent) {}

  private final Rules rules;
  private final Map<String, UUID> owners;
  private final Map<UUID, Plan> plans;
  private final NavigableMap<BucketKey, Bytes> usage = new TreeMap<>();
  private final NavigableMap<Orphan, Bytes> orphans = new TreeMap<>();
  private final Set<Aside> asides = new TreeSet<>();
  private final Set<Restart> restarts = new TreeSet<>();

  /**
   * @param owners account by identifier, as samples name it
   */
  LawsReference(Rules rules, Map<String, UUID> owners, Map<UUID, Plan> plans) {
    this.rules = rules;
    this.owners = owners;
    this.plans = plans;
  }

  /** The facts that follow from a set of snapshots. */
  Facts of(Collection<Told> snapshots) {
    Map<String, NavigableMap<Instant, Told>> nodes = new TreeMap<>();
    for (Told told : snapshots) {
      nodes
          .computeIfAbsent(told.snapshot().node().composed(), node -> new TreeMap<>())
          .merge(told.snapshot().collectedAt(), told, Told::and);
    }
    nodes.forEach((node, archive) -> new NodeHistory(node).meter(archive.values()));
    return rate();
  }

  /** The later epoch; within one epoch the larger counters. */
  private static Snapshot together(Snapshot one, Snapshot other) {
    Instant first = one.startedAt() == null ? Instant.MIN : one.startedAt();
    Instant second = other.startedAt() == null ? Instant.MIN : other.startedAt();
    if (!first.equals(second)) {
      return first.isAfter(second) ? one : other;
    }
    Map<SeriesKey, Sample> samples = new TreeMap<>();
    one.samples().forEach(sample -> samples.put(sample.series(), sample));
    for (Sample sample : other.samples()) {
      samples.merge(
          sample.series(),
          sample,
          (a, b) ->
              new Sample(
                  a.series(),
                  Math.max(a.uplinkBytes(), b.uplinkBytes()),
                  Math.max(a.downlinkBytes(), b.downlinkBytes())));
    }
    return new Snapshot(
        one.node(), one.collectedAt(), one.startedAt(), List.copyOf(samples.values()), List.of());
  }

  private enum Verdict {
    BASELINE,
    WHOLE,
    DIFFERENCE,
    RESTARTED,
    FELL_WITHOUT_RESTART,
    JUMP;

    boolean aside() {
      return this == FELL_WITHOUT_RESTART || this == JUMP;
    }
  }

  /** All that was ever seen of one node. */
  private final class NodeHistory {
    private final String node;
    private @Nullable Instant head;
    private @Nullable Instant epoch;

    /** The counters from which the next difference is taken. */
    private final Map<SeriesKey, Bytes> base = new HashMap<>();

    /** Everything seen of a series since the counting process is known to run. */
    private final Map<SeriesKey, NavigableMap<Instant, Bytes>> seen = new HashMap<>();

    /** When a series was last seen, whatever process counted then. */
    private final Map<SeriesKey, Instant> lastSeen = new HashMap<>();

    NodeHistory(String node) {
      this.node = node;
    }

    void meter(Collection<Told> ascending) {
      for (Told told : ascending) {
        meter(told.snapshot(), told.maxBytesPerSecond());
        head = told.snapshot().collectedAt();
      }
    }

    private void meter(Snapshot snapshot, long guard) {
      Instant at = snapshot.collectedAt();
      boolean barred = !at.isAfter(rules.billingFrom());
      boolean another = startedAnew(snapshot);
      boolean epochKnown = another || sameEpoch(snapshot);
      if (another) {
        base.replaceAll((series, counters) -> new Bytes(0, 0));
        seen.clear();
        if (!barred) {
          restarts.add(new Restart(node, at, true));
        }
      }
      if (snapshot.startedAt() != null && !(head != null && sameEpoch(snapshot))) {
        epoch = snapshot.startedAt();
      }
      Map<SeriesKey, Bytes> now = new LinkedHashMap<>();
      snapshot
          .samples()
          .forEach(s -> now.put(s.series(), new Bytes(s.uplinkBytes(), s.downlinkBytes())));
      Map<SeriesKey, Verdict> verdicts = new LinkedHashMap<>();
      now.forEach((series, counters) -> verdicts.put(series, judge(series, now, epochKnown)));
      if (barred) {
        verdicts.replaceAll((series, verdict) -> Verdict.BASELINE);
      } else if (head != null) {
        guardAgainstJumps(guard, at, now, verdicts);
      }
      if (verdicts.containsValue(Verdict.RESTARTED)) {
        restarts.add(new Restart(node, at, false));
      }
      now.forEach((series, counters) -> settle(at, series, counters, in(verdicts, series)));
    }

    private boolean startedAnew(Snapshot snapshot) {
      Instant started = snapshot.startedAt();
      if (started == null || head == null) {
        return false;
      }
      if (epoch == null) {
        return started.isAfter(head);
      }
      return !sameEpoch(snapshot) && started.isAfter(head.minus(STAMP_LAG));
    }

    private boolean sameEpoch(Snapshot snapshot) {
      Instant started = snapshot.startedAt();
      return started != null
          && epoch != null
          && Duration.between(epoch, started).abs().compareTo(EPOCH_JITTER) <= 0;
    }

    private Verdict judge(SeriesKey series, Map<SeriesKey, Bytes> now, boolean epochKnown) {
      Bytes before = base.get(series);
      Bytes counters = in(now, series);
      if (before == null) {
        return head == null && !rules.countFirst() ? Verdict.BASELINE : Verdict.WHOLE;
      }
      if (!counters.below(before)) {
        return Verdict.DIFFERENCE;
      }
      boolean fellJustNow = counters.below(in(seen, series).lastEntry().getValue());
      if (!fellJustNow || epochKnown || someCounterHeld(in(lastSeen, series), now)) {
        return Verdict.FELL_WITHOUT_RESTART;
      }
      return Verdict.RESTARTED;
    }

    /** Whether a counter that is not zero stood still since that instant: no restart since. */
    private boolean someCounterHeld(Instant since, Map<SeriesKey, Bytes> now) {
      for (Map.Entry<SeriesKey, Bytes> entry : now.entrySet()) {
        NavigableMap<Instant, Bytes> history = seen.getOrDefault(entry.getKey(), new TreeMap<>());
        Instant from = history.floorKey(since);
        if (from == null) {
          continue;
        }
        Collection<Bytes> eversince = history.tailMap(from, true).values();
        long up = entry.getValue().up();
        long down = entry.getValue().down();
        if ((up != 0 && eversince.stream().allMatch(then -> then.up() == up))
            || (down != 0 && eversince.stream().allMatch(then -> then.down() == down))) {
          return true;
        }
      }
      return false;
    }

    private void guardAgainstJumps(
        long guard, Instant at, Map<SeriesKey, Bytes> now, Map<SeriesKey, Verdict> verdicts) {
      BigDecimal most = BigDecimal.valueOf(guard);
      BigDecimal together = BigDecimal.ZERO;
      for (SeriesKey series : now.keySet()) {
        if (in(verdicts, series).aside() || in(verdicts, series) == Verdict.BASELINE) {
          continue;
        }
        BigDecimal rate = rate(at, series, counted(series, in(now, series), in(verdicts, series)));
        if (rate.compareTo(most) > 0) {
          verdicts.put(series, Verdict.JUMP);
        } else {
          together = together.add(rate);
        }
      }
      if (together.compareTo(most) > 0) {
        verdicts.replaceAll(
            (series, verdict) ->
                verdict.aside() || counted(series, in(now, series), verdict).total() == 0
                    ? verdict
                    : Verdict.JUMP);
      }
    }

    /** Whole bytes a second, rounded down. */
    private BigDecimal rate(Instant at, SeriesKey series, Bytes bytes) {
      Instant from = lastSeen.getOrDefault(series, head);
      long micros = Math.max(ChronoUnit.MICROS.between(from, at), 1_000_000L);
      return new BigDecimal(BigInteger.valueOf(bytes.total()).multiply(BigInteger.TEN.pow(6)))
          .divide(BigDecimal.valueOf(micros), 0, RoundingMode.FLOOR);
    }

    private Bytes counted(SeriesKey series, Bytes counters, Verdict verdict) {
      return switch (verdict) {
        case WHOLE, RESTARTED -> counters;
        case DIFFERENCE -> {
          Bytes before = in(base, series);
          yield new Bytes(counters.up() - before.up(), counters.down() - before.down());
        }
        case BASELINE, FELL_WITHOUT_RESTART, JUMP -> new Bytes(0, 0);
      };
    }

    private void settle(Instant at, SeriesKey series, Bytes counters, Verdict verdict) {
      if (verdict.aside()) {
        asides.add(new Aside(node, at, series, verdict.name()));
      } else {
        count(at, series, counted(series, counters, verdict));
        base.put(series, counters);
      }
      seen.computeIfAbsent(series, key -> new TreeMap<>()).put(at, counters);
      lastSeen.put(series, at);
    }

    private void count(Instant at, SeriesKey series, Bytes bytes) {
      if (bytes.total() == 0) {
        return;
      }
      Instant minute = at.truncatedTo(ChronoUnit.MINUTES);
      UUID owner = owners.get(series.identifier());
      if (owner == null) {
        orphans.merge(new Orphan(node, series, minute), bytes, Bytes::plus);
      } else {
        usage.merge(new BucketKey(minute, node, series.inboundTag(), owner), bytes, Bytes::plus);
      }
    }
  }

  private Facts rate() {
    NavigableMap<BucketKey, Bucket> buckets = new TreeMap<>();
    NavigableMap<UUID, NavigableMap<YearMonth, Long>> used = new TreeMap<>();
    NavigableMap<UUID, BigDecimal> spent = new TreeMap<>();
    usage.forEach(
        (key, bytes) -> {
          Plan plan = in(plans, key.account());
          NavigableMap<YearMonth, Long> months =
              used.computeIfAbsent(key.account(), account -> new TreeMap<>());
          YearMonth month = month(key.minute());
          long left = granted(plan, month, key.minute()) - months.getOrDefault(month, 0L);
          Price price = priceAt(plan, key.minute());
          long included = price.unlimited() ? 0 : Math.min(Math.max(left, 0), bytes.total());
          long charged = bytes.total() - included;
          BigDecimal amount =
              price.unlimited()
                  ? BigDecimal.ZERO
                  : plain(
                      BigDecimal.valueOf(charged)
                          .multiply(price.perByte())
                          .multiply(factor(plan, price, key.minute()))
                          .negate());
          months.merge(month, included, Long::sum);
          spent.merge(key.account(), amount, BigDecimal::add);
          buckets.put(key, new Bucket(bytes.up(), bytes.down(), included, charged, amount));
        });
    spent.replaceAll((account, sum) -> plain(sum));
    return new Facts(buckets, orphans, asides, restarts, used, spent);
  }

  /** Free bytes an account has been given in a month by an instant. */
  static long granted(Plan plan, YearMonth month, Instant by) {
    return plan.monthlyQuota()
        + plan.grants().stream()
            .filter(grant -> month(grant.effectiveAt()).equals(month))
            .filter(grant -> !grant.effectiveAt().isAfter(by))
            .mapToLong(Grant::bytes)
            .sum();
  }

  static YearMonth month(Instant instant) {
    return YearMonth.from(instant.atZone(ZoneOffset.UTC));
  }

  private static Price priceAt(Plan plan, Instant minute) {
    List<Price> inForce = new ArrayList<>(plan.prices());
    inForce.removeIf(price -> price.from().isAfter(minute));
    return inForce.get(inForce.size() - 1);
  }

  private static BigDecimal factor(Plan plan, Price price, Instant minute) {
    if (plan.peak() == null) {
      return price.factor();
    }
    LocalTime time = minute.atZone(ZoneOffset.UTC).toLocalTime();
    boolean peak = !time.isBefore(plan.peak().from()) && time.isBefore(plan.peak().to());
    return price.factor().multiply(peak ? price.peakFactor() : price.offpeakFactor());
  }

  private static <K, V> V in(Map<K, V> map, K key) {
    return Objects.requireNonNull(map.get(key));
  }

  /** One form for equal decimals. */
  static BigDecimal plain(BigDecimal value) {
    return value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
  }
}
