package plus.svc.billing.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import picocli.CommandLine;

/** How a command line ended. */
record Ran(int exitCode, String out, String err) {

  static Ran with(Map<String, String> environment, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line =
        BillingAdmin.commandLine(environment)
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err));
    int exitCode = line.execute(args);
    line.getOut().flush();
    line.getErr().flush();
    return new Ran(exitCode, out.toString(), err.toString());
  }
}
