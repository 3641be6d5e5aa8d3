package plus.svc.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import plus.svc.billing.auth.TokenHash;
import plus.svc.billing.emulator.payment.Behaviour;
import plus.svc.billing.emulator.payment.PaymentEmulator;
import plus.svc.billing.platform.Secret;
import plus.svc.billing.proto.payment.v1.PaymentStatus;
import plus.svc.billing.proto.v1.BillingInternalServiceGrpc;
import plus.svc.billing.proto.v1.RechargeCallbackRequest;
import plus.svc.billing.testing.Database;
import plus.svc.billing.testing.FreePort;
import plus.svc.billing.wallet.payment.CallbackSignature;

/** Who may say that an order was paid: on a whole service, beside a payment service that signs. */
@Timeout(120)
class CallbackIT {

  @RegisterExtension static final Database database = Database.migrated();
  @TempDir static Path folder;

  private static final String SECRET = "shared with the payment service";
  private static final String CALLBACK = "/internal/v1/billing/callback";
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final ObjectMapper JSON = new ObjectMapper();

  private static PaymentEmulator payments;
  private static RunningService service;
  private static ManagedChannel channel;
  private static int keys;

  @BeforeAll
  static void startServices() throws Exception {
    payments =
        PaymentEmulator.start(
            new PaymentEmulator.Settings(null, "", SECRET, Behaviour.SUCCEED),
            InstantSource.system());
    String address = "127.0.0.1:" + FreePort.next();
    String grpc = "127.0.0.1:" + FreePort.next();
    String shipped = Files.readString(ShippedConfiguration.FILE);
    Path configuration =
        Files.writeString(
            folder.resolve("config.yml"),
            shipped
                .replace(
                    "  tokens: []\n",
                    "  tokens:\n"
                        + token("shop", "wallet:recharge")
                        + token("payments", "wallet:callback")
                        + token("reader", "wallet:read"))
                .replace("kind: none ", "kind: grpc ")
                .replace("url: http://127.0.0.1:9101", "url: " + payments.grpcUri())
                .replace("callbackSecretRef: \"\" ", "callbackSecretRef: env:CALLBACK_SECRET ")
                .replace("notifyUrl: \"\"", "notifyUrl: http://" + address + CALLBACK)
                .replace("server:\n", "server:\n  requestLog:\n    appenders: []\n"));
    service =
        RunningService.start(
            configuration,
            Map.of(
                "DATABASE_URL",
                "postgres://"
                    + database.user()
                    + ":"
                    + database.password()
                    + "@"
                    + database.jdbcUrl().substring("jdbc:postgresql://".length()),
                "INTERNAL_SERVICE_TOKEN",
                "platform-token",
                "CALLBACK_SECRET",
                SECRET,
                "BILLING_INGEST_MODE",
                "push",
                "LISTEN_ADDR",
                address,
                "ADMIN_LISTEN_ADDR",
                "127.0.0.1:0",
                "WALLET_GRPC_ADDR",
                grpc,
                "LOG_LEVEL",
                "OFF"),
            Clock.systemUTC());
    channel = Grpc.newChannelBuilder(grpc, InsecureChannelCredentials.create()).build();
  }

  @AfterAll
  static void stopServices() {
    channel.shutdownNow();
    service.close();
    payments.close();
  }

  private static String token(String name, String right) {
    return "  - name: "
        + name
        + "\n    hashes: [\""
        + TokenHash.of(name + "-token").text()
        + "\"]\n    rights: [\""
        + right
        + "\"]\n";
  }

  private static UUID user() {
    UUID user = UUID.randomUUID();
    database
        .jdbi()
        .useHandle(
            handle ->
                handle.execute(
                    "INSERT INTO public.users (uuid, proxy_uuid) VALUES (?, ?)", user, user));
    return user;
  }

  private static String order(UUID user) throws Exception {
    String body = "{\"userId\":\"" + user + "\",\"amount\":\"12.5\",\"currency\":\"CNY\"}";
    HttpResponse<String> answer =
        HTTP.send(
            HttpRequest.newBuilder(service.baseUrl().resolve("/api/v1/billing/recharge"))
                .header("Authorization", "Bearer shop-token")
                .header("Idempotency-Key", "order-" + ++keys)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body()).at("/data/rechargeOrderId").asText();
  }

  private static String paid(String order) {
    return "{\"rechargeOrderId\":\""
        + order
        + "\",\"status\":\"SUCCESS\",\"amountText\":\"12.50\",\"currency\":\"CNY\"}";
  }

  private static String[] signed(String body, Instant at) {
    long seconds = at.getEpochSecond();
    return new String[] {
      "X-Payment-Timestamp",
      Long.toString(seconds),
      "X-Payment-Signature",
      CallbackSignature.hex(Secret.of(SECRET), seconds, body.getBytes(StandardCharsets.UTF_8))
    };
  }

  private static String[] and(String[] headers, String token) {
    String[] all = Arrays.copyOf(headers, headers.length + 2);
    all[headers.length] = "Authorization";
    all[headers.length + 1] = "Bearer " + token;
    return all;
  }

  private static int tell(String body, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(service.baseUrl().resolve(CALLBACK))
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpResponse<String> answer = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    ApiContract.check(ApiContract.Port.APPLICATION, "POST", CALLBACK, answer);
    return answer.statusCode();
  }

  private static String state(String order) {
    return database
        .jdbi()
        .withHandle(
            handle ->
                handle
                    .createQuery(
                        "SELECT state || ' ' || (SELECT count(*) FROM public.billing_ledger"
                            + " WHERE entry_type = 'recharge' AND account_uuid = account_id)"
                            + " FROM billing.recharge_orders WHERE order_id = :order")
                    .bind("order", UUID.fromString(order))
                    .mapTo(String.class)
                    .one());
  }

  private static long refusals(String reason) {
    return database
        .jdbi()
        .withHandle(
            handle ->
                handle
                    .createQuery(
                        "SELECT count(*) FROM billing.refusals"
                            + " WHERE kind = 'RechargeCallback' AND reason LIKE :r")
                    .bind("r", reason)
                    .mapTo(long.class)
                    .one());
  }

  @Test
  void thePaymentServiceSignsAndNeedsNoToken() throws Exception {
    String order = order(user());

    assertThat(payments.say(order, PaymentStatus.SUCCESS)).isEqualTo(200);
    assertThat(payments.tellAgain(order)).isEqualTo(200);

    assertThat(state(order)).isEqualTo("success 1");
    List<String> callers =
        database
            .jdbi()
            .withHandle(
                handle ->
                    handle
                        .createQuery(
                            "SELECT DISTINCT caller FROM billing.recharge_events"
                                + " WHERE order_id = :order AND origin = 'callback'")
                        .bind("order", UUID.fromString(order))
                        .mapTo(String.class)
                        .list());
    assertThat(callers).containsExactly("payment-service");
  }

  @Test
  void whatIsShownMustBeGoodAndOneOfTheTwoMustBeShown() throws Exception {
    String order = order(user());
    String body = paid(order);
    Instant now = InstantSource.system().instant();
    String[] good = signed(body, now);
    String[] forged = signed(body.replace("12.50", "12.51"), now);

    assertThat(tell(body)).as("neither").isEqualTo(401);
    assertThat(refusals("needs a signature %, or a token with the right wallet:callback")).isOne();
    assertThat(tell(body, forged)).as("not of this body").isEqualTo(401);
    assertThat(tell(body + " ", good)).as("not of these very bytes").isEqualTo(401);
    assertThat(tell(body, "X-Payment-Signature", good[3])).as("no timestamp").isEqualTo(401);
    assertThat(refusals("the signature is not that of %")).isEqualTo(3);
    assertThat(tell(body, signed(body, now.minusSeconds(301)))).as("stale").isEqualTo(401);
    assertThat(tell(body, signed(body, now.plusSeconds(310)))).as("ahead").isEqualTo(401);
    assertThat(refusals("the signature's timestamp %")).isEqualTo(2);
    assertThat(tell(body, and(forged, "payments-token"))).as("token doesn't help").isEqualTo(401);
    assertThat(refusals("the signature is not that of %")).isEqualTo(4);
    assertThat(tell(body, and(good, "nobodys-token"))).as("wrong token").isEqualTo(401);
    assertThat(tell(body, and(good, "reader-token"))).as("no right").isEqualTo(403);
    assertThat(state(order)).isEqualTo("pending 0");

    assertThat(tell(body, good)).isEqualTo(200);
    assertThat(tell(body, "Authorization", "Bearer payments-token")).isEqualTo(200);
    assertThat(tell(body, and(good, "payments-token"))).isEqualTo(200);
    assertThat(state(order)).isEqualTo("success 1");
  }

  @Test
  void aTokenWithTheRightIsEnough() throws Exception {
    String order = order(user());
    String body = paid(order);
    String[] token = {"Authorization", "Bearer payments-token"};

    assertThat(tell("{", token)).isEqualTo(400);
    assertThat(tell(body + " ".repeat(70_000), token)).isEqualTo(413);
    assertThat(tell(body, token)).isEqualTo(200);

    assertThat(state(order)).isEqualTo("success 1");
  }

  private static RechargeCallbackRequest.Builder callback(String order, long seconds) {
    String hex =
        CallbackSignature.hex(
            Secret.of(SECRET),
            seconds,
            CallbackSignature.fields(order, "", "12.50", "CNY", "SUCCESS"));
    return RechargeCallbackRequest.newBuilder()
        .setRechargeOrderId(order)
        .setStatus("SUCCESS")
        .setAmountText("12.50")
        .setCurrency("CNY")
        .setTimestampSeconds(seconds)
        .setSignature(hex);
  }

  private static BillingInternalServiceGrpc.BillingInternalServiceBlockingStub stub() {
    return BillingInternalServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  private static Status.Code refusedAs(RechargeCallbackRequest.Builder request) {
    return catchThrowableOfType(
            StatusRuntimeException.class, () -> stub().rechargeCallback(request.build()))
        .getStatus()
        .getCode();
  }

  @Test
  void theSameHoldsOverGrpc() throws Exception {
    String order = order(user());
    long now = InstantSource.system().instant().getEpochSecond();

    assertThat(refusedAs(callback(order, now).clearSignature()))
        .isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(refusedAs(callback(order, now).setAmountText("12.5")))
        .isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(refusedAs(callback(order, now - 400))).isEqualTo(Status.Code.UNAUTHENTICATED);
    RechargeCallbackRequest.Builder unsignedAmount = callback(order, now).clearAmountText();
    unsignedAmount
        .setAmount(12.5)
        .setSignature(
            CallbackSignature.hex(
                Secret.of(SECRET), now, CallbackSignature.fields(order, "", "", "CNY", "SUCCESS")));
    assertThat(refusedAs(unsignedAmount)).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(state(order)).isEqualTo("pending 0");

    assertThat(stub().rechargeCallback(callback(order, now).build()).getStatus())
        .isEqualTo("success");
    Metadata token = new Metadata();
    token.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
        "Bearer payments-token");
    assertThat(
            stub()
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(token))
                .rechargeCallback(callback(order, now).clearSignature().build())
                .getSuccess())
        .isTrue();
    assertThat(state(order)).isEqualTo("success 1");
  }
}
