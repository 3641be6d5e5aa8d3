package plus.svc.billing.wallet;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What became of a request, as it is stored and given again to whoever repeats it.
 *
 * @param operation the request's id
 * @param refusal why nothing was done, null if it was done
 * @param message the same in words
 * @param entries ids of the ledger rows it posted
 * @param balance of the account after it, null where it was appended without a look at it
 * @param available of that, what no hold keeps
 * @param free units of a use that were free
 * @param paid units that were paid for
 * @param amount money that was taken, put in, or is held
 * @param expiresAt when a hold ends by itself
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record WalletAnswer(
    UUID operation,
    @Nullable Refusal refusal,
    @Nullable String message,
    @Nullable UUID account,
    List<UUID> entries,
    @Nullable BigDecimal balance,
    @Nullable BigDecimal available,
    @Nullable Long free,
    @Nullable Long paid,
    @Nullable BigDecimal amount,
    @Nullable Instant expiresAt) {

  public WalletAnswer {
    entries = List.copyOf(entries);
  }

  /** Nothing was done. */
  public static WalletAnswer refused(
      UUID operation, @Nullable UUID account, Refusal refusal, String message) {
    return new WalletAnswer(
        operation, refusal, message, account, List.of(), null, null, null, null, null, null);
  }

  /** Whether it was done. */
  public boolean isDone() {
    return refusal == null;
  }
}
