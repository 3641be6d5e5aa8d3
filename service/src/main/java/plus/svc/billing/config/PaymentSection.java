package plus.svc.billing.config;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.platform.Secret;
import plus.svc.billing.platform.SecretRefs;
import plus.svc.billing.platform.setting.SettingReader;
import plus.svc.billing.wallet.payment.PaymentEndpoint;
import plus.svc.billing.wallet.recharge.RechargeSettings;

/**
 * {@code wallet.payment}: the payment service, and how recharge orders are dealt with.
 *
 * @param kind {@code none}, {@code grpc} or {@code http}
 * @param callbackSecretRef what callbacks are signed with, as a reference
 * @param oldCallbackSecretRef the one before, still good while it is changed
 */
public record PaymentSection(
    @Nullable String kind,
    @Nullable String url,
    @Nullable String credentialRef,
    @Nullable String caBundleRef,
    @Nullable String serverName,
    @Nullable String callTimeout,
    @Nullable String circuitPause,
    @Nullable String callbackSecretRef,
    @Nullable String oldCallbackSecretRef,
    @Nullable String callbackWindow,
    @Nullable String notifyUrl,
    @Nullable String returnUrl,
    @Nullable String pollInterval,
    @Nullable String expireAfter,
    @Nullable String lateFor,
    @Nullable String refundFor) {

  /** Nothing given: every default. */
  public static final PaymentSection EMPTY =
      new PaymentSection(
          null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
          null);

  /** How a payment service is spoken to. */
  public enum Kind {
    NONE,
    GRPC,
    HTTP
  }

  /**
   * The same, as checked.
   *
   * @param endpoint null if there is no payment service
   * @param circuitPause how long it is left alone after several failures
   * @param callbackSecrets any of which a callback may be signed with; none: no callback is
   *     believed
   * @param callbackWindow how far its timestamp may be from now
   * @param pollInterval pause between two looks at what is due
   */
  public record Settings(
      Kind kind,
      @Nullable PaymentEndpoint endpoint,
      Duration circuitPause,
      List<Secret> callbackSecrets,
      Duration callbackWindow,
      Duration pollInterval,
      RechargeSettings recharge) {

    public Settings {
      callbackSecrets = List.copyOf(callbackSecrets);
    }
  }

  /** Checks the texts; problems go to the reader. */
  public Settings read(SettingReader reader, SecretRefs secrets) {
    Kind chosen =
        reader.choice(
            "wallet.payment.kind",
            kind,
            "none",
            Map.of("none", Kind.NONE, "grpc", Kind.GRPC, "http", Kind.HTTP));
    List<Secret> signing =
        Stream.of(
                secret(reader, "callbackSecretRef", callbackSecretRef, secrets),
                secret(reader, "oldCallbackSecretRef", oldCallbackSecretRef, secrets))
            .flatMap(List::stream)
            .toList();
    return new Settings(
        chosen,
        chosen == Kind.NONE ? null : endpoint(reader, secrets),
        reader.interval("wallet.payment.circuitPause", circuitPause, "15s"),
        signing,
        reader.interval("wallet.payment.callbackWindow", callbackWindow, "5m"),
        reader.interval("wallet.payment.pollInterval", pollInterval, "5s"),
        new RechargeSettings(
            reader.interval("wallet.payment.callTimeout", callTimeout, "3s"),
            reader.text(notifyUrl, ""),
            reader.text(returnUrl, ""),
            reader.interval("wallet.payment.expireAfter", expireAfter, "24h"),
            reader.delay("wallet.payment.lateFor", lateFor, "168h"),
            reader.delay("wallet.payment.refundFor", refundFor, "720h")));
  }

  private PaymentEndpoint endpoint(SettingReader reader, SecretRefs secrets) {
    check(reader, "credentialRef", credentialRef, secrets);
    return reader.read(
        "wallet.payment.url",
        url,
        "http://127.0.0.1:9101",
        "https://HOST[:PORT]; plain http is for loopback only",
        value ->
            new PaymentEndpoint(
                URI.create(value), ref(credentialRef), ref(caBundleRef), ref(serverName)));
  }

  private static @Nullable String ref(@Nullable String text) {
    return text == null || text.isBlank() ? null : text.strip();
  }

  private static void check(
      SettingReader reader, String name, @Nullable String ref, SecretRefs secrets) {
    secret(reader, name, ref, secrets);
  }

  private static List<Secret> secret(
      SettingReader reader, String name, @Nullable String ref, SecretRefs secrets) {
    String known = ref(ref);
    if (known == null) {
      return List.of();
    }
    try {
      return List.of(secrets.resolve(known));
    } catch (IllegalArgumentException e) {
      reader.problem("wallet.payment." + name + ": " + e.getMessage());
      return List.of();
    }
  }
}
