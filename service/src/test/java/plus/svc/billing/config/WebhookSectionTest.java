package plus.svc.billing.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import plus.svc.billing.platform.SecretRefs;
import plus.svc.billing.platform.setting.SettingReader;
import plus.svc.billing.platform.setting.StartRefused;
import plus.svc.billing.wallet.cache.CacheSettings;
import plus.svc.billing.wallet.outbox.NoticeKind;
import plus.svc.billing.wallet.outbox.OutboxPolicy;
import plus.svc.billing.wallet.outbox.WebhookTarget;

/** The wallet's settings for webhooks, their outbox, thresholds and the cache. */
class WebhookSectionTest {

  private static final SecretRefs SECRETS =
      new SecretRefs(Map.of("GOOD", "x".repeat(32), "SHORT", "short-secret"));

  private static WebhookSection hook(String name, String url, String secretRef) {
    return new WebhookSection(name, url, secretRef, null, null, null, null);
  }

  private static List<WebhookTarget> read(@Nullable List<WebhookSection> sections) {
    SettingReader reader = new SettingReader();
    List<WebhookTarget> targets = WebhookSection.readAll(reader, sections, SECRETS);
    reader.finish();
    return targets;
  }

  @Test
  void aWebhookNeedsANameAnAddressAndASecret() {
    assertThat(read(null)).isEmpty();
    assertThat(read(List.of(hook("crm", "https://crm.example.org/a", "env:GOOD"))))
        .singleElement()
        .satisfies(
            target -> {
              assertThat(target.kinds()).containsExactlyInAnyOrder(NoticeKind.values());
              assertThat(target.timeout()).isEqualTo(Duration.ofSeconds(5));
              assertThat(target.allowPrivate()).isFalse();
            });
  }

  @Test
  void everyProblemIsToldAtOnceAndNoSecretIs() {
    assertThatThrownBy(
            () ->
                read(
                    List.of(
                        hook("crm", "http://crm.example.org/key-in-the-path", "env:GOOD"),
                        hook("crm", "https://a:sesame@crm.example.org/", "env:GOOD"),
                        hook("no blanks", "://", "the-secret-itself"),
                        hook("short", "https://crm.example.org/", "env:SHORT"),
                        hook("unset", "https://crm.example.org/", "env:UNSET"),
                        new WebhookSection(
                            "kind",
                            "https://crm.example.org/",
                            "env:GOOD",
                            List.of("everything"),
                            "2m",
                            null,
                            "perhaps"))))
        .isInstanceOf(StartRefused.class)
        .hasMessageContainingAll(
            "wallet.webhooks[0].url begins with 'http:': must be https",
            "wallet.webhooks[1].url must be a whole address",
            "wallet.webhooks[1].name is 'crm' again: must be unique",
            "wallet.webhooks[2].name is 'no blanks'",
            "wallet.webhooks[2].url is no address",
            "wallet.webhooks[2].secretRef must be env:NAME",
            "wallet.webhooks[3].secretRef or caBundleRef: the secret has 12 bytes",
            "variable UNSET is not set",
            "wallet.webhooks[5].kinds is 'everything': must be one of balance_low, quota_low",
            "wallet.webhooks[5].timeout is PT2M",
            "wallet.webhooks[5].allowPrivate is 'perhaps'")
        .hasMessageNotContainingAny("sesame", "itself", "key-in-the-path", "short-secret");
  }

  @Test
  void theOutboxHasDefaultsAndPausesThatFit() {
    SettingReader reader = new SettingReader();
    OutboxPolicy policy = OutboxSection.EMPTY.read(reader);
    reader.finish();
    assertThat(policy.retries().longestAge()).isEqualTo(Duration.ofHours(24));
    assertThat(policy.keep()).isEqualTo(Duration.ofDays(30));
    new OutboxSection(null, "1h", "1m", null, null, null, null).read(reader);
    assertThatThrownBy(reader::finish).hasMessageContaining("wallet.outbox.firstPause is PT1H");
  }

  @Test
  void thresholdsAreTheContractsUnlessTheyAreGiven() {
    SettingReader reader = new SettingReader();
    ThresholdsSection.Settings read = ThresholdsSection.EMPTY.read(reader);
    reader.finish();
    assertThat(read.balanceLow()).isEqualByComparingTo(BigDecimal.TEN);
    assertThat(read.thresholds().quotaLowPercent()).isEqualTo(20);
    new ThresholdsSection("NaN", "101", "-1", "x").read(reader);
    assertThatThrownBy(reader::finish)
        .hasMessageContainingAll("balanceLow", "quotaLowPercent", "rateAmount", "rateCount");
  }

  @Test
  void aCacheIsThereOnlyIfItIsAskedFor() {
    SettingReader reader = new SettingReader();
    assertThat(CacheSection.EMPTY.read(reader, SECRETS)).isNull();
    CacheSettings settings =
        new CacheSection(
                "rediss://cache.example.org/2", null, "env:GOOD", "env:GOOD", null, null, null)
            .read(reader, SECRETS);
    reader.finish();
    assertThat(settings).isNotNull();
    new CacheSection("redis://cache.example.org", null, "sesame", "env:SHORT", null, "2m", "2s")
        .read(reader, SECRETS);
    new CacheSection("rediss://cache.example.org", null, null, "env:SHORT", null, null, null)
        .read(reader, SECRETS);
    assertThatThrownBy(reader::finish)
        .hasMessageContainingAll(
            "wallet.cache.url begins with 'redis:': must be rediss",
            "wallet.cache.credentialRef must be env:NAME",
            "wallet.cache.ttl is PT2M",
            "wallet.cache.timeout is PT2S",
            "the key has 12 bytes")
        .hasMessageNotContaining("sesame");
  }
}
