package plus.svc.billing.wallet.api;

import java.time.Duration;
import plus.svc.billing.auth.Caller;

/**
 * One call, whichever way it came.
 *
 * @param face {@code http} or {@code grpc}
 * @param source way and address, for the record
 * @param key idempotency key as sent beside the body, '' if none was
 * @param body word for word
 * @param patience how long the caller waits for an answer
 */
public record Ask(
    Caller caller,
    String face,
    String source,
    String key,
    Fields fields,
    String body,
    Duration patience) {

  /** The longest that a call waits for its answer. */
  public static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final int MOST_SOURCE = 200;

  public Ask {
    source = source.length() <= MOST_SOURCE ? source : source.substring(0, MOST_SOURCE);
  }

  /** The same, by somebody who proved to be another than it seemed. */
  Ask by(Caller known) {
    return new Ask(known, face, source, key, fields, body, patience);
  }

  /** The key, beside the body or in it; '' if there is none. */
  String idempotencyKey() {
    String inBody = fields.text("idempotencyKey").orElse("");
    if (!key.isEmpty() && !inBody.isEmpty() && !key.equals(inBody)) {
      throw WalletFailure.bad(
          "idempotencyKey in the body is not that of the header: must be the same, or in one"
              + " place");
    }
    return key.isEmpty() ? inBody : key;
  }
}
