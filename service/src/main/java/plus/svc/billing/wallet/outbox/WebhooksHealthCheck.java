package plus.svc.billing.wallet.outbox;

import com.codahale.metrics.health.HealthCheck;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Ill while a target could not be reached for long; the service itself does its work all the same.
 */
final class WebhooksHealthCheck extends HealthCheck {

  private static final Duration LONG = Duration.ofMinutes(15);

  private final List<TargetSender> senders;
  private final InstantSource clock;

  WebhooksHealthCheck(List<TargetSender> senders, InstantSource clock) {
    this.senders = List.copyOf(senders);
    this.clock = clock;
  }

  @Override
  protected Result check() {
    List<String> failing = new ArrayList<>();
    for (TargetSender sender : senders) {
      Instant since = sender.failsSince();
      if (since != null && Duration.between(since, clock.instant()).compareTo(LONG) >= 0) {
        failing.add(
            sender.target().name() + " fails since " + since + ": " + sender.lastOutcome().words());
      }
    }
    return failing.isEmpty()
        ? Result.healthy()
        : Result.unhealthy("%s", String.join("; ", failing));
  }
}
