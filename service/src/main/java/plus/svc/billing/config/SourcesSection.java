package plus.svc.billing.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.pipeline.source.http.CredentialCheck;
import plus.svc.billing.platform.SecretRefs;
import plus.svc.billing.platform.setting.SettingReader;

/**
 * {@code sources}: those listed in the file, and those of the environment beside them: {@code
 * EXPORTER_SOURCES_JSON}, or else the single one of {@code EXPORTER_BASE_URL}.
 */
public record SourcesSection(
    @Nullable String refreshInterval,
    @Nullable String json,
    @Nullable String baseUrl,
    @Nullable List<JsonNode> list) {

  /** Nothing given: every default. */
  public static final SourcesSection EMPTY = new SourcesSection(null, null, null, null);

  /** How often an instance looks for sources that another one was told of. */
  public Duration refreshInterval(SettingReader reader) {
    return reader.interval(
        "SOURCES_REFRESH_INTERVAL (sources.refreshInterval)", refreshInterval, "5s");
  }

  /** Checks the texts, and what the references name; problems go to the reader. */
  public List<SourceSpec> read(SettingReader reader, Duration collectInterval, SecretRefs secrets) {
    SourceListReader sources = new SourceListReader(collectInterval);
    List<SourceSpec> all = new ArrayList<>();
    if (list != null) {
      all.addAll(sources.readAll("sources.list", list));
    }
    if (json != null && !json.isBlank()) {
      all.addAll(sources.readJson("EXPORTER_SOURCES_JSON (sources.json)", json));
    } else if (baseUrl != null && !baseUrl.isBlank()) {
      all.addAll(sources.readBaseUrl("EXPORTER_BASE_URL (sources.baseUrl)", baseUrl));
    }
    reader.problems(sources.problems());
    reader.problems(SourceSpec.problemsOf(all));
    reader.problems(CredentialCheck.problemsOf(all, secrets));
    return List.copyOf(all);
  }
}
