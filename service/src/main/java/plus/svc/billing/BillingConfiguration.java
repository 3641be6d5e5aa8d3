package plus.svc.billing;

import io.dropwizard.core.Configuration;

/** The service's configuration file. */
public final class BillingConfiguration extends Configuration {}
