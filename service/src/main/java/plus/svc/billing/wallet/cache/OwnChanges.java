package plus.svc.billing.wallet.cache;

import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLongArray;
import plus.svc.billing.platform.Micros;

/**
 * When this instance last changed an account, so that it never shows what it was before. Accounts
 * share slots: one may pass over a value because of another, and memory stays what it is.
 */
public final class OwnChanges {

  private static final int SLOTS = 1 << 16;

  private final AtomicLongArray changes = new AtomicLongArray(SLOTS);

  /** An account was changed, at this instant or before. */
  public void changed(UUID account, Instant at) {
    changes.accumulateAndGet(slot(account), Micros.of(at), Math::max);
  }

  /** Whether what was true at that instant holds all that this instance changed. */
  public boolean isSince(UUID account, Instant at) {
    return Micros.of(at) > changes.get(slot(account));
  }

  private static int slot(UUID account) {
    int hash = account.hashCode();
    return (hash ^ (hash >>> 16)) & (SLOTS - 1);
  }
}
