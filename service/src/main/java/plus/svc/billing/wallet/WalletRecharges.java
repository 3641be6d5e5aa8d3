package plus.svc.billing.wallet;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
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

  /** Rolls a try back. */
  private static final class Unopened extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Set<UUID> accounts;

    Unopened(Set<UUID> accounts) {
      super("accounts were never opened", null, false, false);
      this.accounts = accounts;
    }
  }

  @Override
  public <T> T inTransaction(Function<Handle, T> work) {
    for (int i = 0; ; i++) {
      try {
        return jdbi.inTransaction(work::apply);
      } catch (Unopened e) {
        if (i == MOST_OPENINGS) {
          throw new IllegalStateException("accounts stay unopened: " + e.accounts, e);
        }
        opener.accept(e.accounts);
      }
    }
  }

  @Override
  public Optional<String> unit(Handle handle, UUID account) {
    return handle.attach(AppendDao.class).places(new UUID[] {account}, policy.unit()).stream()
        .map(AppendDao.Place::unit)
        .findFirst();
  }

  @Override
  public List<Posted> post(Handle handle, UUID account, List<Posting> postings) {
    Instant now = clock.instant();
    WalletTurn turn = new WalletTurn(handle, policy, now);
    Set<UUID> unopened = turn.lock(List.of(account));
    if (!unopened.isEmpty()) {
      throw new Unopened(unopened);
    }
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
    record(handle, answers, now);
    Set<UUID> unsettled = turn.write();
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
    String text = WalletJson.text(command);
    List<UUID> stored =
        handle
            .attach(RequestDao.class)
            .store(
                new UUID[] {request.id()},
                new String[] {request.caller()},
                new String[] {request.key()},
                new String[] {posting.kind()},
                new String[] {request.source()},
                new UUID[] {WalletRequest.hash(text)},
                new String[] {text},
                new String[] {request.body()},
                now);
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

  private static void record(Handle handle, List<WalletAnswer> answers, Instant now) {
    int count = answers.size();
    @Nullable UUID[] none = new UUID[count];
    String[] applied = new String[count];
    String[] reasons = new String[count];
    Arrays.fill(applied, "applied");
    Arrays.fill(reasons, "");
    handle
        .attach(RequestDao.class)
        .apply(
            answers.stream().map(WalletAnswer::operation).toArray(UUID[]::new),
            answers.stream().map(WalletAnswer::account).toArray(UUID[]::new),
            applied,
            reasons,
            none,
            answers.stream().map(WalletJson::text).toArray(String[]::new),
            now);
  }
}
