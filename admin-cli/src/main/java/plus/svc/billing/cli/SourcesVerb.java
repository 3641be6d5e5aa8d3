package plus.svc.billing.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sources}: which sources there are, and adding, changing and disabling them. */
@Command(
    name = "sources",
    description = {
      "Lists the sources, or adds, changes or disables one while the service runs; without --apply"
          + " it only says what would be done.",
      "Needs a token with the right admin:read, to apply admin:write. Exit code 1 if the change is"
          + " refused or only told, or a source that is named is not in use."
    },
    footer = {
      "  billing-admin sources list --token-file /etc/billing/admin.token",
      "  billing-admin sources add jp base_url=https://jp.example.org:8443 env=prod node_id=jp \\",
      "      auth_mode=mtls credential_ref=file:/etc/billing/jp-client.pem \\",
      "      ca_bundle_ref=file:/etc/billing/ca.pem --apply --reason 'new node'",
      "  billing-admin sources change jp collect_interval=30s server_name= --apply --reason 'as agreed'",
      "  billing-admin sources disable jp --apply --reason 'node is gone'"
    })
final class SourcesVerb extends ReportVerb {

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

  @Mixin private Applying applying = new Applying();

  SourcesVerb(Connection connection) {
    super(connection);
  }

  @Override
  Question question() {
    Question question = new Question("sources");
    if (action == Action.list) {
      if (!id.isEmpty() || applying.applies()) {
        throw new CannotRun("sources list takes no id, no fields and no --apply");
      }
      return question;
    }
    if (id.isEmpty()) {
      throw new CannotRun("sources " + action + " needs the source's id");
    }
    question.with("action", action).with("source_id", id);
    fields.forEach((key, value) -> question.with(key, value == null ? "" : value));
    return applying.addTo(question);
  }
}
