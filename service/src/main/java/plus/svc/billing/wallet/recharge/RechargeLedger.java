package plus.svc.billing.wallet.recharge;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** What recharges need of the ledger. */
public interface RechargeLedger {

  /** Does work that may post in one transaction: all of it or nothing. May do it several times. */
  <T> T inTransaction(Function<Handle, T> work);

  /** The currency or unit of an account; empty if there is no such account. */
  Optional<String> unit(Handle handle, UUID account);

  /**
   * Posts entries of one account in the handle's transaction, each as an operation of its own with
   * the request it comes from. Once a transaction, since it locks the account.
   *
   * @return as many, in the same order
   */
  List<Posted> post(Handle handle, UUID account, List<Posting> postings);

  /**
   * What is posted.
   *
   * @param key unique: posting it twice fails
   * @param kind the entry's type
   * @param amount what is added to the balance
   * @param at when it happened
   * @param caller who said so
   * @param source how it came
   * @param body word for word
   * @param corrects the entry that it takes back, null if none, or the one posted just before it
   * @param correctsPrevious whether it takes back the one before it in the list
   */
  record Posting(
      String key,
      String kind,
      BigDecimal amount,
      String unit,
      Instant at,
      String caller,
      String source,
      String body,
      @Nullable UUID corrects,
      boolean correctsPrevious) {}

  /** The operation and its entry. */
  record Posted(UUID operation, UUID entry) {}
}
