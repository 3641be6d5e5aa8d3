package plus.svc.billing.config;

import java.util.List;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.platform.SecretRefs;
import plus.svc.billing.platform.setting.SettingReader;
import plus.svc.billing.wallet.cache.CacheSettings;
import plus.svc.billing.wallet.outbox.OutboxPolicy;
import plus.svc.billing.wallet.outbox.WebhookTarget;

/** {@code wallet}: the ledger as services use it. */
public record WalletSection(
    @Nullable List<WebhookSection> webhooks,
    @Nullable OutboxSection outbox,
    @Nullable ThresholdsSection thresholds,
    @Nullable CacheSection cache) {

  /** Nothing given: every default. */
  public static final WalletSection EMPTY = new WalletSection(null, null, null, null);

  /**
   * The same, as checked.
   *
   * @param webhooks who is told of accounts; may be none
   * @param cache null for none
   */
  public record Settings(
      List<WebhookTarget> webhooks,
      OutboxPolicy outbox,
      ThresholdsSection.Settings thresholds,
      @Nullable CacheSettings cache) {

    public Settings {
      webhooks = List.copyOf(webhooks);
    }
  }

  /** Checks the texts, and what the references name; problems go to the reader. */
  public Settings read(SettingReader reader, SecretRefs secrets) {
    return new Settings(
        WebhookSection.readAll(reader, webhooks, secrets),
        (outbox == null ? OutboxSection.EMPTY : outbox).read(reader),
        (thresholds == null ? ThresholdsSection.EMPTY : thresholds).read(reader),
        (cache == null ? CacheSection.EMPTY : cache).read(reader, secrets));
  }
}
