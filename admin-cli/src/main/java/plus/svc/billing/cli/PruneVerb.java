package plus.svc.billing.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code prune}: drops what the archive holds beyond its retention. */
@Command(
    name = "prune",
    description = {
      "Says what the archive holds beyond its retention; with --apply drops it.",
      "Needs a token with the right admin:read, to apply admin:write. Exit code 1 if there is"
          + " something to drop."
    },
    footer = {
      "  billing-admin prune --token-file /etc/billing/admin.token",
      "  billing-admin prune --apply --reason 'disk is short' --token-file /etc/billing/admin.token"
    })
final class PruneVerb extends ReportVerb {

  @Mixin private Applying applying = new Applying();

  PruneVerb(Connection connection) {
    super(connection);
  }

  @Override
  Question question() {
    return applying.addTo(new Question("prune"));
  }
}
