package plus.svc.billing.pipeline.readmodel;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.ledger.AccountChange;
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

  /** Shows balances, quota and standing. */
  public void show(List<AccountChange> changes) {
    if (changes.isEmpty()) {
      return;
    }
    int updated =
        dao.updateStates(
            changes.stream().map(AccountChange::account).toArray(UUID[]::new),
            changes.stream().map(AccountChange::moreBalance).toArray(BigDecimal[]::new),
            changes.stream().map(AccountChange::moreRemaining).toArray(Long[]::new),
            nullable(changes.stream().map(AccountChange::ratedAt).toArray(Instant[]::new)),
            changes.stream().map(c -> c.standing().arrears()).toArray(Boolean[]::new),
            nullable(changes.stream().map(c -> c.standing().since()).toArray(Instant[]::new)),
            changes.stream().map(c -> c.standing().throttled()).toArray(Boolean[]::new),
            changes.stream().map(c -> c.standing().lift()).toArray(Boolean[]::new),
            now);
    if (updated != changes.size()) {
      throw new InvariantViolation(
          "of " + changes.size() + " accounts " + updated + " have a row in account_quota_states");
    }
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
