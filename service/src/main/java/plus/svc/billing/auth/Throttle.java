package plus.svc.billing.auth;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Slows down who tries wrong tokens, by remote address: so many at once, then one each while. One
 * address never slows another, and callers who have shown a right token from an address before
 * others failed there are let in all the same: behind a proxy everybody has its address.
 *
 * <p>A bounded number of addresses is remembered; the one that was heard of longest ago is
 * forgotten first. An IPv6 address counts by its first 64 bits, which is what one customer has.
 */
public final class Throttle {

  private static final int IPV6_NETWORK_BYTES = 8;

  private final int failuresAtOnce;
  private final Duration oneEach;
  private final InstantSource clock;
  private final Map<String, Address> addresses;

  /**
   * @param failuresAtOnce wrong tokens an address may try before it has to wait
   * @param oneEach how long it then waits for each further one
   * @param mostAddresses how many are remembered
   */
  public Throttle(int failuresAtOnce, Duration oneEach, int mostAddresses, InstantSource clock) {
    this.failuresAtOnce = failuresAtOnce;
    this.oneEach = oneEach;
    this.clock = clock;
    this.addresses =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Address> eldest) {
            return size() > mostAddresses;
          }
        };
  }

  /** As the service has it: ten at once, then one in six seconds; some megabytes at most. */
  public static Throttle standard(InstantSource clock) {
    return new Throttle(10, Duration.ofSeconds(6), 10_000, clock);
  }

  private static final class Address {
    /** One {@code oneEach} a failure, less the time that went by. */
    long owedMillis;

    long atMillis;
    final Set<String> rightBefore = new HashSet<>();
  }

  /**
   * How long the address has to wait before another token of it is looked at; zero if it needn't.
   */
  synchronized Duration delay(String address) {
    Address known = addresses.get(network(address));
    if (known == null) {
      return Duration.ZERO;
    }
    drain(known);
    return Duration.ofMillis(
        Math.max(0, known.owedMillis - (failuresAtOnce - 1L) * oneEach.toMillis()));
  }

  /** Whether the caller has shown a right token from the address before. */
  synchronized boolean isKnown(String address, String caller) {
    Address known = addresses.get(network(address));
    return known != null && known.rightBefore.contains(caller);
  }

  /** Notes a right token. */
  synchronized void right(String address, String caller) {
    addresses.computeIfAbsent(network(address), key -> new Address()).rightBefore.add(caller);
  }

  /** Notes a wrong token. */
  synchronized void wrong(String address) {
    Address known = addresses.computeIfAbsent(network(address), key -> new Address());
    drain(known);
    known.owedMillis += oneEach.toMillis();
  }

  private void drain(Address address) {
    long now = clock.millis();
    address.owedMillis = Math.max(0, address.owedMillis - Math.max(0, now - address.atMillis));
    address.atMillis = now;
  }

  /** An address literal; no name is looked up. */
  private static String network(String address) {
    try {
      byte[] bytes = InetAddress.getByName(address).getAddress();
      int kept = bytes.length > 4 ? IPV6_NETWORK_BYTES : bytes.length;
      return Arrays.toString(Arrays.copyOf(bytes, kept));
    } catch (UnknownHostException e) {
      return address;
    }
  }
}
