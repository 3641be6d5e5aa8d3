package plus.svc.billing.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** One verb: a call, its answer printed, a verdict of {@link ExitCode}. */
abstract class Verb implements Callable<Integer> {

  @Mixin private final Connection connection;

  @Spec private @Nullable CommandSpec spec;

  Verb(Connection connection) {
    this.connection = connection;
  }

  final Connection connection() {
    return connection;
  }

  final PrintWriter out() {
    return line().getOut();
  }

  final PrintWriter err() {
    return line().getErr();
  }

  /** As it was typed. */
  final String name() {
    return line().getCommandName();
  }

  private CommandLine line() {
    if (spec == null) {
      throw new IllegalStateException("picocli gives the verb its specification");
    }
    return spec.commandLine();
  }
}
