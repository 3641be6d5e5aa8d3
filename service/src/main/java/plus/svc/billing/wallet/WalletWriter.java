package plus.svc.billing.wallet;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.platform.CopyRows;
import plus.svc.billing.platform.InvariantViolation;

/** Writes what a turn made, each table with one statement. */
final class WalletWriter {

  private static final String LEDGER =
      "public.billing_ledger (id, account_uuid, bucket_start, bucket_end, entry_type, rated_bytes,"
          + " amount_delta, balance_after, pricing_rule_version, created_at, corrects,"
          + " operation_id, sub_account, meter, units)";

  private final Handle handle;
  private final WalletDao dao;
  private final Instant now;

  WalletWriter(Handle handle, Instant now) {
    this.handle = handle;
    this.dao = handle.attach(WalletDao.class);
    this.now = now;
  }

  void entries(List<WalletTurn.Written> entries) {
    if (entries.isEmpty()) {
      return;
    }
    CopyRows.write(
        handle.getConnection(),
        LEDGER,
        out -> {
          for (WalletTurn.Written written : entries) {
            WalletTurn.Entry entry = written.entry();
            out.add(written.id())
                .add(written.book().owner())
                .add(entry.at())
                .add(entry.at())
                .add(entry.kind())
                .add(0L)
                .add(entry.amount())
                .add(written.balanceAfter())
                .add(entry.terms())
                .add(written.place())
                .addNullable(entry.corrects())
                .add(entry.operation())
                .addNullable(written.book().isMain() ? null : written.book().id());
            if (entry.service().isEmpty()) {
              out.addNull().addNull();
            } else {
              out.add(entry.service()).add(entry.units());
            }
            out.endRow();
          }
        });
  }

  void quotas(Collection<ServiceQuota> all) {
    List<ServiceQuota> changed = all.stream().filter(ServiceQuota::hasChanged).toList();
    if (changed.isEmpty()) {
      return;
    }
    dao.writeQuotas(
        changed.stream().map(q -> q.key().account()).toArray(UUID[]::new),
        changed.stream().map(q -> q.key().service()).toArray(String[]::new),
        changed.stream().map(q -> q.key().start()).toArray(Instant[]::new),
        changed.stream().map(ServiceQuota::end).toArray(Instant[]::new),
        changed.stream().map(ServiceQuota::granted).toArray(Long[]::new),
        changed.stream().map(ServiceQuota::used).toArray(Long[]::new),
        changed.stream().map(ServiceQuota::charged).toArray(Long[]::new),
        changed.stream().map(ServiceQuota::held).toArray(Long[]::new),
        now);
  }

  void holds(List<Hold> changed) {
    if (changed.isEmpty()) {
      return;
    }
    dao.writeHolds(
        changed.stream().map(Hold::id).toArray(UUID[]::new),
        changed.stream().map(Hold::account).toArray(UUID[]::new),
        changed.stream().map(Hold::service).toArray(String[]::new),
        changed.stream().map(Hold::periodStart).toArray(Instant[]::new),
        changed.stream().map(Hold::unitPrice).toArray(BigDecimal[]::new),
        changed.stream().map(Hold::freeUnits).toArray(Long[]::new),
        changed.stream().map(Hold::paidUnits).toArray(Long[]::new),
        changed.stream().map(Hold::amount).toArray(BigDecimal[]::new),
        changed.stream().map(Hold::state).toArray(String[]::new),
        changed.stream().map(Hold::createdAt).toArray(Instant[]::new),
        changed.stream().map(Hold::expiresAt).toArray(Instant[]::new),
        changed.stream().map(Hold::endedAt).toArray(Instant[]::new),
        changed.stream().map(Hold::endedBy).toArray(UUID[]::new));
  }

  void books(Collection<Book> all) {
    List<Book> main = all.stream().filter(b -> b.isMain() && b.hasChanged()).toList();
    List<Book> further = all.stream().filter(b -> !b.isMain() && b.hasChanged()).toList();
    if (!main.isEmpty()) {
      check(
          main.size(),
          dao.updateMain(
              ids(main),
              main.stream().map(Book::moreShown).toArray(BigDecimal[]::new),
              main.stream().map(Book::moreBalance).toArray(BigDecimal[]::new),
              main.stream().map(Book::moreHeld).toArray(BigDecimal[]::new),
              main.stream().map(Book::moreOpenHolds).toArray(Integer[]::new),
              places(main),
              now));
    }
    if (!further.isEmpty()) {
      check(
          further.size(),
          dao.updateFurther(
              ids(further),
              further.stream().map(Book::moreBalance).toArray(BigDecimal[]::new),
              further.stream().map(Book::moreHeld).toArray(BigDecimal[]::new),
              further.stream().map(Book::moreOpenHolds).toArray(Integer[]::new),
              places(further)));
    }
  }

  private static UUID[] ids(List<Book> books) {
    return books.stream().map(Book::id).toArray(UUID[]::new);
  }

  private static @Nullable Instant[] places(List<Book> books) {
    return books.stream().map(Book::lastEntryAt).toArray(Instant[]::new);
  }

  private static void check(int wanted, int updated) {
    if (wanted != updated) {
      throw new InvariantViolation(
          "of " + wanted + " locked accounts " + updated + " were there to be written");
    }
  }
}
