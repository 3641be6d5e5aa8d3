package plus.svc.billing.wallet.outbox;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.jdbi.v3.core.Jdbi;
import plus.svc.billing.platform.SecretRefs;

/** Notices, targets and senders of a test. */
final class OutboxWorld {

  static final String SECRET = "whsec_" + "c2VjcmV0LW9mLXRoZS10ZXN0cy1vZi10aGUtb3V0Ym94";
  static final Instant AT = Instant.parse("2026-04-08T10:00:00Z");
  static final RetryPolicy QUICK =
      new RetryPolicy(Duration.ofMillis(5), Duration.ofMillis(40), 1_000, Duration.ofHours(24));

  private final Jdbi jdbi;
  private final List<Notifications> running = new ArrayList<>();

  OutboxWorld(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  static WebhookTarget target(String name, URI url) {
    return new WebhookTarget(
        name, url, "env:HOOK_SECRET", Set.of(), Duration.ofSeconds(5), null, true);
  }

  static WebhookTarget impatient(WebhookTarget target, Duration timeout) {
    return new WebhookTarget(
        target.name(),
        target.url(),
        target.secretRef(),
        target.kinds(),
        timeout,
        target.caBundleRef(),
        target.allowPrivate());
  }

  static OutboxPolicy policy(RetryPolicy retries) {
    return new OutboxPolicy(
        retries, Duration.ofMillis(20), Duration.ofDays(30), Duration.ofDays(90));
  }

  static SecretRefs secrets() {
    return new SecretRefs(Map.of("HOOK_SECRET", SECRET));
  }

  Notifications start(RetryPolicy retries, WebhookTarget... targets) {
    return start(retries, SystemDefaultDnsResolver.INSTANCE, targets);
  }

  Notifications start(RetryPolicy retries, DnsResolver names, WebhookTarget... targets) {
    Notifications notifications =
        new Notifications(
            List.of(targets),
            policy(retries),
            jdbi,
            secrets(),
            names,
            DeliveryWatch.NONE,
            Clock.systemUTC());
    notifications.start();
    running.add(notifications);
    return notifications;
  }

  /** Adds notices of an account, numbered from one on, in a transaction. */
  void add(UUID account, int count, WebhookTarget... targets) {
    Outbox outbox = new Outbox(List.of(targets));
    List<Notice> notices = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      notices.add(
          new Notice(account, NoticeKind.BALANCE_LOW, AT, Map.of("n", Integer.toString(i))));
    }
    jdbi.useTransaction(handle -> outbox.add(handle, notices));
  }

  /** How many deliveries of a target are in a state. */
  long count(String target, String state) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    "SELECT count(*) FROM billing.notice_deliveries"
                        + " WHERE target = :target AND state = :state")
                .bind("target", target)
                .bind("state", state)
                .mapTo(Long.class)
                .one());
  }

  /** Lets time pass for a target's deliveries: what is kept of them becomes so much older. */
  void age(String target, Duration by) {
    jdbi.useHandle(
        handle ->
            handle
                .createUpdate(
                    "UPDATE billing.notice_deliveries SET since = since - :by * INTERVAL '1 second',"
                        + " next_at = next_at - :by * INTERVAL '1 second',"
                        + " ended_at = ended_at - :by * INTERVAL '1 second'"
                        + " WHERE target = :target")
                .bind("by", by.toSeconds())
                .bind("target", target)
                .execute());
  }

  /** Ends every sender. */
  void stop() throws InterruptedException {
    for (Notifications notifications : running) {
      notifications.stop();
    }
    running.clear();
  }
}
