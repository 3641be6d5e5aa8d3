package plus.svc.billing.ops;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.function.BooleanSupplier;
import plus.svc.billing.api.Probe;
import plus.svc.billing.auth.Open;

/**
 * Whether the start is over: 200 {@code started} or 503 {@code starting}. Settings, database and
 * schema were checked by then; before that nothing listens at all.
 */
@Path("/startupz")
@Produces(MediaType.APPLICATION_JSON)
public final class StartupResource {

  private final BooleanSupplier started;

  /**
   * @param started whether every part was started
   */
  public StartupResource(BooleanSupplier started) {
    this.started = started;
  }

  @GET
  @Open
  public Response started() {
    boolean over = started.getAsBoolean();
    return Response.status(over ? 200 : 503).entity(over ? Probe.STARTED : Probe.STARTING).build();
  }
}
