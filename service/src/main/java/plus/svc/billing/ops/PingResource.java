package plus.svc.billing.ops;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import plus.svc.billing.api.Ping;
import plus.svc.billing.auth.Open;

/** Which image runs; deployments check it. */
@Path("/api/ping")
@Produces(MediaType.APPLICATION_JSON)
public final class PingResource {

  private final Ping ping;

  /**
   * Tells the identity of one image.
   *
   * @param image the deployed image's reference, '' if unknown
   */
  public PingResource(String image) {
    this.ping = ImageIdentity.parse(image);
  }

  @GET
  @Open
  public Ping ping() {
    return ping;
  }
}
