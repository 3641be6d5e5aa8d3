package plus.svc.billing.auth;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import plus.svc.billing.api.ErrorMessage;

/**
 * Guards the whole admin port: reading needs {@link Right#ADMIN_READ}, every other method {@link
 * Right#ADMIN_WRITE}.
 */
public final class AdminFilter extends HttpFilter {

  private static final long serialVersionUID = 1L;
  private static final Set<String> READING = Set.of("GET", "HEAD");

  private final transient Tokens tokens;
  private final transient ObjectMapper json;

  public AdminFilter(Tokens tokens, ObjectMapper json) {
    this.tokens = tokens;
    this.json = json;
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    Right right = READING.contains(request.getMethod()) ? Right.ADMIN_READ : Right.ADMIN_WRITE;
    Optional<Caller> caller =
        BearerHeader.token(request.getHeader("Authorization")).flatMap(tokens::authenticate);
    if (caller.isEmpty()) {
      response.setHeader("WWW-Authenticate", "Bearer realm=\"billing-service\"");
      refuse(response, HttpServletResponse.SC_UNAUTHORIZED, "unauthorized", "needs a bearer token");
    } else if (!caller.get().rights().contains(right)) {
      refuse(
          response,
          HttpServletResponse.SC_FORBIDDEN,
          "forbidden",
          "needs a token with the right " + right.text());
    } else {
      chain.doFilter(request, response);
    }
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
