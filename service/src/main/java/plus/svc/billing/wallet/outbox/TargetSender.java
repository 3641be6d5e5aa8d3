package plus.svc.billing.wallet.outbox;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import plus.svc.billing.platform.log.Happening;

/**
 * Sends one target's deliveries, a few at a time and of an account one at a time. A claim in the
 * database says who sends what; nothing is held there while it is sent. A sender that dies leaves
 * its claims to run out, and what it had sent is sent again: at least once.
 */
final class TargetSender {

  private static final Logger LOG = LoggerFactory.getLogger(TargetSender.class);

  /** A claim outlasts its request by far, resolving the name and writing the outcome included. */
  private static final Duration CLAIM_BEYOND_TIMEOUT = Duration.ofSeconds(30);

  private static final Duration LONGEST_TURN = Duration.ofSeconds(5);
  private static final long LOOK_MILLIS = 200;

  private final WebhookTarget target;
  private final WebhookClient client;
  private final OutboxDao deliveries;
  private final RetryPolicy retries;
  private final DeliveryWatch watch;
  private final InstantSource clock;
  private final ThreadPoolExecutor pool;

  private final Semaphore free = new Semaphore(WebhookConnections.AT_A_TIME);
  private volatile boolean stopping;
  private volatile @Nullable Instant failsSince;
  private volatile Outcome lastOutcome = Outcome.DELIVERED;

  TargetSender(
      WebhookTarget target,
      WebhookClient client,
      OutboxDao deliveries,
      RetryPolicy retries,
      DeliveryWatch watch,
      InstantSource clock,
      ThreadPoolExecutor pool) {
    this.target = target;
    this.client = client;
    this.deliveries = deliveries;
    this.retries = retries;
    this.watch = watch;
    this.clock = clock;
    this.pool = pool;
  }

  WebhookTarget target() {
    return target;
  }

  /** Since when no attempt of ours reached it; null if the last one did. */
  @Nullable Instant failsSince() {
    return failsSince;
  }

  Outcome lastOutcome() {
    return lastOutcome;
  }

  /** Sends what is due, until nothing is or it took long enough; what is on its way goes on. */
  void turn() {
    long began = System.nanoTime();
    try {
      while (!stopping && System.nanoTime() - began < LONGEST_TURN.toNanos()) {
        if (!free.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
          continue;
        }
        int slots = 1 + free.drainPermits();
        int taken = send(slots);
        if (taken == 0 && !otherEnds()) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Nothing more is begun. */
  void stop() {
    stopping = true;
  }

  /** Where something is on its way, the account's next may be due when it ends. */
  private boolean otherEnds() throws InterruptedException {
    int idle = free.availablePermits();
    if (idle >= WebhookConnections.AT_A_TIME) {
      return false;
    }
    if (free.tryAcquire(idle + 1, LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
      free.release(idle + 1);
    }
    return true;
  }

  private int send(int slots) {
    UUID claim = UUID.randomUUID();
    long millis = target.timeout().plus(CLAIM_BEYOND_TIMEOUT).toMillis();
    int begun = 0;
    try {
      List<Due> due = deliveries.claim(target.name(), claim, millis, slots);
      for (Due delivery : due) {
        pool.execute(
            () -> {
              try {
                deliver(delivery, claim);
              } finally {
                free.release();
              }
            });
        begun++;
      }
    } catch (RejectedExecutionException e) {
      // It stops; what was claimed is sent when the claim is over.
      stopping = true;
    } finally {
      free.release(slots - begun);
    }
    return begun;
  }

  private void deliver(Due delivery, UUID claim) {
    long began = System.nanoTime();
    Outcome outcome;
    try {
      outcome = client.send(Message.of(delivery));
    } catch (RuntimeException e) {
      LOG.error(Happening.NOTICE_FAILED, "{}: a delivery broke off", target.name(), e);
      outcome = Outcome.ERROR;
    }
    watch.attempted(target.name(), outcome, System.nanoTime() - began);
    note(outcome);
    try {
      mark(delivery, claim, outcome);
    } catch (RuntimeException e) {
      // The claim runs out, and it is sent again.
      LOG.error(Happening.DATABASE_FAILED, "{}: an outcome could not be written", target.name(), e);
    }
  }

  private void mark(Due delivery, UUID claim, Outcome outcome) {
    if (outcome == Outcome.DELIVERED) {
      deliveries.delivered(delivery.accountUuid(), target.name(), delivery.seq(), claim);
      return;
    }
    Optional<String> state =
        deliveries.failed(
            delivery.accountUuid(),
            target.name(),
            delivery.seq(),
            claim,
            outcome.text(),
            retries.pauseAfter(delivery.attempts(), ThreadLocalRandom.current()).toMillis(),
            retries.mostAttempts(),
            retries.longestAge().toMillis());
    if (state.orElse("").equals("dead")) {
      LOG.warn(
          Happening.NOTICE_DEAD,
          "{}: notice {} is a dead letter after {} attempts: {}",
          target.name(),
          delivery.id(),
          delivery.attempts(),
          outcome.words());
    }
  }

  private synchronized void note(Outcome outcome) {
    Outcome before = lastOutcome;
    lastOutcome = outcome;
    if (outcome == Outcome.DELIVERED) {
      failsSince = null;
      return;
    }
    if (failsSince == null) {
      failsSince = clock.instant();
    }
    if (before != outcome) {
      LOG.warn(Happening.NOTICE_FAILED, "webhook {} fails: {}", target.name(), outcome.words());
    }
  }
}
