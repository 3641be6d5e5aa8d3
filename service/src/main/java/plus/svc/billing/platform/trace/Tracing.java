package plus.svc.billing.platform.trace;

import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Switches tracing on where the environment asks for it. */
public final class Tracing {

  private static final List<String> ENDPOINTS =
      List.of("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT");

  private Tracing() {}

  /**
   * Sends traces if an endpoint is named; else does nothing, so that an agent may.
   *
   * @param variables the environment; {@code OTEL_*} as OpenTelemetry defines them
   * @return whether it does
   */
  public static boolean start(Map<String, String> variables) {
    if (ENDPOINTS.stream().allMatch(name -> variables.getOrDefault(name, "").isBlank())) {
      return false;
    }
    Map<String, String> properties = new HashMap<>(DEFAULTS);
    variables.forEach(
        (name, value) -> {
          if (name.startsWith("OTEL_")) {
            properties.put(name.toLowerCase(Locale.ROOT).replace('_', '.'), value);
          }
        });
    AutoConfiguredOpenTelemetrySdk.builder()
        .addPropertiesSupplier(() -> properties)
        .setResultAsGlobal()
        .build();
    return true;
  }

  /** One in twenty traces, over HTTP, and nothing but traces. */
  private static final Map<String, String> DEFAULTS =
      Map.of(
          "otel.service.name", "billing-service",
          "otel.traces.sampler", "parentbased_traceidratio",
          "otel.traces.sampler.arg", "0.05",
          "otel.exporter.otlp.protocol", "http/protobuf",
          "otel.metrics.exporter", "none",
          "otel.logs.exporter", "none");
}
