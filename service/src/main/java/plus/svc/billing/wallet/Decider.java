package plus.svc.billing.wallet;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Decides what becomes of requests, one after the other, from the accounts, quotas and holds of a
 * transaction; no I/O. What it decides is in them and in the turn's entries at once.
 */
final class Decider {

  private final WalletTurn turn;
  private final ServicePrices prices;
  private final Instant now;

  Decider(WalletTurn turn, ServicePrices prices, Instant now) {
    this.turn = turn;
    this.prices = prices;
    this.now = now;
  }

  /** A refusal on the way; nothing of the request has been done yet when it is thrown. */
  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final Refusal refusal;

    Refused(Refusal refusal, String message) {
      super(message, null, false, false);
      this.refusal = refusal;
    }
  }

  /**
   * Decides a request.
   *
   * @param receivedAt when it was stored: prices and months are those of that instant
   */
  WalletAnswer decide(UUID id, Command command, Instant receivedAt) {
    try {
      if (command instanceof Command.Post post) {
        return post(id, post, receivedAt);
      } else if (command instanceof Command.Deduct deduct) {
        return deduct(id, deduct, receivedAt);
      } else if (command instanceof Command.Group group) {
        return group(id, group, receivedAt);
      } else if (command instanceof Command.Reserve reserve) {
        return reserve(id, reserve);
      } else if (command instanceof Command.ReserveUse reserve) {
        return reserveUse(id, reserve, receivedAt);
      } else if (command instanceof Command.Commit commit) {
        return commit(id, commit);
      } else if (command instanceof Command.Release release) {
        return release(id, release);
      } else if (command instanceof Command.SetUp setUp) {
        return setUp(id, setUp);
      } else if (command instanceof Command.Reverse reverse) {
        return reverse(id, reverse, receivedAt);
      }
      throw new IllegalStateException("nobody decides a " + command.kind());
    } catch (Refused e) {
      UUID account = command.accounts().isEmpty() ? null : command.accounts().get(0);
      return WalletAnswer.refused(id, account, e.refusal, String.valueOf(e.getMessage()));
    }
  }

  private WalletAnswer post(UUID id, Command.Post post, Instant receivedAt) {
    Book book = book(post.account(), post.unit());
    if (post.amount().signum() < 0) {
      cover(book, post.amount().negate());
    }
    String kind = post.amount().signum() > 0 ? "credit" : "debit";
    UUID entry = turn.post(book, new WalletTurn.Entry(id, 0, kind, post.amount(), receivedAt));
    return done(id, book, List.of(entry), null, null, post.amount().abs(), null);
  }

  private WalletAnswer deduct(UUID id, Command.Deduct deduct, Instant receivedAt) {
    ServicePrices.Version terms = terms(deduct.service(), receivedAt);
    Book book = book(deduct.account(), turn.unit());
    ServiceQuota quota = turn.quota(book.id(), terms, receivedAt);
    long free = Math.min(quota.remaining(), deduct.count());
    long paid = deduct.count() - free;
    BigDecimal cost = terms.price().multiply(BigDecimal.valueOf(paid));
    cover(book, cost);
    quota.use(free, paid);
    List<UUID> entries = use(book, id, terms.service(), free, paid, cost, terms.text(), receivedAt);
    return done(id, book, entries, free, paid, cost, null);
  }

  private List<UUID> use(
      Book book,
      UUID id,
      String service,
      long free,
      long paid,
      BigDecimal cost,
      String terms,
      Instant at) {
    List<UUID> entries = new ArrayList<>(2);
    if (free > 0) {
      entries.add(
          turn.post(
              book,
              new WalletTurn.Entry(id, 0, "usage_free", BigDecimal.ZERO, at)
                  .ofUse(service, free, terms)));
    }
    if (paid > 0) {
      entries.add(
          turn.post(
              book,
              new WalletTurn.Entry(id, 1, "usage_charge", cost.negate(), at)
                  .ofUse(service, paid, terms)));
    }
    return entries;
  }

  private WalletAnswer group(UUID id, Command.Group group, Instant receivedAt) {
    List<Book> books = new ArrayList<>();
    for (Command.Leg leg : group.legs()) {
      books.add(book(leg.account(), leg.unit()));
    }
    // An account may be in several legs: what counts is what they do together.
    Set<Book> seen = new HashSet<>();
    for (Book book : books) {
      if (seen.add(book)) {
        BigDecimal sum = BigDecimal.ZERO;
        for (int i = 0; i < books.size(); i++) {
          sum = books.get(i) == book ? sum.add(group.legs().get(i).amount()) : sum;
        }
        if (sum.signum() < 0) {
          cover(book, sum.negate());
        }
      }
    }
    List<UUID> entries = new ArrayList<>();
    for (int i = 0; i < books.size(); i++) {
      BigDecimal amount = group.legs().get(i).amount();
      String kind = amount.signum() > 0 ? "transfer_in" : "transfer_out";
      entries.add(turn.post(books.get(i), new WalletTurn.Entry(id, i, kind, amount, receivedAt)));
    }
    return new WalletAnswer(
        id, null, null, books.get(0).id(), entries, null, null, null, null, null, null);
  }

  private WalletAnswer reserve(UUID id, Command.Reserve reserve) {
    Book book = book(reserve.account(), reserve.unit());
    cover(book, reserve.amount());
    book.hold(reserve.amount());
    Instant expires = now.plusSeconds(reserve.seconds());
    turn.put(
        new Hold(
            id,
            book.id(),
            null,
            null,
            null,
            0,
            0,
            reserve.amount(),
            Hold.ACTIVE,
            now,
            expires,
            null,
            null));
    return done(id, book, List.of(), null, null, reserve.amount(), expires);
  }

  private WalletAnswer reserveUse(UUID id, Command.ReserveUse reserve, Instant receivedAt) {
    ServicePrices.Version terms = terms(reserve.service(), receivedAt);
    Book book = book(reserve.account(), turn.unit());
    ServiceQuota quota = turn.quota(book.id(), terms, receivedAt);
    long free = Math.min(quota.remaining(), reserve.count());
    long paid = reserve.count() - free;
    BigDecimal cost = terms.price().multiply(BigDecimal.valueOf(paid));
    cover(book, cost);
    quota.hold(free);
    book.hold(cost);
    Instant expires = now.plusSeconds(reserve.seconds());
    turn.put(
        new Hold(
            id,
            book.id(),
            terms.service(),
            quota.key().start(),
            terms.price(),
            free,
            paid,
            cost,
            Hold.ACTIVE,
            receivedAt,
            expires,
            null,
            null));
    return done(id, book, List.of(), free, paid, cost, expires);
  }

  private WalletAnswer commit(UUID id, Command.Commit commit) {
    Hold hold = active(commit.hold());
    Book book = main(hold.account());
    if (hold.service() == null) {
      BigDecimal amount = commit.amount() == null ? hold.amount() : commit.amount();
      if (commit.count() != null) {
        throw new Refused(Refusal.HOLD_EXCEEDED, "the hold keeps money, not units of a service");
      }
      if (amount.compareTo(hold.amount()) > 0) {
        throw new Refused(
            Refusal.HOLD_EXCEEDED,
            "the hold keeps " + Amounts.text(hold.amount()) + ", less than the amount asked for");
      }
      turn.release(hold, book, Hold.COMMITTED, id);
      UUID entry =
          turn.post(book, new WalletTurn.Entry(id, 0, "debit", amount.negate(), hold.createdAt()));
      return done(id, book, List.of(entry), null, null, amount, null);
    }
    long held = hold.freeUnits() + hold.paidUnits();
    long count = commit.count() == null ? held : commit.count();
    if (commit.amount() != null || count > held) {
      throw new Refused(
          Refusal.HOLD_EXCEEDED, "the hold keeps " + held + " units of " + hold.service());
    }
    long free = Math.min(hold.freeUnits(), count);
    long paid = count - free;
    BigDecimal price = hold.unitPrice() == null ? BigDecimal.ZERO : hold.unitPrice();
    BigDecimal cost = price.multiply(BigDecimal.valueOf(paid));
    turn.release(hold, book, Hold.COMMITTED, id);
    turn.quotaOf(hold).use(free, paid);
    List<UUID> entries =
        use(book, id, hold.service(), free, paid, cost, "hold:" + hold.id(), hold.createdAt());
    return done(id, book, entries, free, paid, cost, null);
  }

  private WalletAnswer release(UUID id, Command.Release release) {
    Hold hold = active(release.hold());
    Book book = main(hold.account());
    turn.release(hold, book, Hold.VOIDED, id);
    return done(id, book, List.of(), null, null, hold.amount(), null);
  }

  private WalletAnswer setUp(UUID id, Command.SetUp setUp) {
    Optional<String> problem = turn.setUp(id, setUp);
    if (problem.isPresent()) {
      throw new Refused(Refusal.ACCOUNT_EXISTS, problem.get());
    }
    Book book = main(setUp.account());
    return done(id, book, List.of(), null, null, null, null);
  }

  private WalletAnswer reverse(UUID id, Command.Reverse reverse, Instant receivedAt) {
    WalletTurn.Posted posted = turn.posted(reverse.operation());
    if (posted.entries().isEmpty()) {
      throw new Refused(
          Refusal.OPERATION_NOT_FOUND,
          "no operation " + reverse.operation() + " posted anything that can be taken back");
    }
    if (posted.entries().stream().anyMatch(entry -> turn.book(entry.account()) == null)) {
      // It was done after this transaction had chosen what to lock: to it, it is not there yet.
      throw new Refused(
          Refusal.OPERATION_NOT_FOUND,
          "operation " + reverse.operation() + " was not done yet; ask again under another key");
    }
    if (posted.isReversed()) {
      throw new Refused(
          Refusal.ALREADY_REVERSED, "operation " + reverse.operation() + " was taken back before");
    }
    turn.reverse(reverse.operation(), id);
    List<UUID> entries = new ArrayList<>();
    int leg = 0;
    for (WalletTurn.PostedEntry entry : posted.entries()) {
      Book book = main(entry.account());
      if (!entry.service().isEmpty()) {
        boolean free = entry.kind().equals("usage_free");
        turn.quotaOf(book.id(), entry.service(), entry.at())
            .use(free ? -entry.units() : 0, free ? 0 : -entry.units());
      }
      entries.add(
          turn.post(
              book,
              new WalletTurn.Entry(
                      id,
                      leg++,
                      entry.service().isEmpty() ? "reversal" : entry.kind(),
                      entry.amount().negate(),
                      receivedAt)
                  .correcting(entry.id(), entry.service(), -entry.units())));
    }
    Book first = main(posted.entries().get(0).account());
    return done(id, first, entries, null, null, null, null);
  }

  private Hold active(UUID id) {
    @Nullable Hold hold = turn.hold(id);
    // One made after this transaction had chosen what to lock is not there yet, to it.
    if (hold == null || turn.book(hold.account()) == null) {
      throw new Refused(Refusal.HOLD_NOT_FOUND, "there is no hold " + id);
    }
    if (!hold.isActive(now)) {
      String state = hold.state().equals(Hold.ACTIVE) ? Hold.EXPIRED : hold.state();
      throw new Refused(Refusal.HOLD_ENDED, "hold " + id + " is " + state + " already");
    }
    return hold;
  }

  private ServicePrices.Version terms(String service, Instant at) {
    return prices
        .at(service, at)
        .orElseThrow(
            () ->
                new Refused(
                    Refusal.UNKNOWN_SERVICE,
                    "service is '" + Amounts.shown(service) + "': must be a configured one"));
  }

  private Book main(UUID account) {
    @Nullable Book book = turn.book(account);
    if (book == null) {
      throw new Refused(Refusal.ACCOUNT_NOT_FOUND, "there is no account " + account);
    }
    return book;
  }

  private Book book(UUID account, String unit) {
    Book book = main(account);
    if (!book.unit().equals(unit)) {
      throw new Refused(
          Refusal.UNIT_DIFFERS,
          "unit is '" + unit + "': account " + account + " is kept in " + book.unit());
    }
    return book;
  }

  private static void cover(Book book, BigDecimal amount) {
    if (amount.signum() > 0 && !book.covers(amount)) {
      throw new Refused(
          Refusal.INSUFFICIENT_BALANCE,
          "account "
              + book.id()
              + " can spend "
              + Amounts.text(book.available())
              + " "
              + book.unit()
              + " and not "
              + Amounts.text(amount));
    }
  }

  private static WalletAnswer done(
      UUID id,
      Book book,
      List<UUID> entries,
      @Nullable Long free,
      @Nullable Long paid,
      @Nullable BigDecimal amount,
      @Nullable Instant expires) {
    return new WalletAnswer(
        id,
        null,
        null,
        book.id(),
        entries,
        book.balance(),
        book.available(),
        free,
        paid,
        amount,
        expires);
  }
}
