package plus.svc.billing.wallet.outbox;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.platform.ClientTls;
import plus.svc.billing.platform.Loopback;
import plus.svc.billing.platform.SecretRefs;

/**
 * Who is told, where and of what.
 *
 * @param name in rows, logs and metrics
 * @param secretRef what the messages are signed with; read for each of them
 * @param kinds of notices that it gets
 * @param timeout for a request as a whole
 * @param caBundleRef PEM authorities to trust, null for the JDK's
 * @param allowPrivate whether its address may be a private one, or loopback
 */
public record WebhookTarget(
    String name,
    URI url,
    String secretRef,
    Set<NoticeKind> kinds,
    Duration timeout,
    @Nullable String caBundleRef,
    boolean allowPrivate) {

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,39}");
  private static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(1);

  public WebhookTarget {
    kinds = Set.copyOf(kinds.isEmpty() ? EnumSet.allOf(NoticeKind.class) : kinds);
  }

  /** Whether it is reached without TLS: loopback alone. */
  boolean isPlain() {
    return "http".equalsIgnoreCase(url.getScheme());
  }

  /** What is wrong with it, each as {@code key is 'value': must be ...}; no secret in it. */
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    if (!NAME.matcher(name).matches()) {
      problems.add("name is '" + name + "': must be 1 to 40 of a-z, 0-9, - and _");
    }
    String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
    String host = url.getHost();
    if (host == null || url.getRawUserInfo() != null || url.getRawFragment() != null) {
      // Not shown: it may hold a password.
      problems.add("url must be a whole address with a host, without a user and without #");
    } else if (!scheme.equals("https") && !(scheme.equals("http") && isAllowedPlain(host))) {
      problems.add(
          "url begins with '"
              + scheme
              + ":': must be https; http only to a loopback address and with allowPrivate: true");
    }
    if (!SecretRefs.isRef(secretRef)) {
      problems.add("secretRef must be " + SecretRefs.FORMS);
    }
    if (caBundleRef != null && !SecretRefs.isFileRef(caBundleRef)) {
      problems.add("caBundleRef is '" + caBundleRef + "': must be " + SecretRefs.FILE_FORMS);
    }
    if (timeout.compareTo(LONGEST_TIMEOUT) > 0) {
      problems.add("timeout is " + timeout + ": must be at most " + LONGEST_TIMEOUT);
    }
    return problems;
  }

  /**
   * Reads what the references name, once.
   *
   * @throws IllegalArgumentException if it cannot be read or is unfit; holds nothing of it
   */
  public void checkReferences(SecretRefs secrets) {
    WebhookSignature.with(secrets.resolve(secretRef));
    ClientTls.trusting(ClientTls.bundle(caBundleRef, secrets));
  }

  private boolean isAllowedPlain(String host) {
    return allowPrivate && Loopback.isLiteral(host);
  }
}
