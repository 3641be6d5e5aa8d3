package plus.svc.billing.pipeline.ledger;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.platform.RoundTrip;

/**
 * The order of an account's entries. What is posted under the account's lock stands where its
 * {@code created_at} says, which never goes back. What is posted without the lock, by other
 * services or by our own unconditional operations, gets its place when somebody who holds the lock
 * takes it in: a booking. So each entry of an account has one place, and each place one balance.
 */
public final class History {

  private static final Duration QUARTER = Duration.ofMinutes(15);
  private static final String OTHERS = "accounts";

  private History() {}

  /** The first place that is free for an entry of an instant. */
  public static Instant after(@Nullable Instant last, Instant wanted) {
    Instant instant = wanted.truncatedTo(ChronoUnit.MICROS);
    return last == null || instant.isAfter(last) ? instant : last.plus(1, ChronoUnit.MICROS);
  }

  /** The quarter of an hour of the turnover that a place falls into. */
  public static Instant quarter(Instant place) {
    long seconds = QUARTER.toSeconds();
    return Instant.ofEpochSecond(Math.floorDiv(place.getEpochSecond(), seconds) * seconds);
  }

  /**
   * An entry that was posted without the account's lock.
   *
   * @param shown whether the shown balance holds it already
   * @param caller who asked for it, the name of the service for what others posted
   */
  public record Taken(
      UUID account,
      UUID ledgerId,
      BigDecimal amount,
      boolean shown,
      Instant createdAt,
      String kind,
      String meter,
      long units,
      String caller) {

    /** Books it after what is there. */
    Booking after(@Nullable Instant last, BigDecimal balanceBefore) {
      return new Booking(this, History.after(last, createdAt), balanceBefore.add(amount));
    }

    /** Books it after what is there; for who keeps accounts aside from this package. */
    public Booking bookedAfter(@Nullable Instant last, BigDecimal balanceBefore) {
      return after(last, balanceBefore);
    }
  }

  /** An entry in its place. */
  public record Booking(Taken entry, Instant at, BigDecimal balanceAfter) {}

  /**
   * Takes in what was posted to locked accounts without their locks, ordered by account and by when
   * it was posted; {@link #book} must follow in the same transaction.
   */
  public static void take(RoundTrip trip, UUID[] accounts, Consumer<Taken> each) {
    trip.queryMany(
        "History",
        "take",
        """
        WITH taken AS (
            DELETE FROM billing.foreign_entries
             WHERE account_uuid = ANY(?)
            RETURNING account_uuid, ledger_id, amount_delta, shown)
        SELECT t.account_uuid, t.ledger_id, t.amount_delta, t.shown,
               coalesce(l.created_at, now()), coalesce(l.entry_type, ''), coalesce(l.meter, ''),
               coalesce(l.units, 0), coalesce(r.caller, ?)
          FROM taken t
          LEFT JOIN public.billing_ledger l ON l.id = t.ledger_id
          LEFT JOIN billing.requests r ON r.request_id = l.operation_id
         ORDER BY t.account_uuid, 5, t.ledger_id
        """,
        row ->
            new Taken(
                RoundTrip.uuid(row, 1),
                RoundTrip.uuid(row, 2),
                row.getBigDecimal(3),
                row.getBoolean(4),
                RoundTrip.instant(row, 5),
                row.getString(6),
                row.getString(7),
                row.getLong(8),
                row.getString(9)),
        each,
        accounts,
        OTHERS);
  }

  /** Writes places and turnover of what was taken in. */
  public static void book(RoundTrip trip, List<Booking> bookings) {
    if (bookings.isEmpty()) {
      return;
    }
    trip.update(
        "History",
        "book",
        """
        INSERT INTO billing.bookings (account_id, booked_at, ledger_id, balance_after)
        SELECT * FROM unnest(?, ?, ?, ?)
        """,
        bookings.stream().map(b -> b.entry().account()).toArray(UUID[]::new),
        bookings.stream().map(Booking::at).toArray(Instant[]::new),
        bookings.stream().map(b -> b.entry().ledgerId()).toArray(UUID[]::new),
        bookings.stream().map(Booking::balanceAfter).toArray(BigDecimal[]::new));
    Turnover turnover = new Turnover();
    for (Booking booking : bookings) {
      Taken entry = booking.entry();
      turnover.add(
          new Turnover.Key(
              entry.account(), quarter(booking.at()), entry.kind(), entry.meter(), entry.caller()),
          entry.units(),
          entry.amount());
    }
    add(trip, turnover);
  }

  /** Adds to the sums of turnover. */
  public static void add(RoundTrip trip, Turnover turnover) {
    if (turnover.rows.isEmpty()) {
      return;
    }
    Collection<Map.Entry<Turnover.Key, Turnover.Sums>> rows = turnover.rows.entrySet();
    trip.update(
        "History",
        "add",
        """
        INSERT INTO billing.turnover AS t
               (account_id, quarter, kind, meter, caller, entries, units, credit, debit)
        SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (account_id, quarter, kind, meter, caller) DO UPDATE
           SET entries = t.entries + excluded.entries,
               units = t.units + excluded.units,
               credit = t.credit + excluded.credit,
               debit = t.debit + excluded.debit
        """,
        rows.stream().map(r -> r.getKey().account()).toArray(UUID[]::new),
        rows.stream().map(r -> r.getKey().quarter()).toArray(Instant[]::new),
        rows.stream().map(r -> r.getKey().kind()).toArray(String[]::new),
        rows.stream().map(r -> r.getKey().meter()).toArray(String[]::new),
        rows.stream().map(r -> r.getKey().caller()).toArray(String[]::new),
        rows.stream().map(r -> r.getValue().entries).toArray(Long[]::new),
        rows.stream().map(r -> r.getValue().units).toArray(Long[]::new),
        rows.stream().map(r -> r.getValue().credit).toArray(BigDecimal[]::new),
        rows.stream().map(r -> r.getValue().debit).toArray(BigDecimal[]::new));
  }

  /** Turnover as it gathers within a transaction, in one order. */
  public static final class Turnover {

    private final TreeMap<Key, Sums> rows = new TreeMap<>();

    /** What sums are kept for. */
    public record Key(UUID account, Instant quarter, String kind, String meter, String caller)
        implements Comparable<Key> {
      @Override
      public int compareTo(Key other) {
        int order = account.compareTo(other.account);
        order = order != 0 ? order : quarter.compareTo(other.quarter);
        order = order != 0 ? order : kind.compareTo(other.kind);
        order = order != 0 ? order : meter.compareTo(other.meter);
        return order != 0 ? order : caller.compareTo(other.caller);
      }
    }

    private static final class Sums {
      private long entries;
      private long units;
      private BigDecimal credit = BigDecimal.ZERO;
      private BigDecimal debit = BigDecimal.ZERO;
    }

    /** Adds an entry. */
    public void add(Key key, long units, BigDecimal amount) {
      Sums sums = rows.computeIfAbsent(key, added -> new Sums());
      sums.entries++;
      sums.units = Math.addExact(sums.units, units);
      if (amount.signum() > 0) {
        sums.credit = sums.credit.add(amount);
      } else {
        sums.debit = sums.debit.subtract(amount);
      }
    }
  }
}
