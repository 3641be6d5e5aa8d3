package plus.svc.billing.auth;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.ForbiddenException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.DynamicFeature;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.FeatureContext;
import java.lang.reflect.Method;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Puts the guard before each resource method that its annotation asks for. A method of ours that
 * says neither {@link Needs} nor {@link Open} lets nobody in.
 */
public final class RightsFeature implements DynamicFeature {

  private static final String OURS =
      RightsFeature.class.getPackageName().replaceAll("\\.auth$", "");

  private final Gate gate;
  private final boolean loopbackAllowed;
  private final Denials denials;

  /** Stands for the request that the asking thread works on. */
  @Context private @Nullable HttpServletRequest request;

  /**
   * Guards with this gate.
   *
   * @param loopbackAllowed whether {@link Needs#orLoopback()} counts
   * @param denials is told who lacks a right
   */
  public RightsFeature(Gate gate, boolean loopbackAllowed, Denials denials) {
    this.gate = gate;
    this.loopbackAllowed = loopbackAllowed;
    this.denials = denials;
  }

  @Override
  public void configure(ResourceInfo resource, FeatureContext context) {
    Method method = resource.getResourceMethod();
    Needs needs = method.getAnnotation(Needs.class);
    if (needs != null) {
      context.register(
          BearerFilter.guarding(
              gate,
              needs.value(),
              () -> Objects.requireNonNull(request, "no request at hand"),
              needs.orSigned()
                  ? call -> true
                  : loopbackAllowed && needs.orLoopback() ? LoopbackCall::is : call -> false,
              denials));
    } else if (!method.isAnnotationPresent(Open.class)
        && resource.getResourceClass().getPackageName().startsWith(OURS)) {
      context.register(new Closed());
    }
  }

  private static final class Closed implements ContainerRequestFilter {
    @Override
    public void filter(ContainerRequestContext request) {
      throw new ForbiddenException();
    }
  }
}
