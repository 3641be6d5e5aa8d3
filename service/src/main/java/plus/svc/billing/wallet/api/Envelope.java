package plus.svc.billing.wallet.api;

import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What every HTTP answer of the wallet is wrapped in.
 *
 * @param data null for an error
 * @param errorCode '' or six digits, or the HTTP status where the contract has no code
 * @param showType how a front end shows it: 0 not at all, 1 for 400 and 404, 3 for 401 and 403,
 *     else 2
 * @param traceId new for each answer
 * @param host the name that the caller called
 */
public record Envelope(
    boolean success,
    @Nullable Object data,
    String errorCode,
    String errorMessage,
    int showType,
    String traceId,
    String host) {

  static Envelope of(Object data, String host) {
    return new Envelope(true, data, "", "", 0, UUID.randomUUID().toString(), host);
  }

  static Envelope error(int status, String code, String message, String host) {
    int showType =
        switch (status) {
          case 400, 404 -> 1;
          case 401, 403 -> 3;
          default -> 2;
        };
    return new Envelope(false, null, code, message, showType, UUID.randomUUID().toString(), host);
  }

  static Response response(WalletFailure failure, String host) {
    Response.ResponseBuilder response =
        Response.status(failure.status())
            .type(MediaType.APPLICATION_JSON_TYPE)
            .entity(error(failure.status(), failure.code(), failure.text(), host));
    if (failure.retryAfterSeconds() > 0) {
      response.header("Retry-After", failure.retryAfterSeconds());
    }
    if (failure.status() == Response.Status.UNAUTHORIZED.getStatusCode()) {
      response.header("WWW-Authenticate", "Bearer realm=\"billing-service\"");
    }
    return response.build();
  }
}
