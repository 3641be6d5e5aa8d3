package plus.svc.billing.emulator.window;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Flavour B's samples: one per account, the sum over its identifiers and inbounds. An identifier
 * that maps to no account is passed through as it is, unless it looks like an e-mail: then it is
 * dropped.
 */
final class SamplesB {
  private SamplesB() {}

  static List<SampleRow> of(List<RawCounter> counters, Identities identities) {
    TreeMap<String, SampleRow> byAccount = new TreeMap<>();
    for (RawCounter counter : counters) {
      String identifier = counter.identifier().strip();
      Optional<Identity> identity = identities.loosely(identifier);
      if (!identifier.isEmpty() && (identity.isPresent() || identifier.indexOf('@') < 0)) {
        String uuid = identity.map(SamplesB::uuid).orElse(identifier);
        String email = identity.map(known -> known.email().toLowerCase(Locale.ROOT)).orElse("");
        byAccount.merge(uuid, row(uuid, email, counter), SamplesB::add);
      }
    }
    return List.copyOf(byAccount.values());
  }

  private static String uuid(Identity identity) {
    return identity.accountUuid().isEmpty() ? identity.proxyUuid() : identity.accountUuid();
  }

  private static SampleRow row(String uuid, String email, RawCounter counter) {
    return switch (counter.direction()) {
      case UPLINK -> new SampleRow(uuid, email, "", counter.value(), 0);
      case DOWNLINK -> new SampleRow(uuid, email, "", 0, counter.value());
    };
  }

  private static SampleRow add(SampleRow sum, SampleRow more) {
    return new SampleRow(
        sum.uuid(),
        sum.email(),
        "",
        // Unchecked like the real one's.
        sum.uplinkBytesTotal() + more.uplinkBytesTotal(),
        sum.downlinkBytesTotal() + more.downlinkBytesTotal());
  }
}
