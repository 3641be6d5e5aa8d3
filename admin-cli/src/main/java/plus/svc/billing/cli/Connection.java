package plus.svc.billing.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options by which every verb finds the service. There is none that takes a token itself. */
final class Connection {

  private final Map<String, String> environment;

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "The service. Default: BILLING_URL, else http://127.0.0.1:8081.")
  private @Nullable String url;

  @Option(
      names = "--admin-url",
      paramLabel = "URL",
      description =
          "The service's admin port, where operators ask. Default: BILLING_ADMIN_URL, else"
              + " http://127.0.0.1:8082.")
  private @Nullable String adminUrl;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "A file that holds the bearer token. Default: the token in BILLING_TOKEN, on the admin port"
              + " the one in BILLING_ADMIN_TOKEN; ready sends none.")
  private @Nullable Path tokenFile;

  Connection(Map<String, String> environment) {
    this.environment = environment;
  }

  /** The service, for calls that need a right. */
  ServiceClient service() {
    return new ServiceClient(serviceUrl(), token("BILLING_TOKEN"), "BILLING_TOKEN");
  }

  /** The service, for calls that everybody may make: no token is sent. */
  ServiceClient open() {
    return new ServiceClient(serviceUrl(), Optional.empty(), "BILLING_TOKEN");
  }

  /** The admin port. */
  ServiceClient admin() {
    return new ServiceClient(
        url("--admin-url", adminUrl, "BILLING_ADMIN_URL", "http://127.0.0.1:8082"),
        token("BILLING_ADMIN_TOKEN"),
        "BILLING_ADMIN_TOKEN");
  }

  private ServiceUrl serviceUrl() {
    return url("--url", url, "BILLING_URL", "http://127.0.0.1:8081");
  }

  private ServiceUrl url(String option, @Nullable String given, String variable, String otherwise) {
    return given == null
        ? ServiceUrl.parse(variable, variable(variable).orElse(otherwise))
        : ServiceUrl.parse(option, given);
  }

  private Optional<Token> token(String variable) {
    return tokenFile == null
        ? variable(variable).map(text -> Token.of(variable, text))
        : Optional.of(Token.read(tokenFile));
  }

  private Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
  }
}
