package plus.svc.billing.auth;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import plus.svc.billing.api.ErrorMessage;

/**
 * Guards the whole admin port: reading needs {@link Right#ADMIN_READ}, every other method {@link
 * Right#ADMIN_WRITE}. {@link Right#METRICS} is enough to read the servlet {@link #METRICS}.
 */
public final class AdminFilter extends HttpFilter {

  /** The name under which the servlet of the metrics is registered. */
  public static final String METRICS = "prometheus";

  private static final long serialVersionUID = 1L;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final Set<String> READING = Set.of("GET", "HEAD");

  private final transient Gate gate;
  private final transient ObjectMapper json;

  public AdminFilter(Gate gate, ObjectMapper json) {
    this.gate = gate;
    this.json = json;
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    Right right = READING.contains(request.getMethod()) ? Right.ADMIN_READ : Right.ADMIN_WRITE;
    Gate.Answer answer = gate.ask(request.getHeader("Authorization"), request.getRemoteAddr());
    Caller caller = answer.caller();
    if (answer.isThrottled()) {
      response.setHeader("Retry-After", Long.toString(answer.delaySeconds()));
      refuse(response, TOO_MANY_REQUESTS, "too_many_requests", Gate.TOO_MANY);
    } else if (caller == null) {
      response.setHeader("WWW-Authenticate", "Bearer realm=\"billing-service\"");
      refuse(response, HttpServletResponse.SC_UNAUTHORIZED, "unauthorized", "needs a bearer token");
    } else if (!caller.rights().contains(right) && !mayScrape(caller, right, request)) {
      refuse(
          response,
          HttpServletResponse.SC_FORBIDDEN,
          "forbidden",
          "needs a token with the right " + right.text());
    } else {
      chain.doFilter(request, response);
    }
  }

  /** By the servlet that is going to answer, since a path can be written in many ways. */
  private static boolean mayScrape(Caller caller, Right needed, HttpServletRequest request) {
    return needed == Right.ADMIN_READ
        && caller.rights().contains(Right.METRICS)
        && METRICS.equals(request.getHttpServletMapping().getServletName());
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
