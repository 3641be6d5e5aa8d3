package plus.svc.billing.cli;

import java.io.PrintWriter;
import java.util.Map;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/** The operators' command line. */
@Command(
    name = "billing-admin",
    scope = ScopeType.INHERIT,
    mixinStandardHelpOptions = true,
    versionProvider = BillingAdmin.Version.class,
    sortOptions = false,
    usageHelpWidth = 100,
    synopsisSubcommandLabel = "VERB",
    description = "Asks the billing service over HTTP, and makes it work.",
    commandListHeading = "%nVerbs:%n",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:fine", "1:found something", "2:could not run"},
    footerHeading = "%nExamples:%n",
    footer = {
      "  billing-admin ready",
      "  billing-admin status --token-file /etc/billing/operator.token",
      "  billing-admin status --help"
    })
public final class BillingAdmin {

  private BillingAdmin() {}

  public static void main(String[] args) {
    System.exit(commandLine(System.getenv()).execute(args));
  }

  /**
   * Runs one command line inside another program.
   *
   * @param environment the variables that stand in for options
   * @return the exit code
   */
  public static int run(
      Map<String, String> environment, PrintWriter out, PrintWriter err, String... args) {
    int exitCode = commandLine(environment).setOut(out).setErr(err).execute(args);
    out.flush();
    err.flush();
    return exitCode;
  }

  /**
   * All verbs.
   *
   * @param environment the variables that stand in for options
   */
  static CommandLine commandLine(Map<String, String> environment) {
    return new CommandLine(new BillingAdmin())
        .addSubcommand(new StatusVerb(new Connection(environment)))
        .addSubcommand(new CollectVerb(new Connection(environment)))
        .addSubcommand(new ReconcileVerb(new Connection(environment)))
        .addSubcommand(new ReadyVerb(new Connection(environment)))
        .addSubcommand(new DoctorVerb(new Connection(environment)))
        .addSubcommand(new WhyVerb(new Connection(environment)))
        .addSubcommand(new TraceVerb(new Connection(environment)))
        .addSubcommand(new BalanceVerb(new Connection(environment)))
        .addSubcommand(new AuditVerb(new Connection(environment)))
        .addSubcommand(new ChangesVerb(new Connection(environment)))
        .addSubcommand(new ReplayVerb(new Connection(environment)))
        .addSubcommand(new CheckpointsVerb(new Connection(environment)))
        .addSubcommand(new PruneVerb(new Connection(environment)))
        .addSubcommand(new RechargeConfirmVerb(new Connection(environment)))
        .addSubcommand(new SourcesVerb(new Connection(environment)))
        .addSubcommand(new NotificationsVerb(new Connection(environment)))
        .addSubcommand(new GenerateCompletion())
        .setParameterExceptionHandler((misuse, args) -> misused(misuse))
        .setExecutionExceptionHandler((failure, line, parsed) -> failed(failure, line));
  }

  private static int misused(ParameterException misuse) {
    CommandLine line = misuse.getCommandLine();
    String message =
        misuse instanceof UnmatchedArgumentException unmatched
            ? notExpected(unmatched)
            : Text.line(String.valueOf(misuse.getMessage()));
    return told(line, message + "; see " + line.getCommandSpec().qualifiedName() + " --help");
  }

  /** Repeats no value: whoever tries to give a token on the command line should not see it. */
  private static String notExpected(UnmatchedArgumentException unmatched) {
    String options =
        String.join(
            ", ",
            unmatched.getUnmatched().stream()
                .map(argument -> argument.replaceFirst("=.*", ""))
                .filter(argument -> argument.matches("--[a-z][a-z-]*"))
                .toList());
    return options.isEmpty() ? "no such verb or argument" : "no such option: " + options;
  }

  private static int failed(Exception failure, CommandLine line) {
    return told(
        line,
        failure instanceof CannotRun
            ? String.valueOf(failure.getMessage())
            : "unexpected " + failure.getClass().getName() + "; this is a defect, report it");
  }

  private static int told(CommandLine line, String message) {
    line.getErr().println("billing-admin: " + message);
    line.getErr().flush();
    return ExitCode.COULD_NOT_RUN;
  }

  /** As the jar's manifest says. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = BillingAdmin.class.getPackage().getImplementationVersion();
      return new String[] {"billing-admin " + (version == null ? "(unpackaged)" : version)};
    }
  }
}
