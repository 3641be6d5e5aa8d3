package plus.svc.billing.wallet.api;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import plus.svc.billing.api.ErrorMessage;

/** Errors of the framework and of the guards, in the wallet's envelope on the wallet's paths. */
public final class Enveloped implements ContainerResponseFilter {

  @Override
  public void filter(ContainerRequestContext request, ContainerResponseContext response) {
    String path = request.getUriInfo().getPath();
    boolean ours =
        path.startsWith("api/v1/billing")
            || path.startsWith("internal/v1/billing")
            || path.startsWith("/api/v1/billing")
            || path.startsWith("/internal/v1/billing");
    if (ours && response.getEntity() instanceof ErrorMessage error) {
      int status = response.getStatus();
      String host = request.getHeaderString("Host");
      response.setEntity(
          Envelope.error(
              status,
              status >= 500 ? "UNKNOWN_ERROR" : Integer.toString(status),
              error.message(),
              host == null ? "" : host));
    }
  }
}
