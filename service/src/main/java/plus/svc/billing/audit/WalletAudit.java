package plus.svc.billing.audit;

import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.audit.Finding.Kind;

/**
 * Holds requests, operations, answers, recharge orders and ledger rows against each other, and what
 * is kept of accounts (histories, holds, quotas of services, turnover) against what it is made of.
 */
final class WalletAudit {

  private static final int STRETCH = 10_000;
  private static final UUID BEFORE_ALL = new UUID(0L, 0L);

  private final WalletAuditDao dao;
  private final OrderAuditDao orders;
  private final Findings findings;

  WalletAudit(Handle handle, Findings findings) {
    this.dao = handle.attach(WalletAuditDao.class);
    this.orders = handle.attach(OrderAuditDao.class);
    this.findings = findings;
  }

  /**
   * Looks at the accounts of some owners, main and further ones.
   *
   * @return owners whose histories are broken
   */
  Set<UUID> accounts(UUID[] owners) {
    Set<UUID> broken = new HashSet<>();
    for (WalletAuditDao.Off off : dao.brokenHistory(owners)) {
      tell(Kind.BALANCE_CHAIN_BROKEN, off, "its balance does not go on from the entry before it");
      if (off.account() != null) {
        broken.add(off.account());
      }
    }
    dao.furtherBalances(owners)
        .forEach(off -> tell(Kind.BALANCE_DIFFERS, off, "it is not the sum of its ledger rows"));
    dao.held(owners)
        .forEach(off -> tell(Kind.HELD_DIFFERS, off, "it is not the sum of the active holds"));
    dao.quotas(owners)
        .forEach(off -> tell(Kind.QUOTA_DIFFERS, off, "it is not what uses and holds took of it"));
    dao.turnover(owners)
        .forEach(off -> tell(Kind.TURNOVER_DIFFERS, off, "it is not the sum of its entries"));
    dao.withoutOperation(owners)
        .forEach(off -> tell(Kind.OPERATION_DIFFERS, off, "its operation was not done"));
    orders(owners);
    return broken;
  }

  private void orders(UUID[] owners) {
    orders
        .withOtherEntries(owners)
        .forEach(off -> tell(Kind.ORDER_DIFFERS, off, "its ledger row is not what its state says"));
    orders
        .withoutOrder(owners)
        .forEach(off -> tell(Kind.ORDER_DIFFERS, off, "no recharge order names it"));
    orders
        .notAsTold(owners)
        .forEach(off -> tell(Kind.ORDER_DIFFERS, off, "its state is not what was told of it last"));
  }

  /** Looks at every request and operation there is. */
  void operations() {
    UUID after = BEFORE_ALL;
    while (true) {
      WalletAuditDao.Stretch stretch = dao.stretch(after, STRETCH);
      @Nullable UUID end = stretch.last();
      UUID last = end == null ? after : end;
      boolean toTheEnd = stretch.requests() < STRETCH;
      dao.unapplied(after, last).forEach(this::tellUnapplied);
      dao.withoutRequest(after, last, toTheEnd)
          .forEach(off -> tell(Kind.OPERATION_DIFFERS, off, "its request is gone"));
      dao.withOtherEntries(after, last)
          .forEach(off -> tell(Kind.OPERATION_DIFFERS, off, "its answer names other ledger rows"));
      dao.unbalanced(after, last)
          .forEach(
              off ->
                  tell(
                      Kind.OPERATION_DIFFERS,
                      off,
                      "what it moved between accounts does not sum to zero"));
      if (toTheEnd) {
        return;
      }
      after = last;
    }
  }

  /** Looks at the requests that were stored lately: is any forgotten? */
  void recent(Instant since) {
    dao.unappliedSince(since).forEach(this::tellUnapplied);
  }

  private void tellUnapplied(WalletAuditDao.Off off) {
    tell(Kind.REQUEST_UNAPPLIED, off, "it was stored long ago and never applied");
  }

  private void tell(Kind kind, WalletAuditDao.Off off, String why) {
    findings.add(
        new Finding(
            kind,
            null,
            off.account(),
            null,
            off.at(),
            off.expected(),
            off.found(),
            off.money(),
            off.thing() + ": " + why));
  }
}
