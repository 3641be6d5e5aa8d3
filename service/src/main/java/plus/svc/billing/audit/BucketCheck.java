package plus.svc.billing.audit;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.audit.Finding.Kind;
import plus.svc.billing.audit.Timeline.Word;
import plus.svc.billing.quantity.Minutes;

/**
 * Holds the usage that is written for a node, minute after minute, against what the evidence gives.
 *
 * <p>Where the archive lost a snapshot, what it counted stands in its own minute and the evidence
 * puts it into the next one. So bytes of a minute without a good snapshot are carried on: where
 * they make up for what the next minute lacks, the snapshot is what is missing, and no bucket is
 * wrong.
 */
final class BucketCheck {

  private final AuditedNode node;
  private final Findings findings;
  private final Pricing pricing;
  private final Map<Place, Carried> carried = new TreeMap<>();
  private final Set<Long> told = new HashSet<>();

  private record Carried(long minute, Bytes bytes) {}

  BucketCheck(AuditedNode node, Findings findings, Pricing pricing) {
    this.node = node;
    this.findings = findings;
    this.pricing = pricing;
  }

  /** Judges one minute. */
  Word minute(
      long minute,
      boolean observed,
      Map<Place, Bytes> expected,
      List<FactsDao.BucketRow> buckets,
      Map<Place, Bytes> unattributed) {
    Map<Place, Bytes> found = new TreeMap<>(unattributed);
    Word word = Word.MATCH;
    for (FactsDao.BucketRow bucket : buckets) {
      word = worse(word, sort(bucket, expected, found));
    }
    Set<Place> places = new TreeSet<>(expected.keySet());
    places.addAll(found.keySet());
    boolean doubtful = !observed || node.suspect.contains(minute);
    for (Place place : places) {
      Bytes must = expected.getOrDefault(place, Bytes.NONE);
      Bytes is = found.getOrDefault(place, Bytes.NONE);
      word = worse(word, judge(minute, doubtful, place, must, is, found.containsKey(place)));
    }
    return word;
  }

  private static Word worse(Word one, Word other) {
    return one.compareTo(other) >= 0 ? one : other;
  }

  /** Puts a bucket's bytes to what was found, where it is one of ours and whole in itself. */
  private Word sort(
      FactsDao.BucketRow bucket, Map<Place, Bytes> expected, Map<Place, Bytes> found) {
    Place place = Place.of(bucket.key().account(), bucket.key().line());
    Bytes bytes = new Bytes(bucket.uplink(), bucket.downlink());
    if (bucket.key().minute() <= node.lastForeignMinute()) {
      if (bucket.revision() > 0) {
        // An earlier writer has bytes in it too; ours are those that were rated.
        Bytes must = expected.getOrDefault(place, Bytes.NONE);
        boolean fits =
            bucket.rated() == must.total()
                && bytes.up() >= must.up()
                && bytes.down() >= must.down();
        found.put(place, fits ? must : new Bytes(bucket.rated(), 0));
      }
      return Word.MATCH;
    }
    if (bucket.revision() == 0 && bytes.isNone() && bucket.total() == 0) {
      return Word.MATCH; // shows presence only
    }
    if (bucket.total() != bytes.total()) {
      tell(
          Kind.BUCKET_DIFFERS,
          bucket.key().minute(),
          place,
          bytes.total(),
          bucket.total(),
          "total_bytes is not uplink_bytes + downlink_bytes");
      found.put(place, expected.getOrDefault(place, Bytes.NONE));
      return Word.DIFFERS;
    }
    if (!bucket.region().equals(node.row.region())) {
      tell(
          Kind.EXTRA_BUCKET,
          bucket.key().minute(),
          place,
          null,
          bytes.total(),
          "region '" + bucket.region() + "' is not the node's");
      return Word.EXTRA;
    }
    found.merge(place, bytes, Bytes::plus);
    return Word.MATCH;
  }

  private Word judge(
      long minute, boolean doubtful, Place place, Bytes must, Bytes is, boolean there) {
    @Nullable Carried before = carried.get(place);
    if (before != null && !doubtful) {
      if (is.plus(before.bytes()).equals(must)) {
        carried.remove(place);
        tellLost(before.minute(), null);
        return Word.MATCH;
      }
      if (is.equals(must)) {
        if (!must.isNone()) {
          carried.remove(place);
          tellUnfounded(place, before);
        }
        return Word.MATCH;
      }
    }
    if (is.equals(must)) {
      return Word.MATCH;
    }
    if (doubtful) {
      Bytes more = is.minus(must);
      carried.merge(
          place,
          new Carried(minute, more),
          (old, now) -> new Carried(old.minute(), old.bytes().plus(now.bytes())));
      return Word.MATCH;
    }
    if (!there || (is.isNone() && !must.isNone())) {
      tell(Kind.MISSING_BUCKET, minute, place, must.total(), there ? 0L : null, how(must));
      return Word.MISSING;
    }
    if (must.isNone()) {
      tell(Kind.EXTRA_BUCKET, minute, place, null, is.total(), "no counter rose then");
      return Word.EXTRA;
    }
    tell(
        Kind.BUCKET_DIFFERS,
        minute,
        place,
        must.total(),
        is.total(),
        how(must) + ", written are " + shown(is));
    return Word.DIFFERS;
  }

  private static String how(Bytes must) {
    return "the counters rose by " + shown(must);
  }

  private static String shown(Bytes bytes) {
    return bytes.up() + " up and " + bytes.down() + " down";
  }

  private void tell(
      Kind kind, long minute, Place place, @Nullable Object must, @Nullable Object is, String why) {
    @Nullable UUID account = place.account();
    if (account == null) {
      findings.add(
          new Finding(
              Kind.UNATTRIBUTED_DIFFERS,
              node,
              null,
              place.line(),
              Minutes.start(minute),
              must,
              is,
              null,
              "series "
                  + node.keys.get(place.ordinal()).identifier()
                  + ", which has no account: "
                  + why));
      return;
    }
    BucketKey key = new BucketKey(minute, node.composed(), place.line(), account);
    long mustBytes = must instanceof Long bytes ? bytes : 0;
    long isBytes = is instanceof Long bytes ? bytes : 0;
    if (findings.isDistrusted(key)) {
      return; // told already
    }
    findings.distrust(key, mustBytes);
    findings.add(
        new Finding(
            kind,
            node,
            account,
            place.line(),
            Minutes.start(minute),
            must,
            is,
            pricing.atListPrice(account, minute, Math.subtractExact(mustBytes, isBytes)),
            why));
  }

  /**
   * The archive lacks a snapshot; each minute is told once, the exact instant where it is known.
   */
  void tellLost(long minute, @Nullable Instant exact) {
    if (node.suspect.contains(minute) && exact == null && !told.contains(minute)) {
      return; // its row is there and was tampered with: told as that
    }
    node.suspect.add(minute);
    if (told.add(minute)) {
      findings.add(
          Finding.ofNode(
              Kind.LOST_SNAPSHOT,
              node,
              exact == null ? Minutes.start(minute) : exact,
              "a snapshot",
              null,
              exact == null
                  ? "the usage written for this minute makes up for what the next snapshot shows:"
                      + " the archive lost the snapshot it came from"
                  : "what was derived names a snapshot that the archive does not hold"));
    }
  }

  /** The exporter has a snapshot that the archive lacks. */
  void tellLostAt(Instant at, String source) {
    told.add(Minutes.floor(at));
    findings.add(
        Finding.ofNode(
            Kind.LOST_SNAPSHOT,
            node,
            at,
            "a snapshot",
            null,
            "the exporter of source " + source + " has it, the archive does not"));
  }

  private void tellUnfounded(Place place, Carried what) {
    Bytes bytes = what.bytes();
    if (bytes.isNone()) {
      return;
    }
    tell(
        Kind.EXTRA_BUCKET,
        what.minute(),
        place,
        null,
        bytes.total(),
        "no snapshot of that minute, and the counters did not rise by it");
  }

  /**
   * Ends the walk.
   *
   * @param next what the first reading after the end would count
   */
  void end(Map<Place, Bytes> next) {
    carried.forEach(
        (place, what) -> {
          Bytes later = next.getOrDefault(place, Bytes.NONE);
          boolean madeUp = later.up() >= what.bytes().up() && later.down() >= what.bytes().down();
          if (node.suspect.contains(what.minute())) {
            return;
          }
          if (madeUp && !later.isNone()) {
            tellLost(what.minute(), null);
          } else {
            tellUnfounded(place, what);
          }
        });
    carried.clear();
  }
}
