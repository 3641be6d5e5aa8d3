package plus.svc.billing.wallet;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is set aside.
 *
 * @param service whose use it is for, null if it is money alone
 * @param periodStart of the month whose free units it keeps
 * @param unitPrice of each paid unit
 * @param amount money it keeps
 * @param state {@code active}, {@code committed}, {@code voided} or {@code expired}
 */
public record Hold(
    UUID id,
    UUID account,
    @Nullable String service,
    @Nullable Instant periodStart,
    @Nullable BigDecimal unitPrice,
    long freeUnits,
    long paidUnits,
    BigDecimal amount,
    String state,
    Instant createdAt,
    Instant expiresAt,
    @Nullable Instant endedAt,
    @Nullable UUID endedBy) {

  static final String ACTIVE = "active";
  static final String COMMITTED = "committed";
  static final String VOIDED = "voided";
  static final String EXPIRED = "expired";

  boolean isActive(Instant now) {
    return state.equals(ACTIVE) && expiresAt.isAfter(now);
  }

  Hold ended(String how, Instant at, @Nullable UUID by) {
    return new Hold(
        id,
        account,
        service,
        periodStart,
        unitPrice,
        freeUnits,
        paidUnits,
        amount,
        how,
        createdAt,
        expiresAt,
        at,
        by);
  }
}
