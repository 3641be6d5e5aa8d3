package plus.svc.billing.audit;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Something that is not as it must be, as exact as it can be told.
 *
 * @param minute the minute, or the instant, it is about
 * @param expected what must be there, null if nothing
 * @param found what is there, null if nothing
 * @param money what it would change, null if no money hangs on it
 * @param evidence why, in a sentence
 */
record Finding(
    Kind kind,
    @Nullable AuditedNode node,
    @Nullable UUID account,
    @Nullable String line,
    @Nullable Instant minute,
    @Nullable Object expected,
    @Nullable Object found,
    @Nullable BigDecimal money,
    String evidence) {

  /** What can be found; the names are part of the interface. */
  enum Kind {
    /** Usage that the evidence proves has no bucket. */
    MISSING_BUCKET,
    /** A bucket that no evidence stands for. */
    EXTRA_BUCKET,
    /** A bucket with other bytes than the evidence gives. */
    BUCKET_DIFFERS,
    /** The archive lacks a snapshot. */
    LOST_SNAPSHOT,
    /** The exporter tells an instant with larger counters than the archive holds. */
    SNAPSHOT_DIFFERS,
    /** An archive row that is not what its digest says. */
    TAMPERED_SNAPSHOT,
    /** No snapshot and a restart inside: some bytes can't be known. */
    AT_RISK,
    /** A node's kept counters are not those of the archive. */
    STATE_DIFFERS,
    /** Usage without an account is not what the evidence gives. */
    UNATTRIBUTED_DIFFERS,
    /** Samples set aside are not those of the evidence. */
    SET_ASIDE_DIFFERS,
    /** Restarts noted are not those of the evidence. */
    RESTART_DIFFERS,
    /** A conflict noted leads to another content than the archive holds. */
    CONFLICT_DIFFERS,
    /** A shown checkpoint is not the node's counters. */
    CHECKPOINT_DIFFERS,
    /** A source's watermark stands beyond what was ever seen. */
    PROGRESS_AHEAD,
    /** A bucket and its ledger rows differ. */
    LEDGER_DIFFERS,
    /** A charge beside the one that its bucket has. */
    DOUBLE_CHARGE,
    /** Ledger rows of a bucket that is not there. */
    ORPHAN_ENTRY,
    /** A ledger row that is not what it says of itself. */
    ENTRY_DIFFERS,
    /** A bucket costs something else than its price and quota say. */
    CHARGE_DIFFERS,
    /** A balance is not the sum of its ledger rows. */
    BALANCE_DIFFERS,
    /** The balances that ledger rows carry do not follow from each other. */
    BALANCE_CHAIN_BROKEN,
    /** The balance that readers see is not the exact one. */
    SHOWN_BALANCE_DIFFERS,
    /** A quota is not its grants less its use. */
    QUOTA_DIFFERS,
    /** What is noted of another service's ledger row is not that row. */
    FOREIGN_ENTRY_DIFFERS,
    /** What is kept as held is not the sum of the active holds. */
    HELD_DIFFERS,
    /** A sum of turnover is not that of its entries. */
    TURNOVER_DIFFERS,
    /** A request was stored long ago and nothing became of it. */
    REQUEST_UNAPPLIED,
    /** An operation, its request, its answer and its ledger rows contradict each other. */
    OPERATION_DIFFERS,
    /** A recharge order, what was told of it, and its ledger rows contradict each other. */
    ORDER_DIFFERS,
    /** The database would let a ledger row, a request or an operation be changed. */
    GUARD_GONE,
    /** Something could not be looked at. */
    UNCHECKED;

    /** As it is told. */
    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static Finding ofNode(
      Kind kind,
      AuditedNode node,
      Instant at,
      @Nullable Object expected,
      @Nullable Object found,
      String evidence) {
    return new Finding(kind, node, null, null, at, expected, found, null, evidence);
  }

  static Finding ofAccount(
      Kind kind,
      UUID account,
      @Nullable Instant at,
      @Nullable Object expected,
      @Nullable Object found,
      @Nullable BigDecimal money,
      String evidence) {
    return new Finding(kind, null, account, null, at, expected, found, money, evidence);
  }

  static Finding of(Kind kind, @Nullable Object expected, @Nullable Object found, String evidence) {
    return new Finding(kind, null, null, null, null, expected, found, null, evidence);
  }
}
