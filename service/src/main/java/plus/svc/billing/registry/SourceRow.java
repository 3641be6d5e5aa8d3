package plus.svc.billing.registry;

/**
 * A row of {@code billing.sources}.
 *
 * @param definition a JSON object by the keys of the settings
 */
public record SourceRow(String sourceId, String definition) {}
