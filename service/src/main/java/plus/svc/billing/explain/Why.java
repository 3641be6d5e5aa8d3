package plus.svc.billing.explain;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.explain.BucketStory.Evidence;
import plus.svc.billing.pipeline.rating.PeakHours;
import plus.svc.billing.quantity.Minutes;

/**
 * Why an account was charged something: from a minute, or from a ledger row, back to everything
 * that it came from. What is read is one state of the database.
 */
public final class Why {

  private final Jdbi jdbi;
  private final PeakHours peakHours;

  public Why(Jdbi jdbi, PeakHours peakHours) {
    this.jdbi = jdbi;
    this.peakHours = peakHours;
  }

  /** What happened to an account in the minute that holds an instant, on every node and line. */
  public void minute(UUID account, Instant at, Report report) {
    Instant minute = Minutes.start(Minutes.floor(at));
    Answer answer =
        read(
            handle -> {
              ExplainDao dao = handle.attach(ExplainDao.class);
              List<BucketStory> stories = new ArrayList<>();
              dao.buckets(account, minute).forEach(row -> stories.add(story(handle, dao, row)));
              List<EntryRow> others =
                  dao.otherEntries(account, minute, minute.plus(Minutes.LENGTH));
              return new Answer(dao.isKnown(account), stories, others, Asked.of(dao, others));
            });
    Map<String, @Nullable Object> summary = new LinkedHashMap<>();
    summary.put("account", account);
    summary.put("minute", minute);
    if (!answer.known()) {
      summary.put("problem", "there is no such account");
    }
    WhySheet.write(
        answer.stories(), answer.others(), answer.asked(), summary, answer.known(), report);
  }

  /** Where a ledger row comes from; or, of a request's id, what it led to. */
  public void entry(UUID id, Report report) {
    Answer answer =
        read(
            handle -> {
              ExplainDao dao = handle.attach(ExplainDao.class);
              List<EntryRow> found = dao.entries(new UUID[] {id});
              List<BucketStory> stories = new ArrayList<>();
              for (EntryRow entry : found) {
                bucketOf(dao, entry).ifPresent(row -> stories.add(story(handle, dao, row)));
              }
              List<EntryRow> others = found.stream().filter(entry -> !entry.isOfBucket()).toList();
              Asked asked = found.isEmpty() ? Asked.by(dao, id) : Asked.of(dao, others);
              boolean known = !found.isEmpty() || !asked.requests().isEmpty();
              return new Answer(known, stories, others, asked);
            });
    Map<String, @Nullable Object> summary = new LinkedHashMap<>();
    summary.put("entry", id);
    if (!answer.known()) {
      summary.put("problem", "there is no such ledger row and no such request");
    } else if (answer.stories().isEmpty()
        && answer.others().isEmpty()
        && answer.asked().requests().isEmpty()) {
      summary.put("problem", "its bucket is gone");
    }
    WhySheet.write(
        answer.stories(),
        answer.others(),
        answer.asked(),
        summary,
        !summary.containsKey("problem"),
        report);
  }

  /** What a service asked for, what became of it, and what was posted for it. */
  public void operation(UUID id, Report report) {
    Asked asked =
        jdbi.inTransaction(
            TransactionIsolationLevel.REPEATABLE_READ,
            handle -> Asked.by(handle.attach(ExplainDao.class), id));
    boolean known = !asked.requests().isEmpty();
    Map<String, @Nullable Object> summary = new LinkedHashMap<>();
    summary.put("operation", id);
    if (!known) {
      summary.put("problem", "there is no such operation");
    }
    WhySheet.write(List.of(), List.of(), asked, summary, known, report);
  }

  private record Answer(
      boolean known, List<BucketStory> stories, List<EntryRow> others, Asked asked) {}

  /**
   * Requests of services with all that was posted for them.
   *
   * @param entries of all of them, those of other accounts too
   */
  record Asked(List<RequestRow> requests, List<EntryRow> entries) {

    private static Asked of(ExplainDao dao, List<EntryRow> entries) {
      return by(
          dao,
          entries.stream()
              .map(EntryRow::operationId)
              .filter(Objects::nonNull)
              .distinct()
              .toArray(UUID[]::new));
    }

    private static Asked by(ExplainDao dao, UUID... ids) {
      return ids.length == 0
          ? new Asked(List.of(), List.of())
          : new Asked(dao.requests(ids), dao.entriesOfRequests(ids));
    }
  }

  private Answer read(org.jdbi.v3.core.HandleCallback<Answer, RuntimeException> reading) {
    return jdbi.inTransaction(TransactionIsolationLevel.REPEATABLE_READ, reading);
  }

  private static Optional<BucketRow> bucketOf(ExplainDao dao, EntryRow entry) {
    return dao.buckets(entry.accountUuid(), entry.bucketStart()).stream()
        .filter(
            bucket ->
                bucket.nodeId().equals(entry.nodeId())
                    && bucket.lineCode().equals(entry.lineCode())
                    && bucket.revision() > 0)
        .findFirst();
  }

  private BucketStory story(Handle handle, ExplainDao dao, BucketRow bucket) {
    Instant minute = bucket.bucketStart();
    @Nullable PriceRow price = dao.price(bucket.accountUuid(), minute).orElse(null);
    PeakHours.Phase phase = peakHours.phaseOf(Minutes.floor(minute));
    @Nullable NodeRow node =
        dao.nodes(bucket.nodeId(), "").stream()
            .filter(row -> row.composed().equals(bucket.nodeId()))
            .findFirst()
            .orElse(null);
    Evidence evidence = evidence(node, minute);
    return new BucketStory(
        bucket,
        dao.entries(bucket.ledgerIds().toArray(UUID[]::new)),
        price,
        phase,
        factor(price, phase),
        dao.quota(bucket.accountUuid(), minute, bucket.nodeId(), bucket.lineCode()).orElse(null),
        node != null && evidence == Evidence.WHOLE ? samples(handle, dao, node, bucket) : List.of(),
        evidence);
  }

  private static BigDecimal factor(@Nullable PriceRow price, PeakHours.Phase phase) {
    if (price == null || price.unlimited()) {
      return BigDecimal.ZERO;
    }
    return price.terms().multiplier(phase);
  }

  private static Evidence evidence(@Nullable NodeRow node, Instant minute) {
    if (node == null) {
      return Evidence.NONE;
    }
    return node.prunedAt(minute) ? Evidence.PRUNED : Evidence.WHOLE;
  }

  private static List<Judged> samples(
      Handle handle, ExplainDao dao, NodeRow node, BucketRow bucket) {
    Set<Integer> series =
        dao.series(node.nodeKey()).stream()
            .filter(
                row ->
                    bucket.accountUuid().equals(row.accountUuid())
                        && bucket.lineCode().equals(row.inboundTag()))
            .map(ExplainDao.SeriesRow::ordinal)
            .collect(Collectors.toSet());
    Instant minute = bucket.bucketStart();
    return new Derivation(handle, node, series::contains)
        .between(minute, minute.plus(Minutes.LENGTH));
  }
}
