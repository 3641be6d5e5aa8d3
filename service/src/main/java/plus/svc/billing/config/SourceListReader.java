package plus.svc.billing.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import plus.svc.billing.pipeline.source.AuthMode;
import plus.svc.billing.pipeline.source.FirstSnapshot;
import plus.svc.billing.pipeline.source.SourceId;
import plus.svc.billing.pipeline.source.SourceMode;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.platform.setting.DurationText;
import plus.svc.billing.platform.setting.SettingReader;

/**
 * Reads source objects, the keys of the earlier writer ({@code expected_node_id}, {@code
 * timeout_seconds}, ...) and the newer ones side by side; collects every problem instead of
 * stopping at the first. A source that names no {@code auth_mode} sends the platform's token.
 */
public final class SourceListReader {

  static final String PLATFORM_CREDENTIAL = "env:INTERNAL_SERVICE_TOKEN";

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final Map<String, AuthMode> AUTH_MODES =
      Map.of("mtls", AuthMode.MTLS, "bearer", AuthMode.BEARER, "none", AuthMode.NONE);
  private static final Map<String, SourceMode> MODES =
      Map.of("window", SourceMode.WINDOW, "latest", SourceMode.LATEST, "dual", SourceMode.DUAL);
  private static final Map<String, FirstSnapshot> FIRST =
      Map.of("baseline", FirstSnapshot.BASELINE, "from-zero", FirstSnapshot.FROM_ZERO);

  private final Duration collectInterval;
  private final List<String> problems = new ArrayList<>();

  /**
   * Makes a reader that has found no problem yet.
   *
   * @param collectInterval of a source that names none
   */
  public SourceListReader(Duration collectInterval) {
    this.collectInterval = collectInterval;
  }

  /** What was wrong in everything read so far. */
  public List<String> problems() {
    return List.copyOf(problems);
  }

  /** Reads a JSON array of objects. */
  List<SourceSpec> readJson(String name, String text) {
    try {
      JsonNode root = JSON.readTree(text);
      if (root.isNull() || (root.isArray() && root.isEmpty())) {
        problems.add(name + " is empty: must define at least one source");
      } else if (root instanceof ArrayNode array) {
        List<JsonNode> nodes = new ArrayList<>();
        array.forEach(nodes::add);
        return readAll(name, nodes);
      } else {
        problems.add(name + " holds one value: must be a JSON array of source objects");
      }
    } catch (JsonProcessingException e) {
      // Jackson's own message quotes the text.
      problems.add(
          String.format(
              Locale.ROOT,
              "%s is no JSON (line %d, column %d): must be a JSON array of source objects",
              name,
              e.getLocation().getLineNr(),
              e.getLocation().getColumnNr()));
    }
    return List.of();
  }

  /** The single source of the shim: {@code default}, no expectations about node and env. */
  List<SourceSpec> readBaseUrl(String name, String url) {
    return url(name, "must be https://host[:port][/prefix]", url)
        .map(
            baseUrl ->
                new SourceSpec(
                    new SourceId("default"),
                    "",
                    "",
                    baseUrl,
                    true,
                    AuthMode.BEARER,
                    PLATFORM_CREDENTIAL,
                    null,
                    null,
                    collectInterval,
                    SourceSpec.DEFAULT_REQUEST_TIMEOUT,
                    SourceMode.WINDOW,
                    FirstSnapshot.BASELINE,
                    Instant.EPOCH,
                    SourceSpec.DEFAULT_MAX_BYTES_PER_SECOND))
        .stream()
        .toList();
  }

  /** Reads one object after another; those that lack an id or a URL are left out. */
  public List<SourceSpec> readAll(String name, List<JsonNode> nodes) {
    List<SourceSpec> sources = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      String where = name + "[" + i + "]";
      if (nodes.get(i).isObject()) {
        read(new SourceFields(where, nodes.get(i), problems)).ifPresent(sources::add);
      } else {
        problems.add(where + " is no object: must be {\"source_id\": ..., \"base_url\": ...}");
      }
    }
    return sources;
  }

  private Optional<SourceSpec> read(SourceFields fields) {
    String id = fields.text("source_id", "");
    String baseUrl = fields.text("base_url", "");
    if (id.isEmpty() || baseUrl.isEmpty()) {
      fields.problem((id.isEmpty() ? "source_id" : "base_url") + " is missing");
      return Optional.empty();
    }
    boolean platformToken = fields.text("auth_mode", "").isEmpty();
    String credential = fields.text("credential_ref", platformToken ? PLATFORM_CREDENTIAL : "");
    SourceFields named = fields.named("source '" + id + "'");
    Optional<URI> url =
        url("source '" + id + "': base_url", "must be https://host[:port][/prefix]", baseUrl);
    SourceSpec spec =
        new SourceSpec(
            new SourceId(id),
            named.either("node_id", "expected_node_id"),
            named.either("env", "expected_env"),
            url.orElse(URI.create("https://unreadable.invalid")),
            named.flag("enabled", true),
            named.choice("auth_mode", "bearer", AUTH_MODES),
            credential,
            named.text("ca_bundle_ref", ""),
            named.text("server_name", ""),
            named.parsed(
                "collect_interval", collectInterval, "a duration such as 1m", DurationText::parse),
            requestTimeout(named),
            named.choice("mode", "window", MODES),
            named.choice("first_snapshot", "baseline", FIRST),
            named.parsed(
                "billing_from",
                Instant.EPOCH,
                "an instant such as 2026-01-31T00:00:00Z",
                Instant::parse),
            named.wholeNumber("max_bytes_per_second", SourceSpec.DEFAULT_MAX_BYTES_PER_SECOND));
    return url.map(known -> spec);
  }

  private static Duration requestTimeout(SourceFields fields) {
    long seconds = fields.wholeNumber("timeout_seconds", 0L);
    boolean given = seconds > 0 && seconds <= Integer.MAX_VALUE;
    return fields.parsed(
        "request_timeout",
        given ? Duration.ofSeconds(seconds) : SourceSpec.DEFAULT_REQUEST_TIMEOUT,
        "a duration such as 15s",
        DurationText::parse);
  }

  private Optional<URI> url(String name, String allowed, String text) {
    try {
      return Optional.of(URI.create(text.strip()));
    } catch (IllegalArgumentException e) {
      String shown = SettingReader.shown(text.replaceAll("//[^/]*@", "//...@"));
      problems.add(name + " is '" + shown + "': " + allowed);
      return Optional.empty();
    }
  }
}
