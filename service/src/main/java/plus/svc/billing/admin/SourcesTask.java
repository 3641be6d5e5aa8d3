package plus.svc.billing.admin;

import io.dropwizard.servlets.tasks.PostBodyTask;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.registry.KnownSource;
import plus.svc.billing.registry.SourceRegistry;
import plus.svc.billing.registry.SourceRegistry.Action;
import plus.svc.billing.registry.SourceRegistry.Outcome;

/**
 * {@code POST /tasks/sources}: lists the sources. {@code ?action=add}, {@code change} or {@code
 * disable} with a JSON object of the source's fields as the body says what it would do, with {@code
 * &apply=true} does it. The last line is for machines.
 */
public final class SourcesTask extends PostBodyTask {

  private static final Map<String, Action> ACTIONS =
      Map.of("add", Action.ADD, "change", Action.CHANGE, "disable", Action.DISABLE);

  private final SourceRegistry registry;

  public SourcesTask(SourceRegistry registry) {
    super("sources", "text/plain;charset=utf-8");
    this.registry = registry;
  }

  @Override
  public void execute(Map<String, List<String>> parameters, String body, PrintWriter output) {
    String name = parameters.getOrDefault("action", List.of("list")).get(0);
    if (name.equals("list")) {
      list(output);
      return;
    }
    Action action = ACTIONS.get(name);
    if (action == null) {
      output.println("refused: action must be list, add, change or disable");
      verdict(output, "refused", false, 1);
      return;
    }
    boolean apply = parameters.getOrDefault("apply", List.of()).contains("true");
    Outcome outcome = registry.decide(action, body, apply);
    SourceSpec source = outcome.source();
    if (source == null) {
      outcome.problems().forEach(problem -> output.println("refused: " + problem));
      verdict(output, "refused", false, outcome.problems().size());
      return;
    }
    output.println((apply ? name + " done: " : "would " + name + ": ") + line(source));
    if (!apply) {
      output.println("nothing was changed; add ?apply=true to do it");
    }
    verdict(output, "ok", apply, 0);
  }

  private void list(PrintWriter output) {
    List<KnownSource> known = registry.list();
    for (KnownSource source : known) {
      output.println(line(source));
    }
    long troubles = known.stream().filter(source -> !source.trouble().isEmpty()).count();
    verdict(output, troubles == 0 ? "ok" : "trouble", false, troubles);
  }

  private static String line(KnownSource known) {
    String origin = known.origin().name().toLowerCase(Locale.ROOT);
    String trouble = known.trouble().isEmpty() ? "" : " NOT IN USE: " + known.trouble();
    return line(known.id(), known.spec()) + ", " + origin + trouble;
  }

  private static String line(SourceSpec source) {
    return line(source.id().value(), source);
  }

  private static String line(String id, @Nullable SourceSpec source) {
    return source == null
        ? id
        : String.format(
            Locale.ROOT,
            "%s %s, %s, node %s/%s, %s, every %s, %s",
            id,
            source.enabled() ? "enabled" : "disabled",
            source.baseUrl(),
            orAny(source.env()),
            orAny(source.nodeId()),
            source.authMode().name().toLowerCase(Locale.ROOT),
            source.collectInterval(),
            source.mode().name().toLowerCase(Locale.ROOT));
  }

  private static String orAny(String text) {
    return text.isEmpty() ? "*" : text;
  }

  private static void verdict(PrintWriter output, String status, boolean applied, long problems) {
    output.printf(
        Locale.ROOT,
        "{\"status\":\"%s\",\"applied\":%s,\"problems\":%d}%n",
        status,
        applied,
        problems);
  }
}
