package plus.svc.billing.pipeline.source;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.platform.Loopback;
import plus.svc.billing.platform.SecretRefs;
import plus.svc.billing.quantity.NodeKey;

/**
 * One exporter endpoint as configured: where it is, whom we expect there, how we trust it, how
 * often we ask.
 *
 * <p>The constructor normalises (blank is absent, the URL loses its trailing slashes); {@link
 * #problems()} says what is wrong with one source, {@link #problemsOf} with all of them together,
 * so that a start can refuse with every reason at once.
 *
 * @param nodeId node every snapshot must carry; blank is not checked
 * @param env environment every snapshot must carry; blank is not checked
 * @param baseUrl {@code https://}, or {@code http://} to loopback; may have a path prefix, no
 *     trailing slash
 * @param credentialRef {@code env:NAME}, {@code file:PATH} or {@code systemd:NAME}; never the
 *     secret itself
 * @param caBundleRef {@code file:PATH} or {@code systemd:NAME} of PEM certificates to trust; null
 *     for the system's
 * @param serverName name the server's certificate must carry; null for the URL's host
 * @param requestTimeout for one request as a whole, body included
 * @param billingFrom snapshots up to it only make baselines; {@link Instant#EPOCH} for no bar
 * @param maxBytesPerSecond a faster rise of a node is set aside
 */
public record SourceSpec(
    SourceId id,
    String nodeId,
    String env,
    URI baseUrl,
    boolean enabled,
    AuthMode authMode,
    @Nullable String credentialRef,
    @Nullable String caBundleRef,
    @Nullable String serverName,
    Duration collectInterval,
    Duration requestTimeout,
    SourceMode mode,
    FirstSnapshot firstSnapshot,
    Instant billingFrom,
    long maxBytesPerSecond) {

  /** Longest time one request may take by default. */
  public static final Duration DEFAULT_REQUEST_TIMEOUT = Duration.ofSeconds(15);

  /** 10 Gbit/s: faster than any node we know. */
  public static final long DEFAULT_MAX_BYTES_PER_SECOND = 1_250_000_000L;

  public SourceSpec {
    nodeId = nodeId.strip();
    env = env.strip();
    baseUrl = withoutTrailingSlash(baseUrl);
    credentialRef = blankToNull(credentialRef);
    caBundleRef = blankToNull(caBundleRef);
    serverName = blankToNull(serverName);
  }

  /** What is wrong with this source alone, as sentences that name it; empty if nothing is. */
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    checkUrl(problems);
    checkTrust(problems);
    if (!isPositive(collectInterval)) {
      problems.add(text("collect_interval", collectInterval, "a duration above 0"));
    }
    if (!isPositive(requestTimeout)) {
      problems.add(text("request_timeout", requestTimeout, "a duration above 0"));
    }
    if (maxBytesPerSecond <= 0) {
      problems.add(text("max_bytes_per_second", maxBytesPerSecond, "a whole number above 0"));
    }
    return problems;
  }

  /** What is wrong with the sources, each alone and all together; empty if nothing is. */
  public static List<String> problemsOf(Collection<SourceSpec> sources) {
    List<String> problems = new ArrayList<>();
    Map<SourceId, SourceSpec> byId = new HashMap<>();
    Map<NodeKey, SourceSpec> byNode = new HashMap<>();
    for (SourceSpec source : sources) {
      problems.addAll(source.problems());
      if (byId.putIfAbsent(source.id, source) != null) {
        problems.add("source_id '" + source.id + "' is given twice: must be unique");
      }
      if (source.nodeId.isEmpty()) {
        continue;
      }
      SourceSpec other = byNode.putIfAbsent(new NodeKey(source.env, source.nodeId), source);
      if (other != null && !other.id.equals(source.id)) {
        problems.add(
            String.format(
                Locale.ROOT,
                "sources '%s' and '%s' have the same env '%s' and node_id '%s': two exporters of one"
                    + " node would corrupt each other's counters",
                other.id,
                source.id,
                source.env,
                source.nodeId));
      }
    }
    return problems;
  }

  private void checkUrl(List<String> problems) {
    String scheme = baseUrl.getScheme() == null ? "" : baseUrl.getScheme().toLowerCase(Locale.ROOT);
    String shown = withoutUserInfo(baseUrl);
    if (baseUrl.getHost() == null || !(scheme.equals("https") || scheme.equals("http"))) {
      problems.add(text("base_url", shown, "https://host[:port][/prefix]"));
      return;
    }
    if (scheme.equals("http") && !Loopback.isLiteral(baseUrl.getHost())) {
      problems.add(
          text(
              "base_url", shown, "https:// (plain http:// only to 127.0.0.1, [::1] or localhost)"));
    }
    if (baseUrl.getRawUserInfo() != null
        || baseUrl.getRawQuery() != null
        || baseUrl.getRawFragment() != null) {
      problems.add(text("base_url", shown, "a URL without user info, query or fragment"));
    }
  }

  private void checkTrust(List<String> problems) {
    boolean https = "https".equalsIgnoreCase(baseUrl.getScheme());
    if (authMode == AuthMode.NONE
        && baseUrl.getHost() != null
        && !Loopback.isLiteral(baseUrl.getHost())) {
      problems.add(text("auth_mode", "none", "mtls or bearer (none only to loopback)"));
    }
    if (authMode == AuthMode.MTLS && !https) {
      problems.add(text("auth_mode", "mtls", "bearer or none, since base_url is plain http"));
    }
    if (authMode != AuthMode.NONE && credentialRef == null) {
      problems.add("source '" + id + "': credential_ref is missing: " + REF_FORMS);
    }
    if (credentialRef != null && !SecretRefs.isRef(credentialRef)) {
      // Not shown: someone may have put the secret itself here.
      problems.add("source '" + id + "': credential_ref has another form: " + REF_FORMS);
    }
    if (authMode == AuthMode.MTLS && credentialRef != null && credentialRef.startsWith("env:")) {
      problems.add(
          "source '" + id + "': credential_ref of auth_mode mtls must be " + SecretRefs.FILE_FORMS);
    }
    if (caBundleRef != null && !SecretRefs.isFileRef(caBundleRef)) {
      problems.add(text("ca_bundle_ref", caBundleRef, SecretRefs.FILE_FORMS));
    }
  }

  private static final String REF_FORMS = "must be " + SecretRefs.FORMS;

  private String text(String key, Object value, String allowed) {
    return "source '" + id + "': " + key + " '" + value + "': must be " + allowed;
  }

  private static boolean isPositive(Duration duration) {
    return !duration.isZero() && !duration.isNegative();
  }

  private static @Nullable String blankToNull(@Nullable String value) {
    return value == null || value.isBlank() ? null : value.strip();
  }

  private static URI withoutTrailingSlash(URI url) {
    String text = url.toString().strip();
    int end = text.length();
    while (end > 1 && text.charAt(end - 1) == '/' && text.charAt(end - 2) != ':') {
      end--;
    }
    return end == text.length() ? url : URI.create(text.substring(0, end));
  }

  private static String withoutUserInfo(URI url) {
    String info = url.getRawUserInfo();
    return info == null ? url.toString() : url.toString().replace(info + "@", "...@");
  }
}
