package plus.svc.billing.repair;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is to be replayed.
 *
 * @param source one source only, null for all
 * @param node one node only, as the shared tables name it ({@code env:node}), null for all
 * @param since the minute that holds it is the first, {@code until} likewise the last
 * @param fromExporter whether the exporters are asked again; else the archive is the evidence
 * @param accounts whether balances, quotas and costs of the nodes' accounts are examined, too
 * @param apply whether it is done; else only told
 */
public record ReplayRequest(
    @Nullable String source,
    @Nullable String node,
    Instant since,
    Instant until,
    boolean fromExporter,
    boolean accounts,
    boolean apply) {

  public ReplayRequest {
    if (since.isAfter(until)) {
      throw new IllegalArgumentException("since " + since + " is after until " + until);
    }
  }
}
