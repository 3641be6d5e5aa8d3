package plus.svc.billing.audit;

import java.time.Instant;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.audit.Finding.Kind;
import plus.svc.billing.audit.reference.Outcome;
import plus.svc.billing.pipeline.snapshot.SeriesKey;
import plus.svc.billing.platform.Micros;
import plus.svc.billing.quantity.Minutes;

/** Whether the samples set aside and the restarts that are noted are those of the evidence. */
final class FindingsCheck {

  private final Findings findings;

  FindingsCheck(Findings findings) {
    this.findings = findings;
  }

  void run(
      FactsDao facts, Map<Integer, NodeSlice> slices, Integer[] keys, Instant start, Instant end) {
    Map<Integer, NavigableMap<String, Outcome.Aside>> asides = new TreeMap<>();
    slices.forEach((key, slice) -> asides.put(key, byName(slice)));
    facts.asides(keys, start, end, row -> aside(slices, asides, row));
    asides.forEach(
        (key, left) -> left.forEach((name, aside) -> tellMissing(slices.get(key), name, aside)));
    Map<Integer, NavigableMap<Long, AtRisk>> restarts = new TreeMap<>();
    slices.forEach((key, slice) -> restarts.put(key, new TreeMap<>(slice.restarts)));
    facts.restarts(keys, start, end, row -> restart(slices, restarts, row));
    restarts.forEach(
        (key, left) ->
            left.forEach(
                (at, restart) -> tell(slices.get(key), restart.at(), shown(restart), null)));
  }

  private static NavigableMap<String, Outcome.Aside> byName(NodeSlice slice) {
    TreeMap<String, Outcome.Aside> byName = new TreeMap<>();
    for (Outcome.Aside aside : slice.asides) {
      SeriesKey key = slice.node.keys.get(aside.series());
      byName.put(
          name(
              Micros.toInstant(aside.atMicros()),
              key.identifier(),
              key.inboundTag(),
              aside.reason()),
          aside);
    }
    return byName;
  }

  private static String name(Instant at, String identifier, String inbound, String reason) {
    return at + " " + identifier + "/" + inbound + " " + reason;
  }

  private void aside(
      Map<Integer, NodeSlice> slices,
      Map<Integer, NavigableMap<String, Outcome.Aside>> asides,
      FactsDao.AsideRow row) {
    @Nullable NodeSlice slice = slices.get(row.nodeKey());
    if (slice == null || Minutes.floor(row.collectedAt()) < slice.node.from) {
      return;
    }
    slice.asideMinutes.add(Minutes.floor(row.collectedAt()));
    boolean byMetering = row.reason().equals("FELL_WITHOUT_RESTART") || row.reason().equals("JUMP");
    if (!byMetering) {
      return; // told by the decoder; the archive holds nothing to derive it from
    }
    String name = name(row.collectedAt(), row.identifier(), row.inboundTag(), row.reason());
    Outcome.@Nullable Aside must = asides.getOrDefault(row.nodeKey(), new TreeMap<>()).remove(name);
    String is = row.uplink() + " up, " + row.downlink() + " down, " + row.heldBytes() + " held";
    if (must == null ? !isExcused(slice, row.collectedAt()) : !shown(must).equals(is)) {
      findings.add(
          Finding.ofNode(
              Kind.SET_ASIDE_DIFFERS,
              slice.node,
              row.collectedAt(),
              must == null ? null : shown(must),
              is,
              "set aside: " + name));
    }
  }

  private void tellMissing(@Nullable NodeSlice slice, String name, Outcome.Aside aside) {
    Instant at = Micros.toInstant(aside.atMicros());
    if (slice != null && !isExcused(slice, at)) {
      findings.add(
          Finding.ofNode(
              Kind.SET_ASIDE_DIFFERS, slice.node, at, shown(aside), null, "set aside: " + name));
    }
  }

  private static String shown(Outcome.Aside aside) {
    return aside.uplink() + " up, " + aside.downlink() + " down, " + aside.heldBytes() + " held";
  }

  private void restart(
      Map<Integer, NodeSlice> slices,
      Map<Integer, NavigableMap<Long, AtRisk>> restarts,
      FactsDao.RestartRow row) {
    @Nullable NodeSlice slice = slices.get(row.nodeKey());
    if (slice == null || Minutes.floor(row.at()) < slice.node.from) {
      return;
    }
    @Nullable AtRisk must =
        restarts.getOrDefault(row.nodeKey(), new TreeMap<>()).remove(Micros.of(row.at()));
    String is = shown(row.blindFrom(), row.byEpoch(), row.seriesCount(), row.hiddenBytes());
    if (must == null || !shown(must).equals(is)) {
      tell(slice, row.at(), must == null ? null : shown(must), is);
    }
  }

  private static String shown(AtRisk restart) {
    return shown(restart.blindFrom(), restart.byEpoch(), restart.series(), restart.hiddenBytes());
  }

  private static String shown(Instant blindFrom, boolean byEpoch, int series, long hidden) {
    return "blind from "
        + blindFrom
        + (byEpoch ? ", by epoch, " : ", ")
        + series
        + " series, "
        + hidden
        + " hidden at most";
  }

  private void tell(
      @Nullable NodeSlice slice, Instant at, @Nullable Object must, @Nullable Object is) {
    if (slice != null && !isExcused(slice, at)) {
      findings.add(
          Finding.ofNode(
              Kind.RESTART_DIFFERS,
              slice.node,
              at,
              must,
              is,
              "the restart noted is not what the snapshots show"));
    }
  }

  /** A snapshot that was lost or changed near by may have shown it. */
  private static boolean isExcused(NodeSlice slice, Instant at) {
    long minute = Minutes.floor(at);
    return slice.node.suspect.stream().anyMatch(bad -> Math.abs(bad - minute) <= 1);
  }
}
