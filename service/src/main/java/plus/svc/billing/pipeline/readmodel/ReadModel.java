package plus.svc.billing.pipeline.readmodel;

import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.ledger.AccountChange;
import plus.svc.billing.pipeline.ledger.AccountChange.Period;
import plus.svc.billing.platform.InvariantViolation;

/** Writes the shared tables within one transaction, each with one statement for the whole batch. */
public final class ReadModel {

  private final ReadModelDao dao;
  private final Instant now;

  public ReadModel(Handle handle, Instant now) {
    this.dao = handle.attach(ReadModelDao.class);
    this.now = now;
  }

  /**
   * The newest counters of an account on a node, over all its inbounds.
   *
   * @param restarts how often any of its counters began at zero again
   */
  public record Checkpoint(
      String node,
      UUID account,
      long uplinkTotal,
      long downlinkTotal,
      Instant seenAt,
      long restarts) {}

  /** An account that was present on a node and line in a minute. */
  public record Presence(UUID account, Instant minute, String line) {}

  /** Gives those who were present without usage a bucket of zero bytes. */
  public void present(String node, String region, Collection<Presence> presences) {
    if (presences.isEmpty()) {
      return;
    }
    dao.insertZeroBuckets(
        node,
        region,
        presences.stream().map(Presence::account).toArray(UUID[]::new),
        presences.stream().map(Presence::minute).toArray(Instant[]::new),
        presences.stream().map(Presence::line).toArray(String[]::new),
        now);
  }

  /** Writes what became of accounts: most of them only used something. */
  public void show(List<AccountChange> changes) {
    List<AccountChange> plain = new ArrayList<>(changes.size());
    List<AccountChange> others = new ArrayList<>();
    for (AccountChange change : changes) {
      (change.isPlainUsage() ? plain : others).add(change);
    }
    int updated = (plain.isEmpty() ? 0 : addUsage(plain)) + (others.isEmpty() ? 0 : settle(others));
    if (updated != changes.size()) {
      throw new InvariantViolation(
          "of " + changes.size() + " accounts " + updated + " have a row in account_quota_states");
    }
  }

  private int addUsage(List<AccountChange> changes) {
    return dao.addUsage(
        column(changes, UUID.class, AccountChange::account),
        column(changes, BigDecimal.class, AccountChange::moreBalance),
        column(changes, Long.class, AccountChange::moreRemaining),
        column(changes, Instant.class, AccountChange::ratedAt),
        column(changes, Instant.class, AccountChange::lastEntryAt),
        ofPeriod(changes, Long.class, Period::used),
        ofPeriod(changes, Long.class, Period::charged),
        ofPeriod(changes, Instant.class, Period::lastIncludedAt),
        now);
  }

  private int settle(List<AccountChange> changes) {
    return dao.settle(
        column(changes, UUID.class, AccountChange::account),
        column(changes, BigDecimal.class, AccountChange::moreBalance),
        column(changes, Long.class, AccountChange::moreRemaining),
        column(changes, Instant.class, AccountChange::ratedAt),
        column(changes, Instant.class, AccountChange::lastEntryAt),
        column(changes, Boolean.class, c -> c.standing().arrears()),
        column(changes, Instant.class, c -> c.standing().since()),
        column(changes, Boolean.class, c -> c.standing().throttled()),
        column(changes, Boolean.class, c -> c.standing().lift()),
        column(changes, BigDecimal.class, c -> c.kept().balance()),
        column(changes, Long.class, c -> c.kept().shownRemaining()),
        column(changes, Instant.class, c -> c.kept().shownPeriod()),
        column(changes, String.class, c -> c.kept().arrearsReason()),
        column(changes, String.class, c -> c.kept().suspendReason()),
        ofPeriod(changes, Instant.class, Period::start),
        ofPeriod(changes, Instant.class, Period::end),
        ofPeriod(changes, Long.class, Period::granted),
        ofPeriod(changes, Long.class, Period::used),
        ofPeriod(changes, Long.class, Period::charged),
        ofPeriod(changes, Instant.class, Period::lastIncludedAt),
        ofPeriod(changes, Instant.class, Period::lastGrantedAt),
        now);
  }

  /** One value of each row, as an array for the database. */
  @SuppressWarnings("unchecked")
  private static <R, T> T[] column(
      List<R> rows, Class<T> type, Function<R, ? extends @Nullable T> value) {
    T[] column = (T[]) Array.newInstance(type, rows.size());
    for (int i = 0; i < column.length; i++) {
      column[i] = value.apply(rows.get(i));
    }
    return column;
  }

  private static <T> T[] ofPeriod(
      List<AccountChange> changes, Class<T> type, Function<Period, ? extends @Nullable T> value) {
    return column(
        changes,
        type,
        change -> {
          @Nullable Period period = change.kept().period();
          return period == null ? null : value.apply(period);
        });
  }

  private static @Nullable Instant[] nullable(@Nullable Instant[] instants) {
    return instants;
  }

  /** Shows the newest counters of accounts on nodes; only the first ones of a pair are inserts. */
  public void checkpoints(Collection<Checkpoint> checkpoints) {
    if (checkpoints.isEmpty()) {
      return;
    }
    String[] nodes = checkpoints.stream().map(Checkpoint::node).toArray(String[]::new);
    UUID[] accounts = checkpoints.stream().map(Checkpoint::account).toArray(UUID[]::new);
    Long[] uplinks = checkpoints.stream().map(Checkpoint::uplinkTotal).toArray(Long[]::new);
    Long[] downlinks = checkpoints.stream().map(Checkpoint::downlinkTotal).toArray(Long[]::new);
    Instant[] seenAts = checkpoints.stream().map(Checkpoint::seenAt).toArray(Instant[]::new);
    Long[] restarts = checkpoints.stream().map(Checkpoint::restarts).toArray(Long[]::new);
    int updated =
        dao.updateCheckpoints(nodes, accounts, uplinks, downlinks, seenAts, restarts, now);
    if (updated < checkpoints.size()) {
      dao.insertCheckpoints(nodes, accounts, uplinks, downlinks, seenAts, restarts, now);
    }
  }

  /**
   * How far a source was read.
   *
   * @param completedUntil newest instant proven seen, null leaves it; it never goes back
   */
  public record SourceProgress(
      String source,
      @Nullable Instant completedUntil,
      @Nullable String cursor,
      Instant attemptedAt) {}

  /** Shows the progress of sources. */
  public void progress(Collection<SourceProgress> sources) {
    dao.upsertProgress(
        sources.stream().map(SourceProgress::source).toArray(String[]::new),
        nullable(sources.stream().map(SourceProgress::completedUntil).toArray(Instant[]::new)),
        sources.stream()
            .map(source -> Objects.requireNonNullElse(source.cursor(), ""))
            .toArray(String[]::new),
        sources.stream().map(SourceProgress::attemptedAt).toArray(Instant[]::new),
        now);
  }
}
