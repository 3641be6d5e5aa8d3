package plus.svc.billing.demo.wallet;

import java.io.IOException;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A service of the platform that uses the wallet: it sends each call under a key of its own, again
 * where the answer was lost, at times twice for no reason, and at times something else under an old
 * key.
 */
final class PlatformService {

  /** For want of money; a hold that expired or ended before; what a service must reckon with. */
  private static final Set<String> EXPECTED = Set.of("190102", "190805");

  private static final int MOST_TRIES = 20;
  private static final long PAUSE_MILLIS = 25;

  private final String name;
  private final Caller caller;
  private final Random random;
  private final Books books = new Books();
  private int keys;

  PlatformService(String name, Caller caller, long seed) {
    this.name = name;
    this.caller = caller;
    this.random = new Random(seed);
  }

  /** What it does in one turn. */
  interface Work {
    void turn(PlatformService service, Random random);
  }

  String name() {
    return name;
  }

  Caller caller() {
    return caller;
  }

  Books books() {
    return books;
  }

  /** Works until it is told to stop. */
  void run(Work work, BooleanSupplier stopped) {
    while (!stopped.getAsBoolean()) {
      work.turn(this, random);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS));
    }
  }

  /** Makes a call, whatever happens on the way, and notes what was answered. */
  Reply send(Call call) {
    String key = name + "-" + ++keys;
    if (random.nextInt(10) == 0) {
      caller.callAndVanish(call, key);
    }
    Reply reply = untilAnswered(call, key);
    if (!reply.done() && !EXPECTED.contains(reply.code())) {
      books.complain(call.path() + " was refused with " + reply.code());
    }
    books.answered(call, reply);
    if (random.nextInt(8) == 0) {
      books.answeredAgain(call, reply, untilAnswered(call, key));
    }
    if (random.nextInt(25) == 0) {
      mustConflict(call.altered(), key);
    }
    return reply;
  }

  /** Asks something that moves nothing. */
  void ask(Call call) {
    Reply reply = untilAnswered(call, "");
    if (!reply.done()) {
      books.complain(call.path() + " was refused with " + reply.code());
    }
  }

  private void mustConflict(Call other, String key) {
    boolean isOther = other.body().has("count") || other.body().has("amount");
    if (isOther && !untilAnswered(other, key).code().equals("409")) {
      books.complain("another " + other.path() + " under the same key was not refused");
    }
  }

  private Reply untilAnswered(Call call, String key) {
    String trouble = "no answer";
    for (int attempt = 0; attempt < MOST_TRIES; attempt++) {
      try {
        Reply reply = caller.call(call, key);
        if (!reply.unknown()) {
          return reply;
        }
      } catch (IOException e) {
        trouble = e.toString();
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
    }
    return Reply.refused(trouble);
  }
}
