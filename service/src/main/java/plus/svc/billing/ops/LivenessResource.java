package plus.svc.billing.ops;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.function.Supplier;
import plus.svc.billing.api.Probe;
import plus.svc.billing.auth.Open;
import plus.svc.billing.platform.Pulse;

/**
 * Whether a restart would help: 200 {@code live}, or 503 {@code stuck} once a loop stands still. A
 * database or a source that is away is no such reason.
 */
@Path("/livez")
@Produces(MediaType.APPLICATION_JSON)
public final class LivenessResource {

  private final Supplier<List<Pulse>> pulses;

  /**
   * @param pulses of the loops there are
   */
  public LivenessResource(Supplier<List<Pulse>> pulses) {
    this.pulses = pulses;
  }

  @GET
  @Open
  public Response live() {
    boolean stuck = pulses.get().stream().anyMatch(Pulse::isStill);
    return Response.status(stuck ? 503 : 200).entity(stuck ? Probe.STUCK : Probe.LIVE).build();
  }
}
