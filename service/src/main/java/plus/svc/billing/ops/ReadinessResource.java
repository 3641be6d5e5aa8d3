package plus.svc.billing.ops;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import plus.svc.billing.api.Readiness;
import plus.svc.billing.auth.Open;

/** Whether calls can be taken, which needs the database: 200 {@code ready} or 503. */
@Path("/readyz")
@Produces(MediaType.APPLICATION_JSON)
public final class ReadinessResource {

  private final DatabaseProbe database;

  public ReadinessResource(DatabaseProbe database) {
    this.database = database;
  }

  @GET
  @Open
  public void ready(@Suspended AsyncResponse answer) {
    database
        .isReachable()
        .thenAccept(
            reachable ->
                answer.resume(
                    Response.status(reachable ? 200 : 503)
                        .entity(reachable ? Readiness.READY : Readiness.NOT_READY)
                        .build()));
  }
}
