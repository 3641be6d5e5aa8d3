package plus.svc.billing.admin;

import io.dropwizard.core.Configuration;
import io.dropwizard.core.cli.ConfiguredCommand;
import io.dropwizard.core.setup.Bootstrap;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;
import plus.svc.billing.platform.database.DatabaseStart;

/**
 * {@code grant --to ROLE config.yml}: gives the role that the service runs as its rights, all or
 * none, as {@code psql} would with {@code sql/grants.sql}; for hosts without {@code psql}. Run it
 * after {@code db migrate}, as the same role.
 */
public final class GrantCommand<C extends Configuration> extends ConfiguredCommand<C> {

  private static final String SCRIPT = "/grants.sql";
  private static final String ROLE = ":\"runtime_role\"";

  private final Class<C> type;
  private final Function<C, DatabaseStart> database;

  /**
   * Makes the command.
   *
   * @param type of the configuration
   * @param database the configured one
   */
  public GrantCommand(Class<C> type, Function<C, DatabaseStart> database) {
    super("grant", "gives the role that the service runs as its rights in the database");
    this.type = type;
    this.database = database;
  }

  @Override
  public void configure(Subparser subparser) {
    super.configure(subparser);
    subparser.addArgument("--to").metavar("ROLE").required(true).help("the role to be given them");
  }

  @Override
  protected Class<C> getConfigurationClass() {
    return type;
  }

  @Override
  protected void run(Bootstrap<C> bootstrap, Namespace namespace, C configuration)
      throws Exception {
    String role = namespace.getString("to");
    database.apply(configuration).run(script().replace(ROLE, quoted(role)));
    System.out.println("the rights of grants.sql are given to " + role);
  }

  private static String quoted(String identifier) {
    return '"' + identifier.replace("\"", "\"\"") + '"';
  }

  private static String script() throws IOException {
    try (InputStream in = GrantCommand.class.getResourceAsStream(SCRIPT)) {
      if (in == null) {
        throw new IllegalStateException(SCRIPT + " is missing from the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
