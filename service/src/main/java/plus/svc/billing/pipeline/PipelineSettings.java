package plus.svc.billing.pipeline;

import java.time.InstantSource;
import org.jdbi.v3.core.Handle;
import plus.svc.billing.pipeline.ledger.BalanceWatch;
import plus.svc.billing.pipeline.ledger.LedgerTurn;
import plus.svc.billing.pipeline.ledger.PriceCache;
import plus.svc.billing.pipeline.rating.RatingPolicy;

/**
 * What the pipeline is told once.
 *
 * @param defaultRegion region of nodes that are seen for the first time
 * @param sourceRevision revision of this service, as buckets show it
 * @param zeroBuckets whether accounts that are present without usage get a bucket of zero bytes,
 *     for readers that take freshness from the newest bucket; ledger rows they never get
 * @param balances is told what becomes of accounts
 */
public record PipelineSettings(
    RatingPolicy rating,
    String defaultRegion,
    String sourceRevision,
    boolean zeroBuckets,
    BalanceWatch balances) {

  /** Of which nobody is told anything. */
  public PipelineSettings(
      RatingPolicy rating, String defaultRegion, String sourceRevision, boolean zeroBuckets) {
    this(rating, defaultRegion, sourceRevision, zeroBuckets, BalanceWatch.NONE);
  }

  /** Without buckets for usage that there was not. */
  public PipelineSettings(RatingPolicy rating, String defaultRegion, String sourceRevision) {
    this(rating, defaultRegion, sourceRevision, false);
  }

  /** The same with somebody who is told. */
  public PipelineSettings telling(BalanceWatch told) {
    return new PipelineSettings(rating, defaultRegion, sourceRevision, zeroBuckets, told);
  }

  /** Work on the ledger within the handle's transaction. */
  LedgerTurn ledger(Handle handle, InstantSource clock, PriceCache prices) {
    return new LedgerTurn(handle, rating, sourceRevision, clock, prices, balances);
  }
}
