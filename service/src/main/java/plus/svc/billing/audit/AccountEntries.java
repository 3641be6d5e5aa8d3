package plus.svc.billing.audit;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The ledger rows of an account, newest first: their sum, and how they go on from each other. */
final class AccountEntries {

  private static final int MOST_TOLD = 500;

  private BigDecimal sum = BigDecimal.ZERO;
  private final List<MoneyDao.EntryRow> strays = new ArrayList<>();
  private final Map<BigDecimal, Integer> open = new HashMap<>();
  private final List<MoneyDao.EntryRow> nodeless = new ArrayList<>();
  private final Set<UUID> corrected = new HashSet<>();
  private int foreign;
  private boolean adopted;

  void add(MoneyDao.HistoryRow history) {
    MoneyDao.EntryRow row = history.entry();
    sum = sum.add(row.amount());
    if (adopted) {
      return; // older: posted by an earlier writer, who carried balances of its own making
    }
    if (row.node() == null) {
      addNodeless(history);
      return;
    }
    if (row.corrects() != null) {
      corrected.add(row.corrects());
    }
    if (isStray(row)) {
      strays.add(row);
    } else {
      link(row, 1);
    }
  }

  private void addNodeless(MoneyDao.HistoryRow history) {
    MoneyDao.EntryRow row = history.entry();
    @Nullable BigDecimal booked = history.bookedBalance();
    if (history.isOfOperation()) {
      link(row, 1);
      return;
    }
    if (booked != null || history.waits()) {
      link(row.amount(), booked);
      tellTraffic(row);
      return;
    }
    if (row.entryType().equals("opening_balance")) {
      if (row.ruleVersion().equals("adoption")) {
        adopted = true;
        toggle(BigDecimal.ZERO, 1);
        toggle(row.balanceAfter(), -1);
      } else {
        link(row, 1);
      }
      return;
    }
    foreign++;
    tellTraffic(row);
  }

  /** What waits is not in the balance yet. */
  private void link(BigDecimal amount, @Nullable BigDecimal after) {
    if (after != null) {
      toggle(after.subtract(amount), 1);
      toggle(after, -1);
    }
  }

  private void tellTraffic(MoneyDao.EntryRow row) {
    boolean charge = row.entryType().startsWith("traffic_") && row.amount().signum() != 0;
    if (charge && nodeless.size() < MOST_TOLD) {
      nodeless.add(row);
    }
  }

  /** Ids of traffic rows begin with the time of their bucket. */
  private static boolean isStray(MoneyDao.EntryRow row) {
    long millis = row.id().getMostSignificantBits() >>> 16;
    return row.id().version() != 8 || millis != row.bucketStart().toEpochMilli();
  }

  /** Each row goes on from the balance that another one left. */
  void link(MoneyDao.EntryRow row, int times) {
    toggle(row.balanceAfter().subtract(row.amount()), times);
    toggle(row.balanceAfter(), -times);
  }

  private void toggle(BigDecimal balance, int by) {
    BigDecimal key = Pricing.plain(balance);
    if (open.merge(key, by, Integer::sum) == 0) {
      open.remove(key);
    }
  }

  /** How many breaks there are beside the beginning at zero and the end at the balance. */
  int breaks(BigDecimal end) {
    toggle(BigDecimal.ZERO, -1);
    toggle(end, 1);
    int breaks = open.values().stream().mapToInt(Math::abs).sum() / 2;
    toggle(BigDecimal.ZERO, 1);
    toggle(end, -1);
    return breaks;
  }

  /** What all rows add up to. */
  BigDecimal sum() {
    return sum;
  }

  /** Traffic rows whose ids are not those of their buckets, and that no other takes back. */
  List<MoneyDao.EntryRow> strays() {
    return strays.stream().filter(row -> !corrected.contains(row.id())).toList();
  }

  /** Traffic rows of no node, and no earlier writer's. */
  List<MoneyDao.EntryRow> nodeless() {
    return nodeless;
  }

  /** How many rows other services posted, those among them that were taken back. */
  int foreign() {
    return foreign + strays.size() - strays().size();
  }
}
