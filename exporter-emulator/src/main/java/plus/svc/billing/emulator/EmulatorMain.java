package plus.svc.billing.emulator;

import java.time.Clock;
import picocli.CommandLine;

/** Runs one emulated exporter until Ctrl-C. */
public final class EmulatorMain {
  private EmulatorMain() {}

  public static void main(String[] args) {
    System.exit(new CommandLine(new EmulatorCommand(Clock.systemUTC())).execute(args));
  }
}
