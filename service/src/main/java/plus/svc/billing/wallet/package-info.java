/**
 * The ledger as a wallet: accounts, operations, quotas of services, holds.
 *
 * <p>A request is stored word for word, then applied: {@link plus.svc.billing.wallet.Wallet} takes
 * what waits together through both steps in two transactions. {@link
 * plus.svc.billing.wallet.WalletTurn} is the transaction's work on accounts and can serve others
 * that post to the ledger; {@link plus.svc.billing.wallet.Decider} decides, without any I/O.
 */
@NullMarked
package plus.svc.billing.wallet;

import org.jspecify.annotations.NullMarked;
