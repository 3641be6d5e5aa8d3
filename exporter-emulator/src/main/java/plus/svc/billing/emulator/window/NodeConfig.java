package plus.svc.billing.emulator.window;

import java.time.Duration;

/**
 * What an exporter is set up with.
 *
 * @param access who may read; flavour A refuses a blank bearer token, as the real one does
 * @param retention how much history is kept, back from the snapshot saved last
 * @param snapshotsEnabled flavour B only: without node id, accounts URL and token the snapshot
 *     routes don't exist and the catch-all page answers instead
 * @param userCounters flavour B only: off means snapshots without samples for ever
 * @param producerEpoch whether a snapshot tells when its counting process started ({@code
 *     started_at}); today's real exporters don't
 * @param pathPrefix what the URL has before {@code /v1}, "" or e.g. {@code /xray-exporter/xhttp}
 */
public record NodeConfig(
    Flavour flavour,
    String nodeId,
    String env,
    Access access,
    Duration retention,
    boolean snapshotsEnabled,
    boolean userCounters,
    boolean producerEpoch,
    String pathPrefix) {
  public static final Duration DEFAULT_RETENTION = Duration.ofDays(3);

  public NodeConfig {
    if (flavour == Flavour.A && access.equals(Access.bearer(""))) {
      throw new IllegalArgumentException("flavour A doesn't start with a blank token");
    }
    if (flavour == Flavour.A && nodeId.isBlank()) {
      throw new IllegalArgumentException("flavour A doesn't start without a node id");
    }
    if (retention.isNegative() || retention.isZero()) {
      throw new IllegalArgumentException("retention must be positive: " + retention);
    }
    if (!pathPrefix.isEmpty() && (!pathPrefix.startsWith("/") || pathPrefix.endsWith("/"))) {
      throw new IllegalArgumentException(
          "path prefix must be empty or like /a/b: \"" + pathPrefix + "\"");
    }
  }

  /** A node as it is set up by default: 72 h of history, no producer epoch, no prefix. */
  public static NodeConfig of(Flavour flavour, String nodeId, String env, Access access) {
    return new NodeConfig(
        flavour, nodeId, env, access, DEFAULT_RETENTION, !nodeId.isBlank(), true, false, "");
  }

  /** Whether snapshots have what was counted in them. */
  public boolean showsCounters() {
    return flavour == Flavour.A || userCounters;
  }

  public NodeConfig withRetention(Duration value) {
    return new NodeConfig(
        flavour,
        nodeId,
        env,
        access,
        value,
        snapshotsEnabled,
        userCounters,
        producerEpoch,
        pathPrefix);
  }

  public NodeConfig withSnapshotsEnabled(boolean value) {
    return new NodeConfig(
        flavour, nodeId, env, access, retention, value, userCounters, producerEpoch, pathPrefix);
  }

  public NodeConfig withUserCounters(boolean value) {
    return new NodeConfig(
        flavour,
        nodeId,
        env,
        access,
        retention,
        snapshotsEnabled,
        value,
        producerEpoch,
        pathPrefix);
  }

  public NodeConfig withProducerEpoch(boolean value) {
    return new NodeConfig(
        flavour, nodeId, env, access, retention, snapshotsEnabled, userCounters, value, pathPrefix);
  }

  public NodeConfig withPathPrefix(String value) {
    return new NodeConfig(
        flavour,
        nodeId,
        env,
        access,
        retention,
        snapshotsEnabled,
        userCounters,
        producerEpoch,
        value);
  }
}
