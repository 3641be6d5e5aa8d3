package plus.svc.billing.wallet.payment;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A payment service that is asked again where that may help, always about the same order and never
 * beyond the call's time, and not asked at all for a while after it failed several times: callers
 * then learn at once that there is no answer, and it is left in peace. After the pause one call
 * tries; its answer closes the circuit.
 */
public final class GuardedPayments implements PaymentService {

  private static final int MOST_ATTEMPTS = 3;
  private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(50);
  private static final int CALLS_LOOKED_AT = 6;
  private static final int CALLS_AT_LEAST = 3;
  private static final int FAILURES_PERCENT = 50;

  private final PaymentService service;
  private final PaymentWatch watch;
  private final LongSupplier nanos;
  private final CircuitBreaker circuit;

  /**
   * Guards a service.
   *
   * @param openFor how long it is not asked after too many failures
   */
  public GuardedPayments(
      PaymentService service, Duration openFor, PaymentWatch watch, Clock clock) {
    this.service = service;
    this.watch = watch;
    this.nanos = System::nanoTime;
    this.circuit =
        CircuitBreaker.of(
            "payments",
            CircuitBreakerConfig.custom()
                .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                .slidingWindowSize(CALLS_LOOKED_AT)
                .minimumNumberOfCalls(CALLS_AT_LEAST)
                .failureRateThreshold(FAILURES_PERCENT)
                .waitDurationInOpenState(openFor)
                .permittedNumberOfCallsInHalfOpenState(1)
                .currentTimestampFunction(any -> clock.millis(), TimeUnit.MILLISECONDS)
                .clock(clock)
                .build());
  }

  @Override
  public Payment create(PaymentOrder order, Duration time) throws PaymentFailure {
    return guarded("create", time, left -> service.create(order, left));
  }

  @Override
  public Payment get(String paymentId, Duration time) throws PaymentFailure {
    return guarded("get", time, left -> service.get(paymentId, left));
  }

  /** Whether the service is not asked just now. */
  public boolean isOpen() {
    return circuit.getState() == CircuitBreaker.State.OPEN;
  }

  @Override
  public void close() {
    service.close();
  }

  /** One attempt within what is left of the time. */
  @FunctionalInterface
  private interface Attempt {
    Payment make(Duration left) throws PaymentFailure;
  }

  private Payment guarded(String call, Duration time, Attempt attempt) throws PaymentFailure {
    long began = nanos.getAsLong();
    String outcome = "error";
    try {
      Payment payment = attempts(began, time, attempt);
      outcome = "ok";
      return payment;
    } catch (PaymentFailure e) {
      outcome = e.kind().text();
      throw e;
    } finally {
      watch.called(call, outcome, Duration.ofNanos(nanos.getAsLong() - began));
    }
  }

  private Payment attempts(long began, Duration time, Attempt attempt) throws PaymentFailure {
    for (int made = 1; ; made++) {
      Duration left = time.minusNanos(nanos.getAsLong() - began);
      try {
        return once(left, attempt);
      } catch (PaymentFailure e) {
        boolean inTime =
            time.minusNanos(nanos.getAsLong() - began).compareTo(BETWEEN_ATTEMPTS.multipliedBy(2))
                > 0;
        if (!e.isPassing() || made == MOST_ATTEMPTS || !inTime) {
          throw e;
        }
        pause(e);
      }
    }
  }

  private Payment once(Duration left, Attempt attempt) throws PaymentFailure {
    if (!circuit.tryAcquirePermission()) {
      throw new PaymentFailure(
          PaymentFailure.Kind.CIRCUIT_OPEN, "it failed several times and is left alone for now");
    }
    long began = nanos.getAsLong();
    boolean told = false;
    try {
      Payment payment = attempt.make(left);
      told = true;
      circuit.onSuccess(nanos.getAsLong() - began, TimeUnit.NANOSECONDS);
      return payment;
    } catch (PaymentFailure e) {
      told = true;
      if (e.isOutage()) {
        circuit.onError(nanos.getAsLong() - began, TimeUnit.NANOSECONDS, e);
      } else {
        // It answers, only not what was hoped for.
        circuit.onSuccess(nanos.getAsLong() - began, TimeUnit.NANOSECONDS);
      }
      throw e;
    } finally {
      if (!told) {
        circuit.releasePermission();
      }
    }
  }

  private static void pause(PaymentFailure before) throws PaymentFailure {
    try {
      TimeUnit.NANOSECONDS.sleep(BETWEEN_ATTEMPTS.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw before;
    }
  }
}
