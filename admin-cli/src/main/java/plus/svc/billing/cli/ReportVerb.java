package plus.svc.billing.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import plus.svc.billing.api.report.EventReader;
import plus.svc.billing.api.report.Format;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.api.report.Verdict;

/**
 * A verb that asks the admin port for a report, shows it while it comes and takes its exit code
 * from the verdict. An answer that breaks off is no answer: exit code 2, and no file.
 */
abstract class ReportVerb extends Verb {

  private static final Duration PATIENCE = Duration.ofHours(1);

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "${COMPLETION-CANDIDATES}. Default: table.")
  private Shape format = Shape.table;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Write the report to FILE once it is complete, not to the terminal.")
  private @Nullable Path file;

  /** As words on the command line. */
  enum Shape {
    table,
    json,
    csv,
    html
  }

  ReportVerb(Connection connection) {
    super(connection);
  }

  /** What to ask for. */
  abstract Question question();

  @Override
  public Integer call() {
    Question question = question();
    try (InputStream events = connection().admin().report(question, PATIENCE)) {
      return shown(events).exitCode();
    } catch (IOException e) {
      throw cut();
    }
  }

  private Verdict shown(InputStream events) {
    try (Output output = Output.to(file, out())) {
      Report sheet =
          Format.valueOf(format.name().toUpperCase(Locale.ROOT))
              .to(output.writer(), "billing-admin " + name());
      ProgressLine progress = ProgressLine.on(err());
      Optional<EventReader.End> end = EventReader.read(events, new WithProgress(sheet, progress));
      progress.clear();
      Map<String, Object> broken = new LinkedHashMap<>();
      broken.put("error", "the answer broke off");
      Verdict verdict = end.map(EventReader.End::verdict).orElse(Verdict.FAILED);
      sheet.end(end.isPresent() ? end.get().summary() : broken, verdict);
      if (end.isEmpty()) {
        throw cut();
      }
      if (verdict == Verdict.FAILED && file != null) {
        Object error = end.get().summary().get("error");
        throw new CannotRun("no file is written: " + Text.line(String.valueOf(error)));
      }
      output.keep(verdict.text());
      return verdict;
    }
  }

  private static CannotRun cut() {
    return new CannotRun(
        "the answer broke off before its verdict; see the service's log, then try again");
  }
}
