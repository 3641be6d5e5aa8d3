package plus.svc.billing.auth;

import com.codahale.metrics.Counter;
import com.codahale.metrics.MetricRegistry;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decides who comes in, for both ports, and counts who doesn't. */
public final class Gate {

  /** For who has to wait. */
  public static final String TOO_MANY =
      "too many wrong tokens from this address; wait, then try again";

  private final Tokens tokens;
  private final Throttle throttle;
  private final Counter without;
  private final Counter wrong;
  private final Counter throttled;

  /**
   * @param metrics gets {@code auth.refused.without-token}, {@code .wrong-token} and {@code
   *     .throttled}
   */
  public Gate(Tokens tokens, Throttle throttle, MetricRegistry metrics) {
    this.tokens = tokens;
    this.throttle = throttle;
    this.without = metrics.counter("auth.refused.without-token");
    this.wrong = metrics.counter("auth.refused.wrong-token");
    this.throttled = metrics.counter("auth.refused.throttled");
  }

  /**
   * What the gate says.
   *
   * @param caller null if nobody comes in
   * @param delay how long to wait before the next try, zero if that is not the reason
   */
  public record Answer(@Nullable Caller caller, Duration delay) {

    private static final Answer UNKNOWN = new Answer(null, Duration.ZERO);

    /** Whether the address has to wait. */
    public boolean isThrottled() {
      return !delay.isZero();
    }

    /** Whole seconds to wait, rounded up. */
    public long delaySeconds() {
      return delay.plusMillis(999).toSeconds();
    }
  }

  /**
   * Looks at a request's {@code Authorization} header.
   *
   * @param address remote address, as a literal
   */
  public Answer ask(@Nullable String header, String address) {
    Optional<String> token = BearerHeader.token(header);
    if (token.isEmpty()) {
      without.inc();
      return Answer.UNKNOWN;
    }
    Optional<Caller> caller = tokens.callerOf(token.get());
    Duration delay = throttle.delay(address);
    boolean known = caller.isPresent() && throttle.isKnown(address, caller.get().name());
    if (!delay.isZero() && !known) {
      throttled.inc();
      return new Answer(null, delay);
    }
    if (caller.isEmpty()) {
      wrong.inc();
      throttle.wrong(address);
      return Answer.UNKNOWN;
    }
    throttle.right(address, caller.get().name());
    return new Answer(caller.get(), Duration.ZERO);
  }

  /**
   * For a call that showed no token, and nothing else to be believed by: counts against its address
   * as a wrong token does.
   *
   * @param address remote address, as a literal
   * @return nobody comes in; throttled if the address did so too often before
   */
  public Answer distrust(String address) {
    Duration delay = throttle.delay(address);
    if (!delay.isZero()) {
      throttled.inc();
      return new Answer(null, delay);
    }
    without.inc();
    throttle.wrong(address);
    return Answer.UNKNOWN;
  }
}
