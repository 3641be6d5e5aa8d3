package plus.svc.billing.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import plus.svc.billing.auth.TokenHash;
import plus.svc.billing.emulator.payment.Behaviour;
import plus.svc.billing.emulator.payment.PaymentEmulator;
import plus.svc.billing.testing.Database;
import plus.svc.billing.testing.FreePort;

/** The built service is killed when the payment is made and its order doesn't know of it yet. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "it has no signals")
@Timeout(120)
final class RechargeCrashIT {

  private static final String SECRET = "shared with the payment service";
  private static final String CALLBACK = "/internal/v1/billing/callback";

  @RegisterExtension static final Database database = Database.migrated();
  @TempDir static Path folder;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private static void configure(PaymentEmulator payments, String address) throws Exception {
    String token =
        "  tokens:\n  - name: shop\n    hashes: [\""
            + TokenHash.of("shop-token").text()
            + "\"]\n    rights: [\"wallet:recharge\"]\n";
    Files.writeString(
        folder.resolve("config.yml"),
        Files.readString(Path.of("../config.yml"))
            .replace("  tokens: []\n", token)
            .replace("kind: none ", "kind: grpc ")
            .replace("url: http://127.0.0.1:9101", "url: " + payments.grpcUri())
            .replace("callbackSecretRef: \"\" ", "callbackSecretRef: env:CALLBACK_SECRET ")
            .replace("notifyUrl: \"\"", "notifyUrl: http://" + address + CALLBACK)
            .replace("pollInterval: 5s", "pollInterval: 100ms"));
  }

  private static ServiceProcess start(String address) throws Exception {
    return ServiceProcess.start(
        folder,
        folder.resolve("log"),
        Map.of(
            "DATABASE_URL",
            "postgres://"
                + database.user()
                + ":"
                + database.password()
                + "@"
                + database.jdbcUrl().substring("jdbc:postgresql://".length())
                + "?sslmode=disable",
            "INTERNAL_SERVICE_TOKEN",
            "platform-token",
            "CALLBACK_SECRET",
            SECRET,
            "BILLING_INGEST_MODE",
            "push",
            "LISTEN_ADDR",
            address,
            "ADMIN_LISTEN_ADDR",
            "127.0.0.1:0"));
  }

  private HttpRequest order(URI base, UUID user) {
    return HttpRequest.newBuilder(base.resolve("/api/v1/billing/recharge"))
        .header("Authorization", "Bearer shop-token")
        .header("Idempotency-Key", "the-one")
        .POST(
            HttpRequest.BodyPublishers.ofString(
                "{\"userId\":\"" + user + "\",\"amount\":\"30\",\"currency\":\"CNY\"}"))
        .build();
  }

  private static List<String> texts(String sql) {
    return database.jdbi().withHandle(handle -> handle.createQuery(sql).mapTo(String.class).list());
  }

  @Test
  void killedBetweenPaymentAndOrderItMakesOnePaymentAndOneCredit() throws Exception {
    UUID user = UUID.randomUUID();
    database
        .jdbi()
        .useHandle(
            handle ->
                handle.execute(
                    "INSERT INTO public.users (uuid, proxy_uuid) VALUES (?, ?)", user, user));
    String address = "127.0.0.1:" + FreePort.next();
    try (PaymentEmulator payments =
        PaymentEmulator.start(
            new PaymentEmulator.Settings(null, "", SECRET, Behaviour.SUCCEED),
            InstantSource.system())) {
      configure(payments, address);
      payments.next(Behaviour.NO_REPLY);
      try (ServiceProcess service = start(address)) {
        var unanswered =
            http.sendAsync(order(service.baseUrl(), user), HttpResponse.BodyHandlers.ofString());
        Patience.until("the payment is made", () -> !payments.payments().isEmpty());
        service.kill();
        assertThat(unanswered).failsWithin(Duration.ofMinutes(1));
      }
      assertThat(
              texts(
                  "SELECT state || ' ' || coalesce(payment_id, 'unknown')"
                      + " FROM billing.recharge_orders"))
          .containsExactly("pending unknown");

      // It would be looked at in some seconds; the test doesn't wait for them.
      database
          .jdbi()
          .useHandle(h -> h.execute("UPDATE billing.recharge_orders SET next_look_at = now()"));
      try (ServiceProcess service = start(address)) {
        URI base = service.baseUrl();
        String made = payments.payments().get(0).getPaymentId();
        Patience.until(
            "the order knows its payment",
            () ->
                texts("SELECT coalesce(payment_id, '') FROM billing.recharge_orders")
                    .equals(List.of(made)));
        String order = payments.payments().get(0).getOrderId();
        payments.settle(order);
        assertThat(payments.tellAgain(order)).isEqualTo(200);
        HttpResponse<String> again =
            http.send(order(base, user), HttpResponse.BodyHandlers.ofString());
        assertThat(again.body()).contains("\"rechargeOrderId\":\"" + order + "\"");
      }

      assertThat(payments.payments()).hasSize(1);
      assertThat(
              texts(
                  "SELECT entry_type || ' ' || trim_scale(amount_delta)"
                      + " FROM public.billing_ledger WHERE account_uuid = '"
                      + user
                      + "' AND entry_type <> 'opening_balance'"))
          .containsExactly("recharge 30");
      assertThat(texts("SELECT state FROM billing.recharge_orders")).containsExactly("success");
    }
  }
}
