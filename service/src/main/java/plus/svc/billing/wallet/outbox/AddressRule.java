package plus.svc.billing.wallet.outbox;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * To which addresses a message may go: public ones, and those of private networks where they are
 * allowed. Link-local, multicast, reserved and metadata addresses never, whatever is allowed.
 * Sources: the IANA registries of special-purpose IPv4 and IPv6 addresses.
 */
enum AddressRule {
  /** Public addresses only. */
  PUBLIC,
  /** Public ones, private networks, shared ones (carrier-grade NAT) and loopback. */
  PRIVATE_TOO,
  /** Loopback and nothing else: what plain HTTP may go to. */
  LOOPBACK;

  /** Addresses whose first bits are those of one address. */
  private static final class Block {

    private final byte[] bytes;
    private final int bits;

    Block(byte[] bytes, int bits) {
      this.bytes = bytes;
      this.bits = bits;
    }

    boolean holds(byte[] address) {
      if (address.length != bytes.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit++) {
        int mask = 0x80 >> (bit % Byte.SIZE);
        int at = bit / Byte.SIZE;
        if ((address[at] & mask) != (bytes[at] & mask)) {
          return false;
        }
      }
      return true;
    }
  }

  /** Where clouds answer questions about their machines, beside the link-local ones. */
  private static final List<Block> METADATA =
      List.of(v4(100, 100, 100, 200, 32), v6("fd000ec2", 32), v4(168, 63, 129, 16, 32));

  private static final List<Block> PRIVATE =
      List.of(
          v4(10, 0, 0, 0, 8),
          v4(100, 64, 0, 0, 10),
          v4(127, 0, 0, 0, 8),
          v4(172, 16, 0, 0, 12),
          v4(192, 168, 0, 0, 16),
          v6("fc00", 7),
          v6("00000000000000000000000000000001", 128));

  /** IPv4 that is neither private nor public. */
  private static final List<Block> SPECIAL =
      List.of(
          v4(0, 0, 0, 0, 8),
          v4(169, 254, 0, 0, 16),
          v4(192, 0, 0, 0, 24),
          v4(192, 0, 2, 0, 24),
          v4(192, 88, 99, 0, 24),
          v4(198, 18, 0, 0, 15),
          v4(198, 51, 100, 0, 24),
          v4(203, 0, 113, 0, 24),
          v4(224, 0, 0, 0, 4),
          v4(240, 0, 0, 0, 4));

  /** The part of IPv6 that is given out; all that is mapped, link-local or multicast is beyond. */
  private static final Block GLOBAL = v6("2000", 3);

  /** Protocols' own (Teredo among them), documentation, 6to4, documentation. */
  private static final List<Block> SPECIAL_OF_GLOBAL =
      List.of(v6("2001", 23), v6("20010db8", 32), v6("2002", 16), v6("3fff", 20));

  /** NAT64: how networks without IPv4 reach IPv4 addresses, which are the last four bytes. */
  private static final Block NAT64 = v6("0064ff9b0000000000000000", 96);

  /** Whether a connection to it may be made. */
  boolean allows(InetAddress address) {
    if (this == LOOPBACK) {
      return address.isLoopbackAddress();
    }
    return allows(address.getAddress());
  }

  private boolean allows(byte[] address) {
    if (in(METADATA, address)) {
      return false;
    }
    if (in(PRIVATE, address)) {
      return this == PRIVATE_TOO;
    }
    if (address.length == 4) {
      return !in(SPECIAL, address);
    }
    if (NAT64.holds(address)) {
      return allows(Arrays.copyOfRange(address, 12, 16));
    }
    return GLOBAL.holds(address) && !in(SPECIAL_OF_GLOBAL, address);
  }

  private static boolean in(List<Block> blocks, byte[] address) {
    return blocks.stream().anyMatch(block -> block.holds(address));
  }

  private static Block v4(int a, int b, int c, int d, int bits) {
    return new Block(new byte[] {(byte) a, (byte) b, (byte) c, (byte) d}, bits);
  }

  /** By the first hexadecimal digits; the rest is zero. */
  private static Block v6(String digits, int bits) {
    return new Block(Arrays.copyOf(HexFormat.of().parseHex(digits), 16), bits);
  }
}
