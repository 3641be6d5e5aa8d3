package plus.svc.billing.platform.web;

import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;

/** Refuses OPTIONS, which the framework would answer for every path without asking for a token. */
@PreMatching
public final class NoOptions implements ContainerRequestFilter {

  @Override
  public void filter(ContainerRequestContext request) {
    if (request.getMethod().equals(HttpMethod.OPTIONS)) {
      throw new NotAllowedException(HttpMethod.GET, new String[] {HttpMethod.POST});
    }
  }
}
