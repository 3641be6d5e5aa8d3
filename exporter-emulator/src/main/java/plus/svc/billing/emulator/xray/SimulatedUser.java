package plus.svc.billing.emulator.xray;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import plus.svc.billing.emulator.window.Identity;

/**
 * A person with an account.
 *
 * @param identifier what Xray keys the counters by: the proxy UUID, or an e-mail
 */
public record SimulatedUser(String identifier, String accountUuid, String email) {

  /**
   * {@code user01@example.com} and so on from 1, with a proxy UUID equal to the account's, as newer
   * accounts have it. The same number is the same person everywhere.
   */
  public static SimulatedUser numbered(int number) {
    String uuid = String.format(Locale.ROOT, "00000000-0000-4000-8000-%012d", number);
    return new SimulatedUser(
        uuid, uuid, String.format(Locale.ROOT, "user%02d@example.com", number));
  }

  /** The first so many of them. */
  public static List<SimulatedUser> firstNumbered(int count) {
    return IntStream.rangeClosed(1, count).mapToObj(SimulatedUser::numbered).toList();
  }

  public Identity identity() {
    return new Identity(identifier, email, accountUuid);
  }
}
