package plus.svc.billing.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;

/** What a task of the admin port answered: text, and a last line for machines. */
final class TaskReply {

  private TaskReply() {}

  /**
   * Prints the text.
   *
   * @return the exit code that the last line stands for
   * @throws CannotRun if the task broke off
   */
  static int print(Reply reply, PrintWriter out) {
    if (reply.status() != 200) {
      throw new CannotRun(
          reply.from() + " answers " + reply.status() + "; the reason is in the service's log");
    }
    out.println(Text.lines(reply.body()));
    out.flush();
    // A task that fails halfway has answered 200 already: only its last line tells.
    JsonNode verdict = reply.lastLine();
    if (!verdict.hasNonNull("status")) {
      throw new CannotRun("the task ended before its verdict; the reason is in the service's log");
    }
    return verdict.get("status").asText().equals("ok") ? ExitCode.FINE : ExitCode.FOUND_SOMETHING;
  }
}
