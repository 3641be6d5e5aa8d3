package plus.svc.billing.wallet;

import java.time.Instant;
import java.util.UUID;

/** The free units of a service for an account and month, within one transaction. */
public final class ServiceQuota {

  /** Which. */
  record Key(UUID account, String service, Instant start) {}

  private final Key key;
  private final Instant end;
  private long granted;
  private long used;
  private long charged;
  private long held;
  private final long takenBefore;
  private boolean changed;

  ServiceQuota(Key key, Instant end, long granted, long used, long charged, long held) {
    this.key = key;
    this.end = end;
    this.granted = granted;
    this.used = used;
    this.charged = charged;
    this.held = held;
    this.takenBefore = Math.addExact(used, held);
  }

  Key key() {
    return key;
  }

  Instant end() {
    return end;
  }

  long granted() {
    return granted;
  }

  long used() {
    return used;
  }

  long charged() {
    return charged;
  }

  long held() {
    return held;
  }

  boolean hasChanged() {
    return changed;
  }

  /** Units that are free still. */
  long remaining() {
    return Math.max(0, granted - used - held);
  }

  /** Units that were free before the transaction, of those that are granted now. */
  long remainingBefore() {
    return Math.max(0, granted - takenBefore);
  }

  /** The month's units as they are configured now. */
  void grant(long units) {
    changed |= granted != units;
    granted = units;
  }

  void use(long free, long paid) {
    used = Math.addExact(used, free);
    charged = Math.addExact(charged, paid);
    changed = true;
  }

  void hold(long free) {
    held = Math.addExact(held, free);
    changed |= free != 0;
  }

  void release(long free) {
    held = Math.subtractExact(held, free);
    changed |= free != 0;
  }
}
