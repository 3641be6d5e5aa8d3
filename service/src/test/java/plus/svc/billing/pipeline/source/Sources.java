package plus.svc.billing.pipeline.source;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Source specifications that read like a configuration. */
public record Sources(
    String id,
    String nodeId,
    String env,
    URI baseUrl,
    AuthMode authMode,
    @Nullable String credentialRef,
    @Nullable String caBundleRef,
    @Nullable String serverName,
    Duration interval,
    Duration timeout,
    Instant billingFrom) {

  /** A source without authentication, of any node. */
  public static Sources at(URI baseUrl) {
    return new Sources(
        "jp",
        "",
        "",
        baseUrl,
        AuthMode.NONE,
        null,
        null,
        null,
        Duration.ofMinutes(1),
        Duration.ofSeconds(10),
        Instant.EPOCH);
  }

  public Sources named(String value) {
    return new Sources(
        value,
        nodeId,
        env,
        baseUrl,
        authMode,
        credentialRef,
        caBundleRef,
        serverName,
        interval,
        timeout,
        billingFrom);
  }

  public Sources of(String newEnv, String newNode) {
    return new Sources(
        id,
        newNode,
        newEnv,
        baseUrl,
        authMode,
        credentialRef,
        caBundleRef,
        serverName,
        interval,
        timeout,
        billingFrom);
  }

  public Sources bearer(String ref) {
    return new Sources(
        id,
        nodeId,
        env,
        baseUrl,
        AuthMode.BEARER,
        ref,
        caBundleRef,
        serverName,
        interval,
        timeout,
        billingFrom);
  }

  public Sources mtls(String ref) {
    return new Sources(
        id,
        nodeId,
        env,
        baseUrl,
        AuthMode.MTLS,
        ref,
        caBundleRef,
        serverName,
        interval,
        timeout,
        billingFrom);
  }

  public Sources trusting(String ref) {
    return new Sources(
        id,
        nodeId,
        env,
        baseUrl,
        authMode,
        credentialRef,
        ref,
        serverName,
        interval,
        timeout,
        billingFrom);
  }

  public Sources serverNamed(String name) {
    return new Sources(
        id,
        nodeId,
        env,
        baseUrl,
        authMode,
        credentialRef,
        caBundleRef,
        name,
        interval,
        timeout,
        billingFrom);
  }

  public Sources every(Duration value) {
    return new Sources(
        id,
        nodeId,
        env,
        baseUrl,
        authMode,
        credentialRef,
        caBundleRef,
        serverName,
        value,
        timeout,
        billingFrom);
  }

  public Sources within(Duration value) {
    return new Sources(
        id,
        nodeId,
        env,
        baseUrl,
        authMode,
        credentialRef,
        caBundleRef,
        serverName,
        interval,
        value,
        billingFrom);
  }

  public Sources billingFrom(Instant value) {
    return new Sources(
        id,
        nodeId,
        env,
        baseUrl,
        authMode,
        credentialRef,
        caBundleRef,
        serverName,
        interval,
        timeout,
        value);
  }

  public SourceSpec spec() {
    return spec(SourceMode.WINDOW);
  }

  public SourceSpec spec(SourceMode mode) {
    return new SourceSpec(
        new SourceId(id),
        nodeId,
        env,
        baseUrl,
        true,
        authMode,
        credentialRef,
        caBundleRef,
        serverName,
        interval,
        timeout,
        mode,
        FirstSnapshot.BASELINE,
        billingFrom,
        SourceSpec.DEFAULT_MAX_BYTES_PER_SECOND);
  }
}
