package plus.svc.billing.admin;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import plus.svc.billing.api.ErrorMessage;
import plus.svc.billing.api.report.Format;
import plus.svc.billing.api.report.ReportBroken;
import plus.svc.billing.api.report.Verdict;
import plus.svc.billing.auth.AdminFilter;
import plus.svc.billing.auth.Caller;
import plus.svc.billing.auth.Right;

/**
 * Mounts every {@link Operation} on the admin port: {@code GET} and {@code POST /admin/v1/NAME},
 * and {@code POST /tasks/NAME} beside Dropwizard's own tasks, which know no caller and no status
 * but 500.
 *
 * <p>Who comes here has shown a token that may read or write; to apply takes one that may write.
 * What is wrong with a request is told with its status before anything is streamed; what goes wrong
 * later ends the report with the verdict {@code failed}.
 */
public final class OperationServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(OperationServlet.class);
  private static final String TASKS = "/tasks/";
  private static final Set<String> METHODS = Set.of("GET", "POST");

  private final transient Operations operations;
  private final transient ChangeJournal journal;
  private final transient InstantSource clock;
  private final transient ObjectMapper json;

  public OperationServlet(
      Operations operations, ChangeJournal journal, InstantSource clock, ObjectMapper json) {
    this.operations = operations;
    this.journal = journal;
    this.clock = clock;
    this.json = json;
  }

  /** The paths that it answers on. */
  public String[] paths() {
    List<String> paths = new ArrayList<>(List.of("/admin/v1/*"));
    operations.names().forEach(name -> paths.add(TASKS + name));
    return paths.toArray(String[]::new);
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    boolean task = request.getServletPath().startsWith(TASKS);
    if (!METHODS.contains(request.getMethod()) || (task && request.getMethod().equals("GET"))) {
      response.setHeader("Allow", task ? "POST" : "GET, POST");
      refuse(response, 405, "method_not_allowed", "method not allowed");
      return;
    }
    try {
      answer(request, response, task);
    } catch (BadInput e) {
      refuse(response, 400, "bad_input", String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      String message = logged("the admin port", e);
      if (!response.isCommitted()) {
        refuse(response, 500, "internal", message);
      }
    }
  }

  private void answer(HttpServletRequest request, HttpServletResponse response, boolean task)
      throws IOException {
    String name = name(request);
    Optional<Operation> found = operations.named(name);
    if (found.isEmpty() && !name.isEmpty()) {
      refuse(response, 404, "not_found", "no such operation; GET /admin/v1/ lists them");
      return;
    }
    Caller caller = AdminFilter.caller(request);
    Inputs inputs = new Inputs(RequestInputs.read(request), clock.instant(), caller.name());
    Format format =
        AnswerFormat.of(inputs, request.getHeader("Accept"), task ? Format.TABLE : Format.JSON);
    if (found.isEmpty()) {
      operations.list(format.to(out(response, format), "operations"));
      return;
    }
    Operation operation = found.get();
    Operations.check(operation, inputs);
    boolean apply = operation.canApply() && inputs.applies();
    if (apply && request.getMethod().equals("GET")) {
      response.setHeader("Allow", "POST");
      refuse(response, 405, "method_not_allowed", "apply=true needs the method POST");
    } else if (apply && !caller.rights().contains(Right.ADMIN_WRITE)) {
      String right = Right.ADMIN_WRITE.text();
      refuse(response, 403, "forbidden", "apply=true needs a token with the right " + right);
    } else {
      run(operation, inputs, format, response, apply ? begin(operation, inputs) : null);
    }
  }

  private static String name(HttpServletRequest request) {
    String path =
        request.getPathInfo() == null
            ? request.getServletPath().replaceFirst("^/tasks/|^/admin/v1", "")
            : request.getPathInfo();
    return path.startsWith("/") ? path.substring(1) : path;
  }

  private long begin(Operation operation, Inputs inputs) {
    Map<String, Object> request = new LinkedHashMap<>();
    operation.recorded(inputs).forEach((name, all) -> request.put(name, one(all)));
    LOG.info("{} is applied by {}", operation.name(), inputs.caller());
    return journal.begin(
        clock.instant(), inputs.caller(), operation.name(), inputs.reason(), request);
  }

  private static Object one(List<String> all) {
    return all.size() == 1 ? all.get(0) : all;
  }

  private void run(
      Operation operation,
      Inputs inputs,
      Format format,
      HttpServletResponse response,
      @Nullable Long change)
      throws IOException {
    String title = "billing " + operation.name() + ", " + inputs.now();
    Answer answer = new Answer(format.to(out(response, format), title), journal, clock, change);
    try {
      operation.run(inputs, answer);
      if (!answer.hasEnded()) {
        throw new IllegalStateException(operation.name() + " came to no verdict");
      }
    } catch (ReportBroken e) {
      LOG.info("{} was not told to its end: {} went away", operation.name(), inputs.caller());
      answer.record(Map.of("error", "the caller went away"), Verdict.FAILED);
    } catch (BadInput e) {
      if (response.isCommitted()) {
        throw new IllegalStateException("an input was refused too late", e);
      }
      answer.record(Map.of("error", String.valueOf(e.getMessage())), Verdict.REFUSED);
      throw e;
    } catch (RuntimeException e) {
      fail(operation, e, answer, response);
    }
  }

  private void fail(
      Operation operation, RuntimeException error, Answer answer, HttpServletResponse response)
      throws IOException {
    String message = logged(operation.name(), error);
    try {
      if (!response.isCommitted()) {
        answer.record(Map.of("error", message), Verdict.FAILED);
        refuse(response, 500, "internal", message);
      } else if (!answer.hasEnded()) {
        answer.end(Map.of("error", message), Verdict.FAILED);
      }
    } catch (ReportBroken e) {
      LOG.info("{} was not told that it failed: the caller went away", operation.name());
    }
  }

  private static String logged(String what, RuntimeException error) {
    String reference = UUID.randomUUID().toString();
    LOG.error("{} failed, reference {}", what, reference, error);
    return "unexpected error, reference " + reference;
  }

  private static Writer out(HttpServletResponse response, Format format) throws IOException {
    boolean isText = format.mediaType().startsWith("text/");
    response.setContentType(format.mediaType() + (isText ? ";charset=utf-8" : ""));
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader(
        "Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:");
    return new BufferedWriter(
        new OutputStreamWriter(response.getOutputStream(), StandardCharsets.UTF_8));
  }

  private void refuse(HttpServletResponse response, int status, String code, String message)
      throws IOException {
    response.resetBuffer();
    response.setStatus(status);
    response.setContentType("application/json");
    response.getOutputStream().write(json.writeValueAsBytes(new ErrorMessage(code, message)));
    response.getOutputStream().write('\n');
  }
}
