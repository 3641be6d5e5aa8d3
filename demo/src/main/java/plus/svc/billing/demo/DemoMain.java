package plus.svc.billing.demo;

import java.time.Clock;
import picocli.CommandLine;

/** Entry point of the demo. */
public final class DemoMain {

  private DemoMain() {}

  /** Runs the demo; exit code 0 if the laws held, 1 if one broke, 2 if it could not run. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new DemoCommand(Clock.systemUTC())).execute(args));
  }
}
