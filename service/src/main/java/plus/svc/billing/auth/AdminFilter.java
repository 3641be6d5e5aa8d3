package plus.svc.billing.auth;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import plus.svc.billing.api.ErrorMessage;

/**
 * Guards the whole admin port: reading needs {@link Right#ADMIN_READ}, every other method {@link
 * Right#ADMIN_WRITE}. {@link Right#METRICS} is enough to read the servlet {@link #METRICS}. The
 * operations' servlet takes either of the first two, since most of what it does by POST is reading;
 * it sees to it itself that only {@link Right#ADMIN_WRITE} changes anything.
 */
public final class AdminFilter extends HttpFilter {

  /** The name under which the servlet of the metrics is registered. */
  public static final String METRICS = "prometheus";

  private static final long serialVersionUID = 1L;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final Set<String> READING = Set.of("GET", "HEAD");
  private static final String CALLER = Caller.class.getName();

  /** The name of the servlet that the operations are mounted by. */
  public static final String OPERATIONS = "operations";

  private final transient Gate gate;
  private final transient ObjectMapper json;

  public AdminFilter(Gate gate, ObjectMapper json) {
    this.gate = gate;
    this.json = json;
  }

  /** Who sent a request that was let through. */
  public static Caller caller(HttpServletRequest request) {
    return (Caller) Objects.requireNonNull(request.getAttribute(CALLER), "nobody was let in");
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    Set<Right> enough = enough(request);
    Gate.Answer answer = gate.ask(request.getHeader("Authorization"), request.getRemoteAddr());
    Caller caller = answer.caller();
    if (answer.isThrottled()) {
      response.setHeader("Retry-After", Long.toString(answer.delaySeconds()));
      refuse(response, TOO_MANY_REQUESTS, "too_many_requests", Gate.TOO_MANY);
    } else if (caller == null) {
      response.setHeader("WWW-Authenticate", "Bearer realm=\"billing-service\"");
      refuse(response, HttpServletResponse.SC_UNAUTHORIZED, "unauthorized", "needs a bearer token");
    } else if (enough.stream().noneMatch(caller.rights()::contains)) {
      refuse(
          response,
          HttpServletResponse.SC_FORBIDDEN,
          "forbidden",
          "needs a token with the right "
              + enough.stream().map(Right::text).sorted().collect(Collectors.joining(" or ")));
    } else {
      request.setAttribute(CALLER, caller);
      chain.doFilter(request, response);
    }
  }

  private static Set<Right> enough(HttpServletRequest request) {
    boolean reading = READING.contains(request.getMethod());
    // The servlet that will answer, not the path, which can be written in many ways.
    String servlet = request.getHttpServletMapping().getServletName();
    if (OPERATIONS.equals(servlet)) {
      return Set.of(Right.ADMIN_READ, Right.ADMIN_WRITE);
    } else if (METRICS.equals(servlet) && reading) {
      return Set.of(Right.ADMIN_READ, Right.METRICS);
    }
    return Set.of(reading ? Right.ADMIN_READ : Right.ADMIN_WRITE);
  }

  private void refuse(HttpServletResponse response, int status, String code, String message)
      throws IOException {
    response.setStatus(status);
    response.setContentType("application/json");
    byte[] body = json.writeValueAsBytes(new ErrorMessage(code, message));
    response.getOutputStream().write(body);
    response.getOutputStream().write('\n');
  }
}
