package plus.svc.billing.wallet.outbox;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which deliveries are meant.
 *
 * @param target its name, '' for any
 * @param account null for any
 * @param notice its id, null for any
 */
public record LetterFilter(String target, @Nullable UUID account, @Nullable UUID notice) {}
