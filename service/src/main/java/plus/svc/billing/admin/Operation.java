package plus.svc.billing.admin;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import plus.svc.billing.api.report.Report;

/**
 * One thing an operator can ask for, told once and mounted on every face: {@code /admin/v1/NAME},
 * {@code POST /tasks/NAME} on the admin port, and the command line's verb of that name.
 *
 * <p>An operation that can change something does so only where {@link Inputs#applies()}; else it
 * tells what it would do. The face sees to rights (reading {@code admin:read}, applying {@code
 * admin:write}), asks for a reason and records who did what.
 */
public interface Operation {

  /** What it is called, such as {@code audit}. */
  String name();

  /** The inputs it knows besides {@code format}, {@code apply} and {@code reason}. */
  Set<String> inputs();

  /** Whether it can change anything: then {@code apply=true} is understood. */
  default boolean canApply() {
    return false;
  }

  /**
   * What is kept of the inputs in the record of changes: all but how it was asked. Whoever takes
   * references to secrets leaves out what may be a secret put in the wrong place.
   */
  default Map<String, List<String>> recorded(Inputs inputs) {
    Map<String, List<String>> kept = new TreeMap<>();
    for (String name : inputs.names()) {
      if (inputs().contains(name)) {
        kept.put(name, inputs.all(name));
      }
    }
    return kept;
  }

  /**
   * Answers.
   *
   * @throws BadInput if an input is wrong; before anything was written to the report
   */
  void run(Inputs inputs, Report report);
}
