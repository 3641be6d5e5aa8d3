package plus.svc.billing.wallet;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.platform.InvariantViolation;
import plus.svc.billing.platform.RoundTrip;

/** Adds to a round trip what a turn made, each table with one statement. */
final class WalletWriter {

  private final RoundTrip trip;
  private final Instant now;
  private int wanted;
  private int updated;

  WalletWriter(RoundTrip trip, Instant now) {
    this.trip = trip;
    this.now = now;
  }

  void entries(List<WalletTurn.Written> entries) {
    if (entries.isEmpty()) {
      return;
    }
    trip.update(
        "WalletWriter",
        "entries",
        """
        INSERT INTO public.billing_ledger
               (rated_bytes, id, account_uuid, bucket_start, bucket_end, entry_type, amount_delta,
                balance_after, pricing_rule_version, created_at, corrects, operation_id,
                sub_account, meter, units)
        SELECT 0, id, account_uuid, at, at, kind, amount, balance, terms, place, corrects,
               operation, sub_account, meter, units
          FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            AS e (id, account_uuid, at, kind, amount, balance, terms, place, corrects, operation,
                  sub_account, meter, units)
        """,
        entries.stream().map(WalletTurn.Written::id).toArray(UUID[]::new),
        entries.stream().map(w -> w.book().owner()).toArray(UUID[]::new),
        entries.stream().map(w -> w.entry().at()).toArray(Instant[]::new),
        entries.stream().map(w -> w.entry().kind()).toArray(String[]::new),
        entries.stream().map(w -> w.entry().amount()).toArray(BigDecimal[]::new),
        entries.stream().map(WalletTurn.Written::balanceAfter).toArray(BigDecimal[]::new),
        entries.stream().map(w -> w.entry().terms()).toArray(String[]::new),
        entries.stream().map(WalletTurn.Written::place).toArray(Instant[]::new),
        entries.stream().map(w -> w.entry().corrects()).toArray(UUID[]::new),
        entries.stream().map(w -> w.entry().operation()).toArray(UUID[]::new),
        entries.stream().map(w -> w.book().isMain() ? null : w.book().id()).toArray(UUID[]::new),
        entries.stream().map(w -> meter(w.entry())).toArray(String[]::new),
        entries.stream()
            .map(w -> meter(w.entry()) == null ? null : w.entry().units())
            .toArray(Long[]::new));
  }

  private static @Nullable String meter(WalletTurn.Entry entry) {
    return entry.service().isEmpty() ? null : entry.service();
  }

  void quotas(Collection<ServiceQuota> all) {
    List<ServiceQuota> changed = all.stream().filter(ServiceQuota::hasChanged).toList();
    if (!changed.isEmpty()) {
      WalletDao.writeQuotas(trip, changed, now);
    }
  }

  void holds(List<Hold> changed) {
    if (!changed.isEmpty()) {
      WalletDao.writeHolds(trip, changed);
    }
  }

  void books(Collection<Book> all) {
    List<Book> main = all.stream().filter(b -> b.isMain() && b.hasChanged()).toList();
    List<Book> further = all.stream().filter(b -> !b.isMain() && b.hasChanged()).toList();
    wanted += main.size() + further.size();
    if (!main.isEmpty()) {
      WalletDao.updateMain(trip, main, now, count -> updated += count);
    }
    if (!further.isEmpty()) {
      WalletDao.updateFurther(trip, further, count -> updated += count);
    }
  }

  /** Makes sure, once it was sent, that every account was written. */
  void check() {
    if (wanted != updated) {
      throw new InvariantViolation(
          "of " + wanted + " locked accounts " + updated + " were there to be written");
    }
  }
}
