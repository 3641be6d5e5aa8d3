package plus.svc.billing.auth;

import io.dropwizard.auth.AuthFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.ForbiddenException;
import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Lets a request through whose {@code Authorization} header holds a token with the right. Unlike
 * Dropwizard's own filter it never looks at {@code ?access_token=}: URLs end up in logs.
 */
final class BearerFilter extends AuthFilter<Caller, Caller> {

  private final Gate gate;
  private final Right right;
  private final Supplier<HttpServletRequest> request;
  private final Predicate<HttpServletRequest> mayOmitToken;
  private final Denials denials;

  private BearerFilter(Builder builder) {
    this.gate = builder.gate;
    this.right = builder.right;
    this.request = builder.request;
    this.mayOmitToken = builder.mayOmitToken;
    this.denials = builder.denials;
  }

  /**
   * @param request the request at hand
   * @param mayOmitToken is asked about it if it has no such header
   * @param denials is told who lacks the right
   */
  static BearerFilter guarding(
      Gate gate,
      Right right,
      Supplier<HttpServletRequest> request,
      Predicate<HttpServletRequest> mayOmitToken,
      Denials denials) {
    return new Builder(gate, right, request, mayOmitToken, denials)
        .setAuthenticator(Optional::of)
        .setAuthorizer((caller, role, context) -> caller.holds(role))
        .setPrefix("Bearer")
        .setRealm("billing-service")
        .buildAuthFilter();
  }

  @Override
  public void filter(ContainerRequestContext context) {
    String header = context.getHeaderString(HttpHeaders.AUTHORIZATION);
    if (header == null && mayOmitToken.test(request.get())) {
      return;
    }
    Gate.Answer answer = gate.ask(header, request.get().getRemoteAddr());
    if (answer.isThrottled()) {
      throw new ClientErrorException(
          Gate.TOO_MANY,
          Response.status(Response.Status.TOO_MANY_REQUESTS)
              .header(HttpHeaders.RETRY_AFTER, answer.delaySeconds())
              .build());
    }
    if (!authenticate(context, answer.caller(), prefix)) {
      throw new NotAuthorizedException(prefix + " realm=\"" + realm + "\"");
    }
    if (!context.getSecurityContext().isUserInRole(right.text())) {
      if (answer.caller() != null) {
        denials.denied(answer.caller(), right, request.get());
      }
      throw new ForbiddenException("needs a token with the right " + right.text());
    }
  }

  private static final class Builder extends AuthFilterBuilder<Caller, Caller, BearerFilter> {

    private final Gate gate;
    private final Right right;
    private final Supplier<HttpServletRequest> request;
    private final Predicate<HttpServletRequest> mayOmitToken;
    private final Denials denials;

    Builder(
        Gate gate,
        Right right,
        Supplier<HttpServletRequest> request,
        Predicate<HttpServletRequest> mayOmitToken,
        Denials denials) {
      this.gate = gate;
      this.right = right;
      this.request = request;
      this.mayOmitToken = mayOmitToken;
      this.denials = denials;
    }

    @Override
    protected BearerFilter newInstance() {
      return new BearerFilter(this);
    }
  }
}
