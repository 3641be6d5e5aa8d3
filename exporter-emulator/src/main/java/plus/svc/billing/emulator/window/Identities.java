package plus.svc.billing.emulator.window;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The accounts service's directory, looked up the way each exporter does it. */
public final class Identities {
  private final Map<String, Identity> byProxyUuid = new HashMap<>();
  private final Map<String, Identity> folded = new HashMap<>();

  public Identities(Collection<Identity> known) {
    for (Identity identity : known) {
      byProxyUuid.put(identity.proxyUuid(), identity);
      fold(identity.proxyUuid(), identity);
      fold(identity.accountUuid(), identity);
      fold(identity.email(), identity);
    }
  }

  public static Identities none() {
    return new Identities(List.of());
  }

  /** Flavour A: the proxy UUID, spelled exactly so. */
  Optional<Identity> exactly(String identifier) {
    return Optional.ofNullable(byProxyUuid.get(identifier));
  }

  /** Flavour B: proxy UUID, account UUID or e-mail, in any case. */
  Optional<Identity> loosely(String identifier) {
    return Optional.ofNullable(folded.get(identifier.toLowerCase(Locale.ROOT)));
  }

  private void fold(String key, Identity identity) {
    if (!key.isEmpty()) {
      folded.put(key.toLowerCase(Locale.ROOT), identity);
    }
  }
}
