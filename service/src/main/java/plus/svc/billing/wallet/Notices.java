package plus.svc.billing.wallet;

import java.time.Instant;
import java.util.Collection;
import org.jdbi.v3.core.Handle;

/** Who wants to know what a transaction makes of accounts, before it is committed. */
@FunctionalInterface
public interface Notices {

  /** Nobody. */
  Notices NONE = (handle, now, books, quotas) -> {};

  /** Accounts and quotas of a transaction, under their locks, with what they were before it. */
  void changed(Handle handle, Instant now, Collection<Book> books, Collection<ServiceQuota> quotas);
}
