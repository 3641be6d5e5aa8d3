package plus.svc.billing.admin;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.api.report.Verdict;

/** Every operation there is, by name, and what each understands. */
public final class Operations {

  private static final int LONGEST_REASON = 500;

  private final Map<String, Operation> byName = new LinkedHashMap<>();

  public Operations(List<Operation> operations) {
    for (Operation operation : operations) {
      if (byName.put(operation.name(), operation) != null) {
        throw new IllegalArgumentException("two operations are named " + operation.name());
      }
    }
  }

  /** Their names. */
  public List<String> names() {
    return List.copyOf(byName.keySet());
  }

  Optional<Operation> named(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /**
   * Checks what every operation shares.
   *
   * @throws BadInput if an input is unknown, or a change is asked for that can't be
   */
  static void check(Operation operation, Inputs inputs) {
    Set<String> known = new TreeSet<>(operation.inputs());
    known.add("format");
    if (operation.canApply()) {
      known.addAll(List.of("apply", "reason"));
    }
    for (String name : inputs.names()) {
      if (!known.contains(name)) {
        throw new BadInput(
            Inputs.shown(name),
            Inputs.shown(String.join(", ", inputs.all(name))),
            operation.name() + " knows " + String.join(", ", known));
      }
    }
    if (operation.canApply() && inputs.applies()) {
      String reason = inputs.reason();
      if (reason.isEmpty() || reason.length() > LONGEST_REASON) {
        throw new BadInput(
            "reason",
            Inputs.shown(reason),
            "say in 1 to " + LONGEST_REASON + " characters why it is done; it is recorded");
      }
    }
  }

  /** Tells which there are. */
  void list(Report report) {
    report.section("operations", "name", "inputs", "can_apply");
    byName
        .values()
        .forEach(
            operation ->
                report.row(
                    operation.name(),
                    new ArrayList<>(new TreeSet<>(operation.inputs())),
                    operation.canApply()));
    report.end(Map.of("operations", byName.size()), Verdict.CLEAN);
  }
}
