package plus.svc.billing.pipeline.ledger;

import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Who wants to know what traffic makes of balances and quotas, before it is committed. */
@FunctionalInterface
public interface BalanceWatch {

  /** Nobody. */
  BalanceWatch NONE = (handle, now, changes) -> {};

  /** Accounts of a transaction under their locks, as they were before it and as it leaves them. */
  void changed(Handle handle, Instant now, List<AccountChange> changes);
}
