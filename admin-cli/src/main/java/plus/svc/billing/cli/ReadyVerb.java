package plus.svc.billing.cli;

import java.time.Duration;
import picocli.CommandLine.Command;
import plus.svc.billing.api.Health;
import plus.svc.billing.api.Ping;
import plus.svc.billing.api.Readiness;

/** {@code ready}: whether the service takes calls, does its work, and which image it is. */
@Command(
    name = "ready",
    description = {
      "Shows whether the service takes calls, whether it does its work, and which image runs.",
      "Needs no token and sends none. Exit code 1 if it is not ready or degraded."
    },
    footer = {
      "  billing-admin ready",
      "  until billing-admin ready --url https://billing.example.org; do sleep 2; done"
    })
final class ReadyVerb extends Verb {

  private static final Duration PATIENCE = Duration.ofSeconds(15);

  ReadyVerb(Connection connection) {
    super(connection);
  }

  @Override
  public Integer call() {
    ServiceClient service = connection().open();
    Readiness readiness = get(service, "/readyz").as(Readiness.class, "status", "database");
    Health health = get(service, "/healthz").as(Health.class, "status");
    Ping ping = get(service, "/api/ping").as(Ping.class, "image");
    out()
        .println(
            "readyz   " + Text.line(readiness.status() + ", database " + readiness.database()));
    out().println("healthz  " + told(health));
    out().println("image    " + (ping.image().isEmpty() ? "unknown" : Text.line(ping.image())));
    if (!ping.commit().isEmpty()) {
      out().println("commit   " + Text.line(ping.commit()));
    }
    boolean fine = readiness.equals(Readiness.READY) && health.status().equals(Health.OK);
    return fine ? ExitCode.FINE : ExitCode.FOUND_SOMETHING;
  }

  private static Reply get(ServiceClient service, String path) {
    return service.get(path, null, PATIENCE);
  }

  private static String told(Health health) {
    String message = health.message() == null ? "" : health.message();
    return Text.line(health.status() + (message.isEmpty() ? "" : ", " + message));
  }
}
