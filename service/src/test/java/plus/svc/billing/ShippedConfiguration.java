package plus.svc.billing;

import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.configuration.FileConfigurationSourceProvider;
import io.dropwizard.core.setup.Bootstrap;
import jakarta.validation.Validator;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import plus.svc.billing.config.Settings;
import plus.svc.billing.platform.setting.SubstitutingFactoryFactory;
import plus.svc.billing.platform.setting.Variables;

/** The {@code config.yml} of the repository, read with variables of a test's choice. */
final class ShippedConfiguration {

  static final Path FILE = Path.of("..", "config.yml");

  /** The least that must be set. */
  static final Map<String, String> LEAST =
      Map.of(
          "DATABASE_URL", "postgres://u:p@h/account", "INTERNAL_SERVICE_TOKEN", "platform-token");

  // Made once, since a validator takes a quarter of a second.
  private static final Bootstrap<BillingConfiguration> BOOTSTRAP =
      new Bootstrap<>(new BillingApplication(Map.of(), Clock.fixed(Instant.EPOCH, ZoneOffset.UTC)));
  private static final Validator VALIDATOR = BOOTSTRAP.getValidatorFactory().getValidator();

  private ShippedConfiguration() {}

  static Settings withDefaults() throws IOException, ConfigurationException {
    return with(Map.of());
  }

  /** The least, and these; a blank one takes something of the least away. */
  static Settings with(Map<String, String> more) throws IOException, ConfigurationException {
    Map<String, String> all = new HashMap<>(LEAST);
    all.putAll(more);
    Map<String, String> variables = Variables.stripped(all);
    return load(variables).read(variables, "me");
  }

  static BillingConfiguration load(Map<String, String> variables)
      throws IOException, ConfigurationException {
    return new SubstitutingFactoryFactory<BillingConfiguration>(variables)
        .create(BillingConfiguration.class, VALIDATOR, BOOTSTRAP.getObjectMapper(), "dw")
        .build(new FileConfigurationSourceProvider(), FILE.toString());
  }
}
