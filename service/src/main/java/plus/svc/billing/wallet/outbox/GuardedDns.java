package plus.svc.billing.wallet.outbox;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.apache.hc.client5.http.DnsResolver;

/**
 * Resolves names to addresses that may be connected to. The client connects to what this gives and
 * asks nobody else, so that a name which resolves to something else a moment later changes nothing.
 * One address that is not allowed refuses the name as a whole.
 */
final class GuardedDns implements DnsResolver {

  private final DnsResolver names;
  private final AddressRule rule;

  GuardedDns(DnsResolver names, AddressRule rule) {
    this.names = names;
    this.rule = rule;
  }

  /** A name that leads where nothing may be sent. */
  static final class Refused extends UnknownHostException {
    private static final long serialVersionUID = 1L;
  }

  @Override
  public InetAddress[] resolve(String host) throws UnknownHostException {
    InetAddress[] addresses = names.resolve(host);
    for (InetAddress address : addresses) {
      if (!rule.allows(address)) {
        throw new Refused();
      }
    }
    return addresses;
  }

  @Override
  public String resolveCanonicalHostname(String host) throws UnknownHostException {
    return names.resolveCanonicalHostname(host);
  }
}
