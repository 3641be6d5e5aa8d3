package plus.svc.billing.demo.wallet;

import java.util.ArrayList;
import java.util.List;

/** What one service was answered, added up as it would add it up itself. */
final class Books {

  private static final int MOST_COMPLAINTS = 5;

  private final List<String> complaints = new ArrayList<>();
  private Effect effect = Effect.NONE;
  private long done;
  private long refused;
  private long repeated;

  /**
   * The sums.
   *
   * @param done operations that were done
   * @param refused operations that were refused for good, such as for want of money
   * @param repeated how often something was sent again that was answered before
   * @param complaints answers that no service should get; some of them
   */
  record Sums(long done, long refused, long repeated, Effect effect, List<String> complaints) {}

  /** The first answer to a key. */
  synchronized void answered(Call call, Reply reply) {
    if (reply.done()) {
      done++;
      effect = effect.and(call.effect().apply(reply.data()));
    } else {
      refused++;
    }
  }

  /** A later answer to the same key. */
  synchronized void answeredAgain(Call call, Reply first, Reply again) {
    repeated++;
    if (!again.equals(first)) {
      complain(call.path() + " was answered otherwise when it was sent again: " + again);
    }
  }

  synchronized void complain(String about) {
    if (complaints.size() < MOST_COMPLAINTS) {
      complaints.add(about);
    }
  }

  synchronized Sums sums() {
    return new Sums(done, refused, repeated, effect, List.copyOf(complaints));
  }
}
