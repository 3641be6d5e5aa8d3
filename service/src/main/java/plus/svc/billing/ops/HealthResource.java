package plus.svc.billing.ops;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.function.Supplier;
import plus.svc.billing.api.Health;
import plus.svc.billing.auth.Open;

/** Whether the service does its work: 200 {@code ok} or 503 {@code degraded}. */
@Path("/healthz")
@Produces(MediaType.APPLICATION_JSON)
public final class HealthResource {

  private final Supplier<Health> health;

  /**
   * Tells what the supplier says.
   *
   * @param health answers at once
   */
  public HealthResource(Supplier<Health> health) {
    this.health = health;
  }

  @GET
  @Open
  public Response health() {
    Health now = health.get();
    return Response.status(now.status().equals(Health.OK) ? 200 : 503).entity(now).build();
  }
}
