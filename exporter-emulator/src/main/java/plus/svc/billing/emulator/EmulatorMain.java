package plus.svc.billing.emulator;

import java.nio.file.NoSuchFileException;
import java.time.Clock;
import java.time.InstantSource;
import picocli.CommandLine;

/** Runs one emulated exporter until Ctrl-C. */
public final class EmulatorMain {
  private EmulatorMain() {}

  public static void main(String[] args) {
    System.exit(commandLine(Clock.systemUTC()).execute(args));
  }

  /** What a person did wrong is told in a line, not in a stack trace. */
  static CommandLine commandLine(InstantSource clock) {
    return new CommandLine(new EmulatorCommand(clock))
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> {
              command.getErr().println("exporter-emulator: " + told(failure));
              return 2;
            });
  }

  /** Of a missing file the JDK says nothing but its name. */
  private static String told(Exception failure) {
    return failure instanceof NoSuchFileException
        ? "no such file: " + failure.getMessage()
        : String.valueOf(failure.getMessage());
  }
}
