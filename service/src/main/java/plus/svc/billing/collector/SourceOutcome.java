package plus.svc.billing.collector;

import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.Receipt;
import plus.svc.billing.pipeline.source.SourceId;
import plus.svc.billing.pipeline.source.walk.Findings;
import plus.svc.billing.pipeline.source.walk.Window;

/**
 * What became of one collection of one source.
 *
 * @param window what was to be read, null if it did not come to that
 * @param pages pages read
 * @param snapshots snapshots handed on
 * @param receipt what they changed
 * @param findings what was set aside while the rest went on
 * @param error why it failed or what was wrong, null if nothing; holds no secret
 */
public record SourceOutcome(
    SourceId source,
    Ending ending,
    @Nullable Window window,
    int pages,
    int snapshots,
    Receipt receipt,
    Findings findings,
    @Nullable String error) {

  /** How it ended. */
  public enum Ending {
    /** The window was read out, be it with nothing in it. */
    READ,
    /** It broke off; pages taken before stay. */
    FAILED,
    /** Another instance works on it. */
    HELD_ELSEWHERE,
    /** Its billing starts later. */
    NOT_YET,
    /** It failed so often that it is not asked again before its pause is over. */
    PAUSED,
    /** It has not answered yet; it goes on, but whoever asked does not wait for it. */
    LATE,
    /** This instance is stopping, or the source was changed meanwhile. */
    STOPPED
  }
}
