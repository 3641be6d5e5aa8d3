package plus.svc.billing.admin;

import io.dropwizard.core.cli.Command;
import io.dropwizard.core.setup.Bootstrap;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Scanner;
import net.sourceforge.argparse4j.impl.Arguments;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;
import plus.svc.billing.auth.TokenHash;
import plus.svc.billing.platform.setting.StartRefused;

/**
 * {@code token}: makes a token, prints it once with the hash that the configuration holds. With
 * {@code --stdin} it prints the hash of a token that exists. Reads no configuration and writes
 * nothing.
 */
public final class TokenCommand extends Command {

  private static final int RANDOM_BYTES = 32;

  public TokenCommand() {
    super("token", "makes a bearer token and prints it with its hash for auth.tokens[].hashes");
  }

  @Override
  public void configure(Subparser subparser) {
    subparser
        .addArgument("--stdin")
        .action(Arguments.storeTrue())
        .help("print the hash of the token on the standard input, and make none");
  }

  @Override
  public void run(Bootstrap<?> bootstrap, Namespace namespace) {
    PrintStream out = System.out;
    if (namespace.getBoolean("stdin")) {
      out.println(TokenHash.of(given()).text());
      return;
    }
    String token = made();
    out.println("token: " + token);
    out.println("hash:  " + TokenHash.of(token).text());
    out.println("Give the token to its caller now: it is kept nowhere.");
  }

  private static String made() {
    byte[] random = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(random);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
  }

  private static String given() {
    try (Scanner scanner = new Scanner(System.in, StandardCharsets.UTF_8)) {
      String token = scanner.hasNextLine() ? scanner.nextLine().strip() : "";
      if (token.isEmpty()) {
        throw new StartRefused("there is no token on the standard input");
      }
      return token;
    }
  }
}
