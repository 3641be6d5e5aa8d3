package plus.svc.billing.wallet.api;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.StreamingOutput;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import plus.svc.billing.auth.Needs;
import plus.svc.billing.auth.Right;

/**
 * Many changes as a stream of lines, with a line for each in the same order. Results come while
 * lines are still read: a caller reads while it sends.
 */
@Path("/internal/v1/billing/bulk")
@Produces(BulkResource.LINES)
public final class BulkResource {

  static final String LINES = "application/x-ndjson";

  private final WalletFacade facade;
  private final ObjectMapper json;

  public BulkResource(WalletFacade facade, ObjectMapper json) {
    this.facade = facade;
    this.json = json;
  }

  /** Takes the lines; more than a few callers at once are sent away. */
  @POST
  @Needs(Right.WALLET_BULK)
  public Response bulk(
      @Context SecurityContext security,
      @Context HttpServletRequest request,
      @Context UriInfo uri,
      InputStream body) {
    HttpAsk http = new HttpAsk(facade, security, request, uri);
    BulkRun run;
    try {
      run = facade.bulk(http.ask(Fields.NONE, ""));
    } catch (WalletFailure e) {
      return Envelope.response(e, http.host());
    }
    StreamingOutput results = out -> run.run(new LineExchange(body, out, json));
    return Response.ok(results, LINES).build();
  }
}
