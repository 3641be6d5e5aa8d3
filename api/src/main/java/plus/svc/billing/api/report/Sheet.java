package plus.svc.billing.api.report;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A report written somewhere as it comes; holds every report to the order of its calls. */
abstract class Sheet implements Report {

  private static final Set<String> TAKEN = Set.of("summary", "verdict");

  private final Set<String> sections = new HashSet<>();
  private List<String> columns = List.of();
  private boolean inSection;
  private boolean ended;

  /** A section begins. */
  abstract void begin(String name, List<String> columns) throws IOException;

  /** A row of it. */
  abstract void write(List<@Nullable Object> values) throws IOException;

  /** The section ends. */
  abstract void finish() throws IOException;

  /** The report ends; nothing follows. */
  abstract void close(Map<String, ? extends @Nullable Object> summary, Verdict verdict)
      throws IOException;

  /** How far the work is; most have no place for it. */
  void tell(double share, String doing) throws IOException {}

  @Override
  public final void section(String name, String... names) {
    checkOpen();
    if (TAKEN.contains(name) || !sections.add(name)) {
      throw new IllegalStateException("a report has one section '" + name + "' at most");
    }
    writing(
        () -> {
          leave();
          columns = List.of(names);
          inSection = true;
          begin(name, columns);
        });
  }

  @Override
  public final void row(@Nullable Object... values) {
    checkOpen();
    if (!inSection || values.length != columns.size()) {
      throw new IllegalStateException(
          values.length + " values, but the section has the columns " + columns);
    }
    writing(() -> write(Arrays.asList(values)));
  }

  @Override
  public final void progress(double share, String doing) {
    checkOpen();
    writing(() -> tell(Math.max(0, Math.min(1, share)), doing));
  }

  @Override
  public final void end(Map<String, ? extends @Nullable Object> summary, Verdict verdict) {
    checkOpen();
    ended = true;
    writing(
        () -> {
          leave();
          close(summary, verdict);
        });
  }

  private void leave() throws IOException {
    if (inSection) {
      finish();
      inSection = false;
    }
  }

  private void checkOpen() {
    if (ended) {
      throw new IllegalStateException("the report has ended");
    }
  }

  private static void writing(Step step) {
    try {
      step.run();
    } catch (IOException e) {
      throw new ReportBroken(e);
    }
  }

  private interface Step {
    void run() throws IOException;
  }
}
