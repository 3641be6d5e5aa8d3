package plus.svc.billing;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.dropwizard.core.server.AbstractServerFactory;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.jersey.setup.JerseyEnvironment;
import jakarta.servlet.DispatcherType;
import java.util.EnumSet;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.admin.OperationServlet;
import plus.svc.billing.audit.ContinuousAudit;
import plus.svc.billing.auth.AdminFilter;
import plus.svc.billing.auth.Denials;
import plus.svc.billing.auth.Gate;
import plus.svc.billing.auth.RightsFeature;
import plus.svc.billing.config.JobsSection;
import plus.svc.billing.ingest.Ingest;
import plus.svc.billing.ingest.IngestResource;
import plus.svc.billing.job.JobResource;
import plus.svc.billing.job.Jobs;
import plus.svc.billing.job.StatusResource;
import plus.svc.billing.ops.ApiDescription;
import plus.svc.billing.ops.ApiDescriptionResource;
import plus.svc.billing.ops.DatabaseProbe;
import plus.svc.billing.ops.HealthResource;
import plus.svc.billing.ops.PingResource;
import plus.svc.billing.ops.ReadinessResource;
import plus.svc.billing.platform.web.JsonErrors;
import plus.svc.billing.platform.web.LineEnd;
import plus.svc.billing.platform.web.NoOptions;

/** Everything that answers HTTP, and the guards before it. */
final class HttpEdges {

  private HttpEdges() {}

  /** Registers the guards, the error bodies and the resources. */
  static void register(
      Environment environment,
      AbstractServerFactory server,
      Gate gate,
      JobsSection.Settings settings,
      String image,
      Jobs jobs,
      Ingest ingest,
      DatabaseProbe database,
      OperationServlet operations,
      @Nullable ContinuousAudit audit,
      Denials denials) {
    // Ours speak for everything; Dropwizard's have another shape.
    server.setRegisterDefaultExceptionMappers(false);
    environment
        .getObjectMapper()
        .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
        // Not every reader of amounts knows 1E-7.
        .enable(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN);
    JerseyEnvironment jersey = environment.jersey();
    jersey.register(new JsonErrors());
    jersey.register(new LineEnd());
    jersey.register(new NoOptions());
    jersey.register(new RightsFeature(gate, settings.allowUnauthenticatedLoopback(), denials));
    jersey.register(new ApiDescriptionResource(description(operations)));
    jersey.register(new PingResource(image));
    jersey.register(
        new HealthResource(
            audit == null
                ? jobs::health
                : () -> AuditedHealth.of(jobs.health(), audit.standing())));
    jersey.register(new ReadinessResource(database));
    jersey.register(new JobResource(jobs, settings.answerWithin()));
    jersey.register(
        new StatusResource(
            jobs, () -> audit == null ? null : AuditedHealth.status(audit.standing())));
    jersey.register(new IngestResource(ingest));
    environment
        .admin()
        .addFilter("rights", new AdminFilter(gate, environment.getObjectMapper()))
        .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/*");
    environment
        .admin()
        .addServlet(AdminFilter.OPERATIONS, operations)
        .addMapping(operations.paths());
  }

  private static String description(OperationServlet operations) {
    return ApiDescription.with(
        operations.operations().stream()
            .map(
                operation ->
                    new ApiDescription.AdminCall(
                        operation.name(), operation.inputs(), operation.canApply()))
            .toList());
  }
}
