package plus.svc.billing.wallet.recharge;

import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What was said of an order, as it is stored.
 *
 * @param origin how it came: create, callback, poll, manual, expiry
 * @param caller who said it
 * @param said what
 * @param paymentId '' if it was not told
 * @param amount null if it was not told
 * @param currency '' if it was not told
 * @param effect what came of it
 * @param problem why it was refused, '' if it was not
 * @param state the order's after it
 */
public record RechargeEvent(
    Instant at,
    String origin,
    String caller,
    String said,
    String paymentId,
    @Nullable BigDecimal amount,
    String currency,
    String effect,
    String problem,
    String state) {}
