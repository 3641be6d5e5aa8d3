package plus.svc.billing.cli;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import plus.svc.billing.api.Health;
import plus.svc.billing.api.Readiness;
import plus.svc.billing.api.report.EventReader;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.api.report.Verdict;

/** {@code doctor}: whether everything is as it should be, and what to do where it isn't. */
@Command(
    name = "doctor",
    description = {
      "Checks both ports, the token and its rights, migrations, clocks, the lag of every source,"
          + " credentials, health and the archive; says what to do.",
      "Needs a token with the right admin:read. Exit code 1 if a line is no ok."
    },
    footer = {
      "  billing-admin doctor --token-file admin.token",
      "  billing-admin doctor --format json --token-file admin.token | jq '.checks[]'"
    })
final class DoctorVerb extends ReportVerb {

  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final Duration EXAMINATION = Duration.ofMinutes(5);

  DoctorVerb(Connection connection) {
    super(connection);
  }

  @Override
  Question question() {
    return new Question("doctor");
  }

  @Override
  public Integer call() {
    try (Output output = output()) {
      Report sheet = sheet(output);
      Lines lines = new Lines(sheet);
      sheet.section("checks", "check", "result", "what", "what_to_do");
      applicationPort(lines);
      adminPort(lines);
      Verdict verdict = lines.end();
      output.keep(verdict.text());
      return verdict.exitCode();
    }
  }

  private void applicationPort(Lines lines) {
    try {
      ServiceClient service = connection().open();
      Readiness readiness =
          service.get("/readyz", null, PATIENCE).as(Readiness.class, "status", "database");
      Health health = service.get("/healthz", null, PATIENCE).as(Health.class, "status");
      if (!readiness.equals(Readiness.READY)) {
        lines.row("application port", "fail", "is not ready", "see the database and the log");
      } else if (!health.status().equals(Health.OK)) {
        String message = health.message() == null ? "" : ", " + health.message();
        lines.row("application port", "warn", health.status() + message, "see the lines below");
      } else {
        lines.row("application port", "ok", "is ready", null);
      }
    } catch (CannotRun e) {
      lines.failed("application port", e);
    }
  }

  private void adminPort(Lines lines) {
    try (InputStream events = connection().admin().report(question(), EXAMINATION)) {
      Optional<EventReader.End> end = EventReader.read(events, lines);
      if (end.isEmpty() || end.get().verdict() == Verdict.FAILED) {
        lines.row("admin port", "fail", "the checkup broke off", "see the service's log");
      }
    } catch (CannotRun e) {
      lines.failed("admin port", e);
    } catch (IOException e) {
      lines.row("admin port", "fail", "the connection broke", "see the service's log");
    }
  }

  /** Takes our lines and the service's. */
  private static final class Lines implements Report {

    private final Report sheet;
    private final Map<String, Integer> counts = new LinkedHashMap<>();

    Lines(Report sheet) {
      this.sheet = sheet;
      for (String result : new String[] {"ok", "warn", "fail"}) {
        counts.put(result, 0);
      }
    }

    void failed(String check, CannotRun failure) {
      String[] parts = String.valueOf(failure.getMessage()).split("; ", 2);
      row(check, "fail", parts[0], parts.length > 1 ? parts[1] : null);
    }

    /** The service's own section has the same columns. */
    @Override
    public void section(String name, String... columns) {}

    @Override
    public void row(@Nullable Object... values) {
      counts.computeIfPresent(String.valueOf(values[1]), (result, count) -> count + 1);
      sheet.row(values);
    }

    @Override
    public void progress(double share, String doing) {}

    @Override
    public void end(Map<String, ? extends @Nullable Object> summary, Verdict verdict) {}

    Verdict end() {
      boolean fine = counts.getOrDefault("warn", 0) + counts.getOrDefault("fail", 0) == 0;
      Verdict verdict = fine ? Verdict.CLEAN : Verdict.FOUND;
      sheet.end(counts, verdict);
      return verdict;
    }
  }
}
