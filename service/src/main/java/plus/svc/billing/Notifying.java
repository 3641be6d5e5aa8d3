package plus.svc.billing;

import io.dropwizard.core.setup.Environment;
import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;
import org.jdbi.v3.core.Jdbi;
import plus.svc.billing.admin.NotificationsOperation;
import plus.svc.billing.admin.NotificationsReplayOperation;
import plus.svc.billing.admin.Operation;
import plus.svc.billing.config.WalletSection;
import plus.svc.billing.metrics.NoticeMetrics;
import plus.svc.billing.platform.Pulse;
import plus.svc.billing.platform.SecretRefs;
import plus.svc.billing.wallet.outbox.Letters;
import plus.svc.billing.wallet.outbox.Notifications;
import plus.svc.billing.wallet.outbox.Outbox;
import plus.svc.billing.wallet.outbox.WebhookTarget;

/** What tells other systems of accounts, put together. */
final class Notifying {

  private final Outbox outbox;
  private final List<Operation> operations;

  private Notifying(Outbox outbox, List<Operation> operations) {
    this.outbox = outbox;
    this.operations = List.copyOf(operations);
  }

  /** Makes it, and registers it with the environment. */
  static Notifying wire(
      WalletSection.Settings wallet,
      Jdbi jdbi,
      SecretRefs secrets,
      Environment environment,
      NoticeMetrics metrics,
      Consumer<Pulse> pulses,
      Clock clock) {
    List<WebhookTarget> webhooks = wallet.webhooks();
    Notifications notifications =
        new Notifications(webhooks, wallet.outbox(), jdbi, secrets, metrics, clock);
    metrics.targets(webhooks.stream().map(WebhookTarget::name).toList(), notifications::standings);
    environment.lifecycle().manage(notifications);
    notifications
        .loops()
        .forEach(
            (name, loop) -> {
              environment.healthChecks().register(name, loop);
              pulses.accept(loop.pulse());
            });
    environment.healthChecks().register("webhooks", notifications.health());
    Letters letters = new Letters(jdbi, webhooks);
    return new Notifying(
        new Outbox(webhooks),
        List.of(new NotificationsOperation(letters), new NotificationsReplayOperation(letters)));
  }

  /** Where notices are put. */
  Outbox outbox() {
    return outbox;
  }

  /** What operators can ask of it. */
  List<Operation> operations() {
    return operations;
  }
}
