package plus.svc.billing;

import io.dropwizard.core.Application;
import io.dropwizard.core.setup.Environment;

/** The billing service's entry point. */
public final class BillingApplication extends Application<BillingConfiguration> {

  public static void main(String[] args) throws Exception {
    new BillingApplication().run(args);
  }

  @Override
  public String getName() {
    return "billing-service";
  }

  @Override
  public void run(BillingConfiguration configuration, Environment environment) {}
}
