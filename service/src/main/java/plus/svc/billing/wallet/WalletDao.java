package plus.svc.billing.wallet;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.platform.RoundTrip;

/** Statements on accounts, quotas and holds, each for a whole batch and part of a round trip. */
final class WalletDao {

  private WalletDao() {}

  // Accounts ----------------------------------------------------------------------------------

  /** What an account was set up with. */
  record AccountRow(
      UUID id,
      UUID owner,
      String unit,
      String name,
      String metadata,
      UUID request,
      BigDecimal overdraft,
      @Nullable BigDecimal lowBalance) {

    /** In what another wish differs from what is there. */
    Optional<String> difference(AccountRow wanted) {
      if (!owner.equals(wanted.owner)) {
        return Optional.of("account " + id + " has another owner");
      }
      if (!unit.equals(wanted.unit)) {
        return Optional.of("account " + id + " is kept in " + unit);
      }
      boolean same =
          name.equals(wanted.name)
              && metadata.equals(wanted.metadata)
              && overdraft.compareTo(wanted.overdraft) == 0
              && same(lowBalance, wanted.lowBalance);
      return same
          ? Optional.empty()
          : Optional.of("account " + id + " has another name, metadata, overdraft or threshold");
    }

    private static boolean same(@Nullable BigDecimal one, @Nullable BigDecimal other) {
      if (one == null || other == null) {
        return one == null && other == null;
      }
      return one.compareTo(other) == 0;
    }

    /** A further account as it begins. */
    Book.Row fresh() {
      return new Book.Row(
          id,
          owner,
          unit,
          BigDecimal.ZERO,
          overdraft,
          lowBalance,
          BigDecimal.ZERO,
          0,
          null,
          false,
          "",
          false);
    }
  }

  /** A user's main account. */
  record MainRow(
      UUID id,
      boolean isOpen,
      @Nullable BigDecimal balance,
      BigDecimal held,
      int openHolds,
      @Nullable Instant lastEntryAt,
      boolean arrears,
      String arrearsReason,
      boolean throttled) {

    Book.Row book(String unit, @Nullable AccountRow setUp) {
      return new Book.Row(
          id,
          id,
          unit,
          balance == null ? BigDecimal.ZERO : balance,
          setUp == null ? BigDecimal.ZERO : setUp.overdraft(),
          setUp == null ? null : setUp.lowBalance(),
          held,
          openHolds,
          lastEntryAt,
          arrears,
          arrearsReason,
          throttled);
    }
  }

  /** What accounts were set up with. */
  static void accounts(RoundTrip trip, UUID[] accounts, Consumer<AccountRow> each) {
    trip.query(
        "WalletDao",
        "accounts",
        1000,
        """
        SELECT account_id, owner_uuid, unit, name, metadata, request_id, overdraft, low_balance
          FROM billing.accounts
         WHERE account_id = ANY(?)
        """,
        row ->
            new AccountRow(
                RoundTrip.uuid(row, 1),
                RoundTrip.uuid(row, 2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                RoundTrip.uuid(row, 6),
                row.getBigDecimal(7),
                row.getBigDecimal(8)),
        each,
        (Object) accounts);
  }

  /** Locks main accounts in the order of their ids. */
  static void lockMain(RoundTrip trip, UUID[] accounts, Consumer<MainRow> each) {
    trip.query(
        "WalletDao",
        "lockMain",
        200,
        """
        SELECT account_uuid, opened_at IS NOT NULL, exact_balance, held, open_holds, last_entry_at,
               arrears, arrears_reason, throttle_state = 'throttled'
          FROM public.account_quota_states
         WHERE account_uuid = ANY(?)
         ORDER BY account_uuid
           FOR UPDATE
        """,
        row ->
            new MainRow(
                RoundTrip.uuid(row, 1),
                row.getBoolean(2),
                row.getBigDecimal(3),
                row.getBigDecimal(4),
                row.getInt(5),
                RoundTrip.instantOrNull(row, 6),
                row.getBoolean(7),
                row.getString(8),
                row.getBoolean(9)),
        each,
        (Object) accounts);
  }

  /** Locks further accounts in the order of their ids, after the main ones. */
  static void lockFurther(RoundTrip trip, UUID[] accounts, Consumer<Book.Row> each) {
    trip.query(
        "WalletDao",
        "lockFurther",
        200,
        """
        SELECT account_id, owner_uuid, unit, balance, overdraft, low_balance, held, open_holds,
               last_entry_at
          FROM billing.accounts
         WHERE account_id = ANY(?) AND account_id <> owner_uuid
         ORDER BY account_id
           FOR UPDATE
        """,
        row ->
            new Book.Row(
                RoundTrip.uuid(row, 1),
                RoundTrip.uuid(row, 2),
                row.getString(3),
                row.getBigDecimal(4),
                row.getBigDecimal(5),
                row.getBigDecimal(6),
                row.getBigDecimal(7),
                row.getInt(8),
                RoundTrip.instantOrNull(row, 9),
                false,
                "",
                false),
        each,
        (Object) accounts);
  }

  /** Which of them are users. */
  static void users(RoundTrip trip, UUID[] accounts, Consumer<UUID> each) {
    trip.query(
        "WalletDao",
        "users",
        50,
        "SELECT account_uuid FROM billing.identities WHERE account_uuid = ANY(?)",
        row -> RoundTrip.uuid(row, 1),
        each,
        (Object) accounts);
  }

  /** Makes accounts that were set up. */
  static void make(RoundTrip trip, List<AccountRow> rows, Instant now) {
    if (rows.isEmpty()) {
      return;
    }
    trip.update(
        "WalletDao",
        "make",
        """
        INSERT INTO billing.accounts
               (account_id, owner_uuid, unit, name, metadata, request_id, overdraft, low_balance,
                created_at)
        SELECT *, ? FROM unnest(?, ?, ?, ?, ?, ?, ?, ?)
        """,
        now,
        rows.stream().map(AccountRow::id).toArray(UUID[]::new),
        rows.stream().map(AccountRow::owner).toArray(UUID[]::new),
        rows.stream().map(AccountRow::unit).toArray(String[]::new),
        rows.stream().map(AccountRow::name).toArray(String[]::new),
        rows.stream().map(AccountRow::metadata).toArray(String[]::new),
        rows.stream().map(AccountRow::request).toArray(UUID[]::new),
        rows.stream().map(AccountRow::overdraft).toArray(BigDecimal[]::new),
        rows.stream().map(AccountRow::lowBalance).toArray(BigDecimal[]::new));
  }

  /** Adds to main accounts what changed. */
  static void updateMain(RoundTrip trip, List<Book> books, Instant now, IntConsumer updated) {
    trip.update(
        "WalletDao",
        "updateMain",
        """
        UPDATE public.account_quota_states q
           SET current_balance = q.current_balance + c.shown,
               exact_balance = q.exact_balance + c.exact,
               held = q.held + c.held,
               open_holds = q.open_holds + c.holds,
               last_entry_at = c.place,
               updated_at = ?
          FROM unnest(?, ?, ?, ?, ?, ?)
            AS c (account_uuid, shown, exact, held, holds, place)
         WHERE q.account_uuid = c.account_uuid
        """,
        updated,
        now,
        books.stream().map(Book::id).toArray(UUID[]::new),
        books.stream().map(Book::moreShown).toArray(BigDecimal[]::new),
        books.stream().map(Book::moreBalance).toArray(BigDecimal[]::new),
        books.stream().map(Book::moreHeld).toArray(BigDecimal[]::new),
        books.stream().map(Book::moreOpenHolds).toArray(Integer[]::new),
        books.stream().map(Book::lastEntryAt).toArray(Instant[]::new));
  }

  /** Adds to further accounts what changed. */
  static void updateFurther(RoundTrip trip, List<Book> books, IntConsumer updated) {
    trip.update(
        "WalletDao",
        "updateFurther",
        """
        UPDATE billing.accounts a
           SET balance = a.balance + c.exact,
               held = a.held + c.held,
               open_holds = a.open_holds + c.holds,
               last_entry_at = c.place
          FROM unnest(?, ?, ?, ?, ?)
            AS c (account_id, exact, held, holds, place)
         WHERE a.account_id = c.account_id
        """,
        updated,
        books.stream().map(Book::id).toArray(UUID[]::new),
        books.stream().map(Book::moreBalance).toArray(BigDecimal[]::new),
        books.stream().map(Book::moreHeld).toArray(BigDecimal[]::new),
        books.stream().map(Book::moreOpenHolds).toArray(Integer[]::new),
        books.stream().map(Book::lastEntryAt).toArray(Instant[]::new));
  }

  // Quotas ------------------------------------------------------------------------------------

  /** Quotas that are there. */
  static void quotas(
      RoundTrip trip, Collection<ServiceQuota.Key> keys, Consumer<ServiceQuota> each) {
    trip.query(
        "WalletDao",
        "quotas",
        150,
        """
        SELECT q.account_uuid, q.meter, q.period_start, q.period_end, q.granted, q.used, q.charged,
               q.held
          FROM unnest(?, ?, ?) AS w (account_uuid, meter, period_start)
          JOIN billing.past_quotas q USING (account_uuid, meter, period_start)
        """,
        row ->
            new ServiceQuota(
                new ServiceQuota.Key(
                    RoundTrip.uuid(row, 1), row.getString(2), RoundTrip.instant(row, 3)),
                RoundTrip.instant(row, 4),
                row.getLong(5),
                row.getLong(6),
                row.getLong(7),
                row.getLong(8)),
        each,
        keys.stream().map(ServiceQuota.Key::account).toArray(UUID[]::new),
        keys.stream().map(ServiceQuota.Key::service).toArray(String[]::new),
        keys.stream().map(ServiceQuota.Key::start).toArray(Instant[]::new));
  }

  /** Writes quotas as they are now. */
  static void writeQuotas(RoundTrip trip, List<ServiceQuota> quotas, Instant now) {
    trip.update(
        "WalletDao",
        "writeQuotas",
        """
        INSERT INTO billing.past_quotas
               (last_granted_at, account_uuid, meter, period_start, period_end, granted, used,
                charged, held)
        SELECT ?, * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (account_uuid, meter, period_start) DO UPDATE
           SET granted = excluded.granted,
               used = excluded.used,
               charged = excluded.charged,
               held = excluded.held
        """,
        now,
        quotas.stream().map(q -> q.key().account()).toArray(UUID[]::new),
        quotas.stream().map(q -> q.key().service()).toArray(String[]::new),
        quotas.stream().map(q -> q.key().start()).toArray(Instant[]::new),
        quotas.stream().map(ServiceQuota::end).toArray(Instant[]::new),
        quotas.stream().map(ServiceQuota::granted).toArray(Long[]::new),
        quotas.stream().map(ServiceQuota::used).toArray(Long[]::new),
        quotas.stream().map(ServiceQuota::charged).toArray(Long[]::new),
        quotas.stream().map(ServiceQuota::held).toArray(Long[]::new));
  }

  // Holds -------------------------------------------------------------------------------------

  private static final String HOLD =
      """
      SELECT hold_id, account_id, meter, period_start, unit_price, free_units, paid_units, amount,
             state, created_at, expires_at, ended_at, ended_by
        FROM billing.holds
      """;

  private static final RoundTrip.RowReader<Hold> READ_HOLD =
      row ->
          new Hold(
              RoundTrip.uuid(row, 1),
              RoundTrip.uuid(row, 2),
              row.getString(3),
              RoundTrip.instantOrNull(row, 4),
              row.getBigDecimal(5),
              row.getLong(6),
              row.getLong(7),
              row.getBigDecimal(8),
              row.getString(9),
              RoundTrip.instant(row, 10),
              RoundTrip.instant(row, 11),
              RoundTrip.instantOrNull(row, 12),
              row.getObject(13, UUID.class));

  /** Holds by their ids. */
  static void holds(RoundTrip trip, UUID[] holds, Consumer<Hold> each) {
    trip.query(
        "WalletDao",
        "holds",
        300,
        HOLD + " WHERE hold_id = ANY(?)",
        READ_HOLD,
        each,
        (Object) holds);
  }

  /** Active holds of accounts whose time is over. */
  static void expired(RoundTrip trip, UUID[] accounts, Instant now, Consumer<Hold> each) {
    trip.queryMany(
        "WalletDao",
        "expired",
        HOLD + " WHERE account_id = ANY(?) AND state = 'active' AND expires_at <= ?",
        READ_HOLD,
        each,
        accounts,
        now);
  }

  /** Writes holds as they are now. */
  static void writeHolds(RoundTrip trip, List<Hold> holds) {
    trip.update(
        "WalletDao",
        "writeHolds",
        """
        INSERT INTO billing.holds AS h
               (hold_id, account_id, meter, period_start, unit_price, free_units, paid_units,
                amount, state, created_at, expires_at, ended_at, ended_by)
        SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (hold_id) DO UPDATE
           SET state = excluded.state, ended_at = excluded.ended_at, ended_by = excluded.ended_by
        """,
        holds.stream().map(Hold::id).toArray(UUID[]::new),
        holds.stream().map(Hold::account).toArray(UUID[]::new),
        holds.stream().map(Hold::service).toArray(String[]::new),
        holds.stream().map(Hold::periodStart).toArray(Instant[]::new),
        holds.stream().map(Hold::unitPrice).toArray(BigDecimal[]::new),
        holds.stream().map(Hold::freeUnits).toArray(Long[]::new),
        holds.stream().map(Hold::paidUnits).toArray(Long[]::new),
        holds.stream().map(Hold::amount).toArray(BigDecimal[]::new),
        holds.stream().map(Hold::state).toArray(String[]::new),
        holds.stream().map(Hold::createdAt).toArray(Instant[]::new),
        holds.stream().map(Hold::expiresAt).toArray(Instant[]::new),
        holds.stream().map(Hold::endedAt).toArray(Instant[]::new),
        holds.stream().map(Hold::endedBy).toArray(UUID[]::new));
  }

  // Reversals ---------------------------------------------------------------------------------

  /** What operations posted. */
  static void posted(RoundTrip trip, UUID[] operations, Consumer<WalletTurn.PostedEntry> each) {
    trip.queryMany(
        "WalletDao",
        "posted",
        """
        SELECT l.operation_id, l.id, coalesce(l.sub_account, l.account_uuid), l.entry_type,
               l.amount_delta, coalesce(l.meter, ''), coalesce(l.units, 0), l.bucket_start,
               EXISTS (SELECT 1 FROM billing.operations o WHERE o.reverses = l.operation_id)
          FROM public.billing_ledger l
         WHERE l.operation_id = ANY(?) AND l.corrects IS NULL
         ORDER BY l.operation_id, l.created_at, l.id
        """,
        row ->
            new WalletTurn.PostedEntry(
                RoundTrip.uuid(row, 1),
                RoundTrip.uuid(row, 2),
                RoundTrip.uuid(row, 3),
                row.getString(4),
                row.getBigDecimal(5),
                row.getString(6),
                row.getLong(7),
                RoundTrip.instant(row, 8),
                row.getBoolean(9)),
        each,
        (Object) operations);
  }
}
