package plus.svc.billing.platform.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import plus.svc.billing.api.ErrorMessage;
import plus.svc.billing.platform.log.Happening;

/**
 * Every error as {@code {"code", "message"}}. What we did not expect is logged under a reference,
 * and the caller gets the reference alone.
 */
public final class JsonErrors implements ExceptionMapper<Throwable> {

  private static final Logger LOG = LoggerFactory.getLogger(JsonErrors.class);
  private static final int SERVER_ERRORS = 500;

  /** Messages for statuses whose exceptions are made by the framework. */
  private static final Map<Integer, String> MESSAGES =
      Map.of(
          400, "the request cannot be read",
          401, "needs a bearer token in the Authorization header",
          404, "no such path",
          405, "method not allowed",
          406, "answers are application/json",
          413, "the body is too large",
          415, "the body must be application/json");

  @Override
  public Response toResponse(Throwable error) {
    if (error instanceof WebApplicationException known
        && known.getResponse().getStatus() < SERVER_ERRORS) {
      return Response.fromResponse(known.getResponse())
          .type(MediaType.APPLICATION_JSON_TYPE)
          .entity(message(known))
          .build();
    }
    if (error instanceof JsonProcessingException) {
      return json(400, new ErrorMessage("bad_request", "the body is no JSON"));
    }
    return json(SERVER_ERRORS, internal(error));
  }

  private static ErrorMessage message(WebApplicationException error) {
    Response.StatusType status = error.getResponse().getStatusInfo();
    String own = error.getMessage() == null ? "" : error.getMessage();
    boolean saysOnlyStatus = own.isEmpty() || own.startsWith("HTTP " + status.getStatusCode());
    String code = status.getReasonPhrase().toLowerCase(Locale.ROOT).replaceAll("[^a-z]+", "_");
    return new ErrorMessage(
        code,
        saysOnlyStatus
            ? MESSAGES.getOrDefault(status.getStatusCode(), status.getReasonPhrase())
            : own);
  }

  private static ErrorMessage internal(Throwable error) {
    String reference = UUID.randomUUID().toString();
    LOG.error(Happening.CALL_FAILED, "unexpected error, reference {}", reference, error);
    return new ErrorMessage("internal", "unexpected error, reference " + reference);
  }

  private static Response json(int status, ErrorMessage body) {
    return Response.status(status).type(MediaType.APPLICATION_JSON_TYPE).entity(body).build();
  }
}
