package plus.svc.billing.config;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.platform.SecretRefs;
import plus.svc.billing.platform.setting.SettingReader;
import plus.svc.billing.wallet.cache.CacheSettings;

/** {@code wallet.cache}: the Redis that reads of accounts may be answered from; none by default. */
public record CacheSection(
    @Nullable String url,
    @Nullable String user,
    @Nullable String credentialRef,
    @Nullable String keyRef,
    @Nullable String caBundleRef,
    @Nullable String ttl,
    @Nullable String timeout) {

  /** Nothing given: no cache. */
  public static final CacheSection EMPTY =
      new CacheSection(null, null, null, null, null, null, null);

  /** Checks the texts, and what the references name; problems go to the reader. Null for none. */
  public @Nullable CacheSettings read(SettingReader reader, SecretRefs secrets) {
    String address = reader.text(url, "");
    if (address.isEmpty()) {
      return null;
    }
    String bundle = reader.text(caBundleRef, "");
    CacheSettings settings;
    try {
      settings =
          new CacheSettings(
              URI.create(address),
              reader.text(user, ""),
              reader.text(credentialRef, ""),
              reader.text(keyRef, ""),
              bundle.isEmpty() ? null : bundle,
              reader.interval("wallet.cache.ttl", ttl, "1s"),
              reader.interval("wallet.cache.timeout", timeout, "50ms"));
    } catch (IllegalArgumentException e) {
      // Not shown: it may hold a password.
      reader.problem("wallet.cache.url is no address: must be rediss://HOST:PORT/DATABASE");
      return null;
    }
    List<String> problems = settings.problems();
    problems.forEach(problem -> reader.problem("wallet.cache." + problem));
    if (problems.isEmpty()) {
      try {
        settings.checkReferences(secrets);
      } catch (IllegalArgumentException e) {
        reader.problem("wallet.cache.keyRef, credentialRef or caBundleRef: " + e.getMessage());
      }
    }
    return settings;
  }

  @Override
  public String toString() {
    return "CacheSection[]";
  }
}
