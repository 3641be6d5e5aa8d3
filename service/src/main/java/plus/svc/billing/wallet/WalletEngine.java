package plus.svc.billing.wallet;

import java.time.Clock;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** The parts of the wallet, made together. */
public final class WalletEngine implements AutoCloseable {

  private final Wallet wallet;
  private final WalletTending tending;
  private final WalletReads reads;
  private final Jdbi jdbi;

  /** Brings what readers see of accounts in line with their balances, in the same transaction. */
  @FunctionalInterface
  public interface Settler {
    /** Settles locked accounts. */
    void settle(Handle handle, Set<UUID> accounts);
  }

  /**
   * @param prices as they are at the time
   * @param opener opens accounts of users that never had any, in a transaction of its own
   */
  public WalletEngine(
      Jdbi jdbi,
      WalletPolicy policy,
      Wallet.Limits limits,
      Supplier<ServicePrices> prices,
      Consumer<Set<UUID>> opener,
      Settler settler,
      Clock clock) {
    this.jdbi = jdbi;
    WalletBatch batch = new WalletBatch(jdbi, policy, prices, opener, settler::settle, clock);
    this.wallet = new Wallet(batch, limits);
    this.tending = new WalletTending(jdbi, batch, policy, settler::settle, clock);
    this.reads = new WalletReads(jdbi, policy, prices, clock);
  }

  /** Where operations are asked for. */
  public Wallet wallet() {
    return wallet;
  }

  /** What happens by itself. */
  public WalletTending tending() {
    return tending;
  }

  /** What callers read. */
  public WalletReads reads() {
    return reads;
  }

  /**
   * Records a call that was not accepted.
   *
   * @param reason why; no secret in it
   * @param body word for word, as much of it as is kept
   */
  public void refuse(
      String caller, String source, String kind, String key, String reason, String body) {
    String kept = body.length() <= 10_000 ? body : body.substring(0, 10_000);
    jdbi.useExtension(
        RequestDao.class,
        dao ->
            dao.refuse(
                clean(caller), clean(source), clean(kind), clean(key), clean(reason), clean(kept)));
  }

  private static String clean(String text) {
    return text.replace('\0', '\uFFFD');
  }

  @Override
  public void close() {
    wallet.close();
    reads.close();
  }
}
