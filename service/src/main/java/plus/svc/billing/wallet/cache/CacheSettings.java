package plus.svc.billing.wallet.cache;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.platform.ClientTls;
import plus.svc.billing.platform.Loopback;
import plus.svc.billing.platform.SecretRefs;

/**
 * Where the cache is.
 *
 * @param url {@code rediss://host:port/database}; {@code redis://} to loopback alone
 * @param user of Redis' access lists, '' for the default one
 * @param credentialRef the user's password, '' if none is needed
 * @param keyRef what values are sealed with; the same on all instances
 * @param caBundleRef PEM authorities to trust, null for the JDK's
 * @param ttl how old a value may be
 * @param timeout for connecting and for an answer
 */
public record CacheSettings(
    URI url,
    String user,
    String credentialRef,
    String keyRef,
    @Nullable String caBundleRef,
    Duration ttl,
    Duration timeout) {

  private static final int DEFAULT_PORT = 6379;
  private static final Duration LONGEST_TTL = Duration.ofMinutes(1);
  private static final Duration LONGEST_TIMEOUT = Duration.ofSeconds(1);

  /** What is wrong with it, each as {@code key is 'value': must be ...}; no secret in it. */
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
    if (url.getHost() == null || url.getRawUserInfo() != null) {
      // Not shown: it may hold a password.
      problems.add("url must be rediss://HOST:PORT/DATABASE, without a user");
    } else if (!scheme.equals("rediss")
        && !(scheme.equals("redis") && Loopback.isLiteral(url.getHost()))) {
      problems.add("url begins with '" + scheme + ":': must be rediss; redis only to loopback");
    } else if (!path().matches("[0-9]{0,4}")) {
      problems.add("url has the path '/" + path() + "': must be the number of a database");
    }
    if (!credentialRef.isEmpty() && !SecretRefs.isRef(credentialRef)) {
      problems.add("credentialRef must be " + SecretRefs.FORMS);
    }
    if (!SecretRefs.isRef(keyRef)) {
      problems.add("keyRef must be " + SecretRefs.FORMS);
    }
    if (caBundleRef != null && !SecretRefs.isFileRef(caBundleRef)) {
      problems.add("caBundleRef is '" + caBundleRef + "': must be " + SecretRefs.FILE_FORMS);
    }
    if (ttl.compareTo(LONGEST_TTL) > 0) {
      problems.add("ttl is " + ttl + ": must be at most " + LONGEST_TTL);
    }
    if (timeout.compareTo(LONGEST_TIMEOUT) > 0 || timeout.toMillis() < 1) {
      problems.add("timeout is " + timeout + ": must be 1ms to 1s");
    }
    return problems;
  }

  /**
   * Reads what the references name, once.
   *
   * @throws IllegalArgumentException if it cannot be read or is unfit; holds nothing of it
   */
  public void checkReferences(SecretRefs secrets) {
    if (!credentialRef.isEmpty()) {
      secrets.resolve(credentialRef);
    }
    new SealedValue(secrets.resolve(keyRef));
    ClientTls.trusting(ClientTls.bundle(caBundleRef, secrets));
  }

  boolean isTls() {
    return "rediss".equalsIgnoreCase(url.getScheme());
  }

  int port() {
    return url.getPort() < 0 ? DEFAULT_PORT : url.getPort();
  }

  int database() {
    return path().isEmpty() ? 0 : Integer.parseInt(path());
  }

  private String path() {
    String path = url.getRawPath() == null ? "" : url.getRawPath();
    return path.startsWith("/") ? path.substring(1) : path;
  }
}
