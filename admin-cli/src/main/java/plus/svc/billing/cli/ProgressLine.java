package plus.svc.billing.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How far a long answer is, on the error output: a bar with an estimate where somebody looks at a
 * terminal, else a plain line every tenth of the way.
 */
final class ProgressLine {

  private static final int BAR = 30;
  private static final long REDRAW_NANOS = 100_000_000;

  private final PrintWriter err;
  private final boolean terminal;
  private final LongSupplier nanos;
  private final long begun;
  private long drawnAt;
  private boolean drawn;
  private int tenths;

  /**
   * @param terminal whether a line can be drawn over
   * @param nanos the running time
   */
  ProgressLine(PrintWriter err, boolean terminal, LongSupplier nanos) {
    this.err = err;
    this.terminal = terminal;
    this.nanos = nanos;
    this.begun = nanos.getAsLong();
    this.drawnAt = begun - REDRAW_NANOS;
  }

  /** As this process's output is. */
  static ProgressLine on(PrintWriter err) {
    return new ProgressLine(err, isTerminal(System.console()), System::nanoTime);
  }

  /** Since JDK 22 there is a console even where there is no terminal, and a method that tells. */
  private static boolean isTerminal(@Nullable Console console) {
    if (console == null) {
      return false;
    }
    try {
      return Console.class.getMethod("isTerminal").invoke(console) instanceof Boolean is && is;
    } catch (ReflectiveOperationException e) {
      return true;
    }
  }

  void show(double share, String doing) {
    String percent = String.format(Locale.ROOT, "%3.0f %%", share * 100);
    if (terminal) {
      if (nanos.getAsLong() - drawnAt >= REDRAW_NANOS) {
        int full = (int) (share * BAR);
        String bar = "[" + "#".repeat(full) + ".".repeat(BAR - full) + "]";
        err.print("\r\u001b[K" + bar + " " + percent + left(share) + "  " + Text.line(doing));
        err.flush();
        drawn = true;
        drawnAt = nanos.getAsLong();
      }
    } else if ((int) (share * 10) > tenths) {
      tenths = (int) (share * 10);
      err.println(percent.strip() + left(share) + "  " + Text.line(doing));
      err.flush();
    }
  }

  /** Takes the bar away, so that something else can be written. */
  void clear() {
    if (drawn) {
      err.print("\r\u001b[K");
      err.flush();
      drawn = false;
    }
  }

  private String left(double share) {
    if (share <= 0 || share >= 1) {
      return "";
    }
    double seconds = (nanos.getAsLong() - begun) / 1e9 * (1 - share) / share;
    return ", about " + Text.seconds(Math.round(seconds)) + " left";
  }
}
