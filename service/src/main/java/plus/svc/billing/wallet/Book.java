package plus.svc.billing.wallet;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.ledger.History;
import plus.svc.billing.wallet.outbox.Thresholds;

/** An account within one transaction: locked, as it stood, and as the transaction leaves it. */
public final class Book {

  private final Row row;
  private BigDecimal balance;
  private BigDecimal held;
  private BigDecimal unshown = BigDecimal.ZERO;
  private int openHolds;
  private @Nullable Instant lastEntryAt;
  private Thresholds.Debits debits = Thresholds.Debits.NONE;

  Book(Row row) {
    this.row = row;
    this.balance = row.balance();
    this.held = row.held();
    this.openHolds = row.openHolds();
    this.lastEntryAt = row.lastEntryAt();
  }

  /**
   * An account as it is stored.
   *
   * @param owner the user; the account's own id for a main account
   * @param overdraft how far below zero guarded operations may go
   * @param held sum of its active holds
   * @param arrears whether readers see it in arrears, for {@code arrearsReason}
   */
  public record Row(
      UUID id,
      UUID owner,
      String unit,
      BigDecimal balance,
      BigDecimal overdraft,
      @Nullable BigDecimal lowBalance,
      BigDecimal held,
      int openHolds,
      @Nullable Instant lastEntryAt,
      boolean arrears,
      String arrearsReason,
      boolean throttled) {}

  /** The account. */
  public UUID id() {
    return row.id();
  }

  /** The user whose it is. */
  public UUID owner() {
    return row.owner();
  }

  /** Whether its balance lies in the shared table. */
  public boolean isMain() {
    return row.id().equals(row.owner());
  }

  /** What its amounts count. */
  public String unit() {
    return row.unit();
  }

  /** Sum of its entries. */
  public BigDecimal balance() {
    return balance;
  }

  /** What no hold keeps. */
  public BigDecimal available() {
    return balance.subtract(held);
  }

  /** Whether a guarded operation may take an amount. */
  public boolean covers(BigDecimal amount) {
    return available().add(row.overdraft()).compareTo(amount) >= 0;
  }

  /** Its balance as the transaction found it. */
  BigDecimal balanceBefore() {
    return row.balance();
  }

  @Nullable BigDecimal lowBalance() {
    return row.lowBalance();
  }

  /** What the transaction debited. */
  Thresholds.Debits debits() {
    return debits;
  }

  BigDecimal moreHeld() {
    return held.subtract(row.held());
  }

  BigDecimal moreBalance() {
    return balance.subtract(row.balance());
  }

  /** What is to be added to the balance that readers see. */
  BigDecimal moreShown() {
    return shown.add(unshown);
  }

  private BigDecimal shown = BigDecimal.ZERO;

  int moreOpenHolds() {
    return openHolds - row.openHolds();
  }

  int openHolds() {
    return openHolds;
  }

  @Nullable Instant lastEntryAt() {
    return lastEntryAt;
  }

  boolean hasChanged() {
    return moreBalance().signum() != 0
        || moreShown().signum() != 0
        || moreHeld().signum() != 0
        || moreOpenHolds() != 0
        || (lastEntryAt != null && !lastEntryAt.equals(row.lastEntryAt()));
  }

  /** Whether arrears and throttling that readers see are no longer what the balance says. */
  boolean needsSettling() {
    boolean below = balance.signum() < 0;
    return isMain()
        && (below
            ? !row.arrears() || !row.throttled()
            : row.arrears() && row.arrearsReason().equals("balance"));
  }

  void hold(BigDecimal amount) {
    held = held.add(amount);
    openHolds++;
  }

  void release(BigDecimal amount) {
    held = held.subtract(amount);
    openHolds--;
  }

  /** Adds an entry's amount and gives the entry its place. */
  Instant post(BigDecimal amount, Instant now) {
    balance = balance.add(amount);
    shown = shown.add(amount);
    debits = amount.signum() < 0 ? debits.plus(amount.negate()) : debits;
    Instant place = History.after(lastEntryAt, now);
    lastEntryAt = place;
    return place;
  }

  /** Takes in an entry that was posted without the account's lock. */
  History.Booking take(History.Taken entry) {
    History.Booking booking = entry.bookedAfter(lastEntryAt, balance);
    balance = booking.balanceAfter();
    lastEntryAt = booking.at();
    if (!entry.shown()) {
      unshown = unshown.add(entry.amount());
    }
    return booking;
  }
}
