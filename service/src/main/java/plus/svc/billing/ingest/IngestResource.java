package plus.svc.billing.ingest;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import plus.svc.billing.api.ErrorMessage;
import plus.svc.billing.api.IngestResult;
import plus.svc.billing.api.JobResult;
import plus.svc.billing.auth.Caller;
import plus.svc.billing.auth.Needs;
import plus.svc.billing.auth.Right;

/**
 * The push call: a snapshot, an array of them, or one a line, in any of these gzipped. 200 with
 * what became of it, 422 if nothing could be taken, 503 if something could not be written and is to
 * be sent again; 400, 403, 408 and 413 if the body was refused as a whole.
 */
@Path("/v1/ingest/snapshots")
@Produces(MediaType.APPLICATION_JSON)
public final class IngestResource {

  private static final int UNPROCESSABLE = 422;
  private static final long RETRY_SECONDS = 5;

  private final Ingest ingest;

  public IngestResource(Ingest ingest) {
    this.ingest = ingest;
  }

  /** Takes a body of whatever content type: its form is plain from its first character. */
  @POST
  @Needs(Right.INGEST)
  public Response push(
      @Context SecurityContext security, @Context HttpServletRequest request, InputStream body)
      throws InterruptedException {
    if (!(security.getUserPrincipal() instanceof Caller caller)) {
      throw new IllegalStateException("a push without a caller");
    }
    try {
      return answer(ingest.take(caller, decompressed(request, body)));
    } catch (PushRefused e) {
      return refusal(e);
    }
  }

  private static InputStream decompressed(HttpServletRequest request, InputStream body)
      throws PushRefused {
    String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
    if (encoding == null || encoding.isBlank() || encoding.strip().equals("identity")) {
      if (request.getContentLengthLong() > Ingest.MOST_BYTES) {
        throw new PushRefused(
            PushRefused.Reason.TOO_LARGE,
            "too_large: the body has more than " + Ingest.MOST_BYTES + " bytes");
      }
      return body;
    }
    if (!encoding.strip().equalsIgnoreCase("gzip")) {
      throw new WebApplicationException(
          "Content-Encoding must be gzip or none", Response.Status.UNSUPPORTED_MEDIA_TYPE);
    }
    try {
      return new GZIPInputStream(body);
    } catch (IOException e) {
      throw new PushRefused(
          PushRefused.Reason.UNREADABLE,
          "the body is no gzip stream, though it is declared as one");
    }
  }

  private static Response answer(IngestResult result) {
    if (result.notTaken() > 0) {
      return Response.status(Response.Status.SERVICE_UNAVAILABLE)
          .header(HttpHeaders.RETRY_AFTER, RETRY_SECONDS)
          .entity(result)
          .build();
    }
    boolean nothing = result.status().equals(JobResult.ERROR);
    return Response.status(nothing ? UNPROCESSABLE : 200).entity(result).build();
  }

  private static Response refusal(PushRefused refused) {
    Response.ResponseBuilder response =
        switch (refused.reason()) {
          case UNREADABLE -> Response.status(Response.Status.BAD_REQUEST);
          case TOO_LARGE -> Response.status(Response.Status.REQUEST_ENTITY_TOO_LARGE);
          case FOREIGN_NODE -> Response.status(Response.Status.FORBIDDEN);
          case TOO_SLOW -> Response.status(Response.Status.REQUEST_TIMEOUT);
          case BUSY ->
              Response.status(Response.Status.SERVICE_UNAVAILABLE)
                  .header(HttpHeaders.RETRY_AFTER, RETRY_SECONDS);
        };
    String code = refused.reason().name().toLowerCase(Locale.ROOT);
    return response.entity(new ErrorMessage(code, refused.getMessage())).build();
  }
}
