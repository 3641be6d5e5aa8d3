package plus.svc.billing.wallet;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.platform.InvariantViolation;
import plus.svc.billing.platform.RoundTrip;
import plus.svc.billing.wallet.recharge.RechargeLedger;

/**
 * The ledger as recharges use it: each entry is an operation with its request, posted under the
 * account's lock in the transaction that moves the order.
 */
public final class WalletRecharges implements RechargeLedger {

  /** The requests' caller: whoever says so, an order is credited once. */
  private static final String CALLER = "recharge";

  private static final int MOST_OPENINGS = 5;

  private final Jdbi jdbi;
  private final WalletPolicy policy;
  private final Consumer<Set<UUID>> opener;
  private final WalletEngine.Settler settler;
  private final InstantSource clock;

  /**
   * @param opener opens accounts of users that never had any, in a transaction of its own
   */
  public WalletRecharges(
      Jdbi jdbi,
      WalletPolicy policy,
      Consumer<Set<UUID>> opener,
      WalletEngine.Settler settler,
      InstantSource clock) {
    this.jdbi = jdbi;
    this.policy = policy;
    this.opener = opener;
    this.settler = settler;
    this.clock = clock;
  }

  @Override
  public <T> T inTransaction(Function<Handle, T> work) {
    for (int i = 0; ; i++) {
      try {
        return jdbi.inTransaction(work::apply);
      } catch (WalletTurn.Unopened e) {
        if (i == MOST_OPENINGS) {
          throw new IllegalStateException("accounts stay unopened: " + e.accounts(), e);
        }
        opener.accept(e.accounts());
      }
    }
  }

  @Override
  public Optional<String> unit(Handle handle, UUID account) {
    List<AppendDao.Place> places = new ArrayList<>();
    RoundTrip trip = RoundTrip.on(handle);
    AppendDao.places(trip, new UUID[] {account}, policy.unit(), places::add);
    trip.send();
    return places.stream().map(AppendDao.Place::unit).findFirst();
  }

  @Override
  public List<Posted> post(Handle handle, UUID account, List<Posting> postings) {
    Instant now = clock.instant();
    WalletTurn turn = new WalletTurn(handle, policy, now);
    turn.lock(List.of(account));
    @Nullable Book book = turn.book(account);
    if (book == null) {
      throw new InvariantViolation("account " + account + " of a recharge is gone");
    }
    List<Posted> posted = new ArrayList<>();
    List<WalletAnswer> answers = new ArrayList<>();
    for (Posting posting : postings) {
      WalletRequest request = store(handle, account, posting, now);
      turn.caller(request.id(), request.caller());
      UUID previous = posted.isEmpty() ? null : posted.get(posted.size() - 1).entry();
      UUID entry =
          turn.post(
              book,
              new WalletTurn.Entry(
                  request.id(),
                  0,
                  posting.kind(),
                  posting.amount(),
                  posting.at(),
                  "",
                  0,
                  "",
                  posting.correctsPrevious() ? previous : posting.corrects()));
      posted.add(new Posted(request.id(), entry));
      answers.add(answer(request.id(), book, entry, posting.amount()));
    }
    RoundTrip trip = RoundTrip.on(handle);
    RequestLog.apply(
        trip,
        answers.stream().map(answer -> new RequestLog.Outcome(answer, null)).toList(),
        now,
        ours -> {});
    Set<UUID> unsettled = turn.write(trip);
    if (!unsettled.isEmpty()) {
      settler.settle(handle, unsettled);
    }
    return posted;
  }

  private static WalletRequest store(Handle handle, UUID account, Posting posting, Instant now) {
    Command command =
        new Command.Post(account, posting.amount(), posting.unit(), posting.key(), true);
    WalletRequest request =
        WalletRequest.of(
            CALLER,
            posting.key(),
            posting.source() + " by " + posting.caller(),
            command,
            posting.body());
    List<UUID> stored = new ArrayList<>();
    RoundTrip trip = RoundTrip.on(handle);
    RequestLog.Row row = RequestLog.Row.of(request);
    RequestLog.store(
        trip,
        List.of(new RequestLog.Row(request, posting.kind(), row.digest(), row.command())),
        now,
        stored::add);
    trip.send();
    if (stored.size() != 1) {
      throw new InvariantViolation(
          posting.key() + " was posted before and its order doesn't say so");
    }
    return request;
  }

  private static WalletAnswer answer(UUID operation, Book book, UUID entry, BigDecimal amount) {
    return new WalletAnswer(
        operation,
        null,
        null,
        book.id(),
        List.of(entry),
        book.balance(),
        book.available(),
        null,
        null,
        amount.abs(),
        null);
  }
}
