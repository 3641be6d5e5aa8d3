package plus.svc.billing.admin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.api.report.Verdict;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.platform.setting.DurationText;
import plus.svc.billing.registry.KnownSource;
import plus.svc.billing.registry.SourceRegistry;
import plus.svc.billing.registry.SourceRegistry.Action;
import plus.svc.billing.registry.SourceRegistry.Outcome;

/**
 * {@code sources}: lists them; with {@code action} {@code add}, {@code change} or {@code disable}
 * and a source's fields says what it would do, applied does it. An empty field goes back to its
 * default.
 */
public final class SourcesOperation implements Operation {

  private static final Map<String, Action> ACTIONS =
      Map.of("add", Action.ADD, "change", Action.CHANGE, "disable", Action.DISABLE);
  private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

  /** The one field that is a number in the settings. */
  private static final String RATE = "max_bytes_per_second";

  private static final Pattern REFERENCE = Pattern.compile("(env|file|systemd):.*");
  private static final Pattern PASSWORD = Pattern.compile("//[^/]*@");

  private final SourceRegistry registry;

  public SourcesOperation(SourceRegistry registry) {
    this.registry = registry;
  }

  @Override
  public String name() {
    return "sources";
  }

  @Override
  public Set<String> inputs() {
    Set<String> inputs = new TreeSet<>(SourceRegistry.keys());
    inputs.add("action");
    return inputs;
  }

  @Override
  public boolean canApply() {
    return true;
  }

  /** What stands where a reference should may be the secret itself. */
  @Override
  public Map<String, List<String>> recorded(Inputs inputs) {
    Map<String, List<String>> recorded = Operation.super.recorded(inputs);
    recorded.replaceAll((name, values) -> values.stream().map(value -> safe(name, value)).toList());
    return recorded;
  }

  private static String safe(String name, String value) {
    boolean isReference = !name.endsWith("_ref") || REFERENCE.matcher(value).matches();
    return isReference ? PASSWORD.matcher(value).replaceAll("//[left out]@") : "[left out]";
  }

  @Override
  public void run(Inputs inputs, Report report) {
    String name =
        inputs.oneOf("action", List.of("list", "add", "change", "disable")).orElse("list");
    Action action = ACTIONS.get(name);
    if (action == null) {
      if (inputs.applies()) {
        throw new BadInput("apply", "true", "action list changes nothing");
      }
      list(report);
    } else {
      decide(action, inputs, report);
    }
  }

  private void list(Report report) {
    List<KnownSource> known = registry.list();
    begin(report, "sources");
    known.forEach(
        source ->
            tell(
                report,
                source.id(),
                source.spec(),
                source.origin().name().toLowerCase(Locale.ROOT),
                source.trouble()));
    long troubles = known.stream().filter(source -> !source.trouble().isEmpty()).count();
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("sources", known.size());
    summary.put("not_in_use", troubles);
    report.end(summary, troubles == 0 ? Verdict.CLEAN : Verdict.FOUND);
  }

  private void decide(Action action, Inputs inputs, Report report) {
    boolean apply = inputs.applies();
    Outcome outcome = registry.decide(action, definition(inputs), apply);
    SourceSpec source = outcome.source();
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("action", action.name().toLowerCase(Locale.ROOT));
    summary.put("applied", outcome.applied());
    if (source == null) {
      report.section("problems", "problem");
      outcome.problems().forEach(report::row);
      summary.put("problems", outcome.problems().size());
      report.end(summary, Verdict.REFUSED);
      return;
    }
    begin(report, apply ? "source" : "source_as_it_would_be");
    tell(report, source.id().value(), source, "database", "");
    report.end(summary, apply ? Verdict.CLEAN : Verdict.FOUND);
  }

  private static String definition(Inputs inputs) {
    ObjectNode fields = JsonNodeFactory.instance.objectNode();
    for (String key : SourceRegistry.keys()) {
      if (!inputs.names().contains(key)) {
        continue;
      }
      String value = inputs.text(key).orElse("");
      if (value.isEmpty()) {
        fields.putNull(key);
      } else if (key.equals(RATE) && NUMBER.matcher(value).matches()) {
        fields.put(key, Long.parseLong(value));
      } else {
        fields.put(key, value);
      }
    }
    return fields.toString();
  }

  private static void begin(Report report, String section) {
    report.section(
        section,
        "source_id",
        "enabled",
        "base_url",
        "env",
        "node_id",
        "auth_mode",
        "every",
        "mode",
        "named_by",
        "trouble");
  }

  private static void tell(
      Report report, String id, @Nullable SourceSpec source, String namedBy, String trouble) {
    if (source == null) {
      report.row(id, null, null, null, null, null, null, null, namedBy, trouble);
      return;
    }
    report.row(
        id,
        source.enabled(),
        source.baseUrl().toString(),
        source.env(),
        source.nodeId(),
        source.authMode().name().toLowerCase(Locale.ROOT),
        DurationText.of(source.collectInterval()),
        source.mode().name().toLowerCase(Locale.ROOT),
        namedBy,
        trouble);
  }
}
