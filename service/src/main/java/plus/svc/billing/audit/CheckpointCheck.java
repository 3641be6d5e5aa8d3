package plus.svc.billing.audit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import plus.svc.billing.audit.Finding.Kind;
import plus.svc.billing.audit.reference.Counter;
import plus.svc.billing.platform.Micros;

/**
 * Whether the checkpoints that readers see are the node's counters. One shows where an account's
 * counters stood when it last used something, so it is compared at that instant; not where anything
 * of the node came late since, for that may have changed what was before.
 */
final class CheckpointCheck {

  private final AuditedNode node;
  private final Findings findings;
  private final TreeMap<Long, List<FactsDao.CheckpointRow>> shown = new TreeMap<>();
  private Instant receivedBefore = Instant.MIN;
  private Instant received = Instant.MIN;

  CheckpointCheck(AuditedNode node, List<FactsDao.CheckpointRow> rows, Findings findings) {
    this.node = node;
    this.findings = findings;
    for (FactsDao.CheckpointRow row : rows) {
      shown.computeIfAbsent(Micros.of(row.seenAt()), at -> new ArrayList<>()).add(row);
    }
  }

  /** The reference took a snapshot that came at that time. */
  void read(long atMicros, Instant receivedAt) {
    receivedBefore = received;
    received = receivedAt.isAfter(received) ? receivedAt : received;
    List<FactsDao.CheckpointRow> rows = shown.remove(atMicros);
    if (rows != null && node.decisions.isEmpty()) {
      rows.forEach(this::judge);
    }
  }

  private void judge(FactsDao.CheckpointRow row) {
    boolean mayBeStale = !receivedBefore.isBefore(row.updatedAt());
    boolean isNewest = row.seenAt().equals(node.row.headAt());
    if (mayBeStale && !isNewest) {
      return;
    }
    long up = 0;
    long down = 0;
    long restarts = 0;
    for (int i = 0; i < node.accounts.size(); i++) {
      UUID account = node.accounts.get(i);
      if (row.account().equals(account)) {
        Counter counter = node.reference.counter(i);
        up = saturated(up, counter.acceptedUplink());
        down = saturated(down, counter.acceptedDownlink());
        restarts += counter.restarts();
      }
    }
    if (up != row.uplink() || down != row.downlink() || restarts != row.restarts()) {
      findings.add(
          new Finding(
              Kind.CHECKPOINT_DIFFERS,
              node,
              row.account(),
              null,
              row.seenAt(),
              up + " up, " + down + " down, " + restarts + " restarts",
              row.uplink() + " up, " + row.downlink() + " down, " + row.restarts() + " restarts",
              null,
              "traffic_stat_checkpoints shows other totals than the node's counters had then"));
    }
  }

  private static long saturated(long sum, long more) {
    return sum + more < 0 ? Long.MAX_VALUE : sum + more;
  }
}
