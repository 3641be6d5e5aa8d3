package plus.svc.billing.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sources}: which sources there are, and adding, changing and disabling them. */
@Command(
    name = "sources",
    description = {
      "Lists the sources, or adds, changes or disables one while the service runs; without --apply"
          + " it only says what would be done.",
      "Talks to the admin port; needs a token with the right admin:write. Exit code 1 if the change"
          + " is refused, or a source that is named is not in use."
    },
    footer = {
      "  billing-admin sources list --token-file /etc/billing/admin.token",
      "  billing-admin sources add jp base_url=https://jp.example.org:8443 env=prod node_id=jp \\",
      "      auth_mode=mtls credential_ref=file:/etc/billing/jp-client.pem \\",
      "      ca_bundle_ref=file:/etc/billing/ca.pem --apply",
      "  billing-admin sources change jp collect_interval=30s server_name= --apply",
      "  billing-admin sources disable jp --apply"
    })
final class SourcesVerb extends Verb {

  private static final String RIGHT = "admin:write";
  private static final Set<String> NUMBERS = Set.of("max_bytes_per_second");
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** As a word on the command line. */
  enum Action {
    list,
    add,
    change,
    disable
  }

  @Parameters(
      index = "0",
      arity = "0..1",
      defaultValue = "list",
      paramLabel = "ACTION",
      description = "list, add, change or disable. Default: list.")
  private Action action = Action.list;

  @Parameters(index = "1", arity = "0..1", paramLabel = "ID", description = "The source's id.")
  private String id = "";

  @Parameters(
      index = "2..*",
      paramLabel = "KEY=VALUE",
      description =
          "Fields to set, by the keys of the settings. No value goes back to the default. A"
              + " credential is only ever named: credential_ref=file:PATH, never itself.")
  private Map<String, String> fields = new LinkedHashMap<>();

  @Option(names = "--apply", description = "Do it. Without this nothing is changed.")
  private boolean apply;

  SourcesVerb(Connection connection) {
    super(connection);
  }

  @Override
  public Integer call() {
    if (action == Action.list) {
      if (!id.isEmpty() || apply) {
        throw new CannotRun("sources list takes no id, no fields and no --apply");
      }
      return TaskReply.print(connection().admin().post("/tasks/sources", RIGHT, PATIENCE), out());
    }
    if (id.isEmpty()) {
      throw new CannotRun("sources " + action + " needs the source's id");
    }
    String path = "/tasks/sources?action=" + action + (apply ? "&apply=true" : "");
    return TaskReply.print(connection().admin().post(path, RIGHT, PATIENCE, body()), out());
  }

  private String body() {
    ObjectNode body = JsonNodeFactory.instance.objectNode().put("source_id", id);
    fields.forEach(
        (key, value) -> {
          if (value == null || value.isEmpty()) {
            body.putNull(key);
          } else if (NUMBERS.contains(key) && value.matches("\\d{1,18}")) {
            body.put(key, Long.parseLong(value));
          } else {
            body.put(key, value);
          }
        });
    return body.toString();
  }
}
