package plus.svc.billing.pipeline;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.metering.NodeState;
import plus.svc.billing.pipeline.readmodel.ReadModel;
import plus.svc.billing.pipeline.snapshot.SeriesDictionary;
import plus.svc.billing.platform.Micros;

/** The newest counters of accounts on a node, over all their series. */
final class AccountTotals {

  private AccountTotals() {}

  /** The checkpoints of these accounts, ascending; those without a series have none. */
  static List<ReadModel.Checkpoint> of(
      String node, SeriesDictionary dictionary, NodeState state, Collection<UUID> accounts) {
    Map<UUID, long[]> totals = new HashMap<>();
    accounts.forEach(account -> totals.put(account, new long[4]));
    for (int ordinal = 0; ordinal < dictionary.size(); ordinal++) {
      @Nullable UUID account = dictionary.account(ordinal);
      long @Nullable [] sums = account == null ? null : totals.get(account);
      if (sums != null) {
        sums[0] = saturated(sums[0], state.acceptedUplink(ordinal));
        sums[1] = saturated(sums[1], state.acceptedDownlink(ordinal));
        sums[2] += state.restartsOf(ordinal);
        sums[3]++;
      }
    }
    Instant seenAt = Micros.toInstant(state.headAt());
    List<ReadModel.Checkpoint> checkpoints = new ArrayList<>();
    totals.forEach(
        (account, sums) -> {
          if (sums[3] > 0) {
            checkpoints.add(
                new ReadModel.Checkpoint(node, account, sums[0], sums[1], seenAt, sums[2]));
          }
        });
    checkpoints.sort((a, b) -> a.account().compareTo(b.account()));
    return checkpoints;
  }

  private static long saturated(long sum, long more) {
    return sum + more < 0 ? Long.MAX_VALUE : sum + more;
  }
}
