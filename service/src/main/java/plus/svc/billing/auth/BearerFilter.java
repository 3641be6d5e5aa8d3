package plus.svc.billing.auth;

import io.dropwizard.auth.AuthFilter;
import io.dropwizard.auth.Authenticator;
import jakarta.ws.rs.ForbiddenException;
import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.function.BooleanSupplier;

/**
 * Lets a request through whose {@code Authorization} header holds a token with the right. Unlike
 * Dropwizard's own filter it never looks at {@code ?access_token=}: URLs end up in logs.
 */
final class BearerFilter extends AuthFilter<String, Caller> {

  private final Right right;
  private final BooleanSupplier mayOmitToken;

  private BearerFilter(Right right, BooleanSupplier mayOmitToken) {
    this.right = right;
    this.mayOmitToken = mayOmitToken;
  }

  /** {@code mayOmitToken} is asked about the request at hand if it has no such header. */
  static BearerFilter guarding(
      Authenticator<String, Caller> tokens, Right right, BooleanSupplier mayOmitToken) {
    return new Builder(right, mayOmitToken)
        .setAuthenticator(tokens)
        .setAuthorizer((caller, role, request) -> caller.holds(role))
        .setPrefix("Bearer")
        .setRealm("billing-service")
        .buildAuthFilter();
  }

  @Override
  public void filter(ContainerRequestContext request) {
    String header = request.getHeaderString(HttpHeaders.AUTHORIZATION);
    if (header == null && mayOmitToken.getAsBoolean()) {
      return;
    }
    String token = BearerHeader.token(header).orElse(null);
    if (!authenticate(request, token, prefix)) {
      throw new NotAuthorizedException(prefix + " realm=\"" + realm + "\"");
    }
    if (!request.getSecurityContext().isUserInRole(right.text())) {
      throw new ForbiddenException("needs a token with the right " + right.text());
    }
  }

  private static final class Builder extends AuthFilterBuilder<String, Caller, BearerFilter> {

    private final Right right;
    private final BooleanSupplier mayOmitToken;

    Builder(Right right, BooleanSupplier mayOmitToken) {
      this.right = right;
      this.mayOmitToken = mayOmitToken;
    }

    @Override
    protected BearerFilter newInstance() {
      return new BearerFilter(right, mayOmitToken);
    }
  }
}
