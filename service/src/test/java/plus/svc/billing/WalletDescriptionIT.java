package plus.svc.billing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import plus.svc.billing.auth.Right;
import plus.svc.billing.emulator.payment.Behaviour;
import plus.svc.billing.emulator.payment.PaymentEmulator;
import plus.svc.billing.testing.Database;

/**
 * Each answer of the wallet that the description tells of is given, and is as it is described. The
 * service is this test's own: at the end it answers nobody any more, for too many wrong tokens.
 */
@Timeout(120)
class WalletDescriptionIT {

  @RegisterExtension static final Database database = Database.migrated();
  @TempDir static Path folder;

  private static final String OUTER = "/api/v1/billing/";
  private static final String INNER = "/internal/v1/billing/";

  /** One more than a body may have: what is not read of one may cost the connection. */
  private static final int TOO_LONG = (64 << 10) + 1;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Set<String> met = new TreeSet<>();
  private final Map<String, Good> goods = new LinkedHashMap<>();
  private static PaymentEmulator payments;
  private static RunningService service;
  private int keys;

  /**
   * A call that is done.
   *
   * @param path with its query
   * @param body '' of a GET
   */
  private record Good(String method, String path, String body) {}

  @BeforeAll
  static void startService() throws Exception {
    Clock clock = Clock.systemUTC();
    payments =
        PaymentEmulator.start(
            new PaymentEmulator.Settings(null, "", "secret", Behaviour.SUCCEED), clock);
    List<String> wallet =
        Arrays.stream(Right.values())
            .map(Right::text)
            .filter(right -> right.startsWith("wallet:"))
            .toList();
    String tokens =
        WalletApiIT.token("all", wallet, "") + WalletApiIT.token("other", List.of("metrics"), "");
    Path configuration =
        Files.writeString(
            folder.resolve("config.yml"),
            Files.readString(ShippedConfiguration.FILE)
                .replace("  tokens: []\n", "  tokens:\n" + tokens)
                .replace("    kind: none ", "    kind: grpc ")
                .replace("http://127.0.0.1:9101 ", payments.grpcUri() + " ")
                .replace("server:\n", "server:\n  requestLog:\n    appenders: []\n"));
    String address = database.jdbcUrl().substring("jdbc:postgresql://".length());
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put(
        "DATABASE_URL",
        "postgres://" + database.user() + ":" + database.password() + "@" + address);
    variables.put("INTERNAL_SERVICE_TOKEN", "platform-token");
    variables.put("BILLING_INGEST_MODE", "push");
    variables.put("LISTEN_ADDR", "127.0.0.1:0");
    variables.put("ADMIN_LISTEN_ADDR", "127.0.0.1:0");
    variables.put("LOG_LEVEL", "OFF");
    service = RunningService.start(configuration, variables, clock);
  }

  @AfterAll
  static void stopService() {
    service.close();
    payments.close();
  }

  @Test
  void everyAnswerOfTheWalletThatIsDescribedIsGivenAsItIsDescribed() throws Exception {
    UUID user = user();
    UUID friend = user();
    String money = "\"amount\":\"5\",\"currency\":\"CNY\"";
    String use = "{\"userId\":\"" + user + "\",\"serviceName\":\"payment\",\"count\":1001}";
    post("credits", "{\"accountId\":\"" + user + "\",\"amount\":\"900\",\"currency\":\"CNY\"}");

    reads(user);
    does("check", use);
    does("deduct", use);
    does("accounts", "{\"owner\":\"" + user + "\",\"currency\":\"USD\",\"name\":\"travel\"}");
    does("credits", "{\"accountId\":\"" + user + "\"," + money + ",\"guarded\":true}");
    String debit = "{\"accountId\":\"" + user + "\"," + money + ",\"guarded\":true}";
    String operation = does("debits", debit).path("operationId").asText();
    does(
        "groups",
        "{\"legs\":[{\"accountId\":\""
            + user
            + "\",\"amount\":\"-1\",\"currency\":\"CNY\"},"
            + "{\"accountId\":\""
            + friend
            + "\",\"amount\":\"1\",\"currency\":\"CNY\"}]}");
    does(
        "transfers",
        "{\"fromAccountId\":\"" + user + "\",\"toAccountId\":\"" + friend + "\"," + money + "}");
    String hold = "{\"userId\":\"" + user + "\"," + money + "}";
    String first = does("holds", hold).path("holdId").asText();
    String second = post("holds", hold).path("holdId").asText();
    does("holds/" + first + "/commit", "{\"amount\":\"2\"}");
    does("holds/" + second + "/void", "{}");
    does("reversals", "{\"operationId\":\"" + operation + "\"}");
    does("bulk", debit.replace("{", "{\"operation\":\"debit\",\"idempotencyKey\":\"in a bulk\","));
    reads(user); // there is more to be told now
    reads("GET " + INNER + "operations/{operationId}", INNER + "operations/" + operation);
    recharge(user);

    assertThat(goods.keySet()).as("every call is made").isEqualTo(walletOperations());
    for (Map.Entry<String, Good> good : goods.entrySet()) {
      refuses(good.getKey(), good.getValue());
    }
    conflicts(hold);
    throttles();
    Set<String> described = new TreeSet<>();
    for (String operationName : walletOperations()) {
      ApiContract.operation(operationName)
          .path("responses")
          .fieldNames()
          .forEachRemaining(status -> described.add(operationName + " " + status));
    }
    described.removeIf(answer -> answer.endsWith(" default")); // some of these are met besides
    assertThat(met).containsAll(described);
  }

  /** What tells of a user. */
  private void reads(UUID user) throws Exception {
    reads(OUTER + "account?userId=" + user);
    reads(OUTER + "records?pageSize=2&userId=" + user);
    reads(OUTER + "stats/today?userId=" + user);
    reads(OUTER + "stats/month?serviceName=payment&userId=" + user);
    reads(OUTER + "stats/summary?userId=" + user);
    reads(INNER + "balance?at=2026-01-01T00:00:00Z&accountId=" + user);
    reads(INNER + "balance?accountId=" + user);
    reads(INNER + "history?accountId=" + user);
    reads(INNER + "turnover?accountId=" + user);
  }

  private void recharge(UUID user) throws Exception {
    String order = "{\"userId\":\"" + user + "\",\"amountText\":\"9.99\",\"currency\":\"CNY\"}";
    JsonNode ordered =
        done(new Good("POST", OUTER + "recharge", order), "POST " + OUTER + "recharge");
    String id = ordered.path("rechargeOrderId").asText();
    reads(OUTER + "recharge?rechargeOrderId=" + id);
    String paid =
        "{\"rechargeOrderId\":\""
            + id
            + "\",\"paymentId\":\""
            + payments.payments().get(0).getPaymentId()
            + "\",\"status\":\"SUCCESS\",\"amountText\":\"9.99\",\"currency\":\"CNY\"}";
    assertThat(does("callback", paid).path("status").asText()).isEqualTo("success");
    reads(OUTER + "recharge?rechargeOrderId=" + id);
  }

  private void reads(String path) throws Exception {
    reads("GET " + path.replaceFirst("\\?.*", ""), path);
  }

  private void reads(String operation, String path) throws Exception {
    done(new Good("GET", path, ""), operation);
  }

  private JsonNode does(String call, String body) throws Exception {
    String operation = call.replaceFirst("holds/[^/]+/", "holds/{holdId}/");
    return done(new Good("POST", INNER + call, body), "POST " + INNER + operation);
  }

  private JsonNode done(Good good, String operation) throws Exception {
    goods.put(operation, good);
    HttpResponse<String> answer = send(good, "all", "k" + ++keys);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body().lines().findFirst().orElse("")).path("data");
  }

  /** A change that is only made so that another can be tried. */
  private JsonNode post(String call, String body) throws Exception {
    HttpResponse<String> answer =
        send(new Good("POST", INNER + call, body), "all", "taken" + ++keys);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body()).path("data");
  }

  /** The same call with what it doesn't know, without a token, without its right, too large. */
  private void refuses(String operation, Good good) throws Exception {
    boolean get = good.method().equals("GET");
    String path = good.path() + (good.path().contains("?") ? "&" : "?") + "nonsense=1";
    String body =
        good.body().replaceFirst("}$", good.body().equals("{}") ? "\"x\":1}" : ",\"x\":1}");
    if (operation.endsWith("/callback")) { // what a payment service tells besides is left alone
      body = "{\"status\":\"SUCCESS\"}";
    }
    if (!operation.endsWith("/bulk")) {
      meets(400, get ? new Good("GET", path, "") : new Good("POST", good.path(), body), "all");
    }
    meets(401, good, "none");
    meets(403, good, "other");
    meets(405, new Good("DELETE", good.path(), ""), "all");
    if (!get && !operation.endsWith("/bulk")) {
      meets(413, new Good("POST", good.path(), " ".repeat(TOO_LONG)), "all");
    }
    if (operation.contains("{")) {
      String elsewhere = good.path().replaceFirst("[0-9a-f-]{36}", UUID.randomUUID().toString());
      meets(404, new Good(good.method(), elsewhere, good.body().isEmpty() ? "" : "{}"), "all");
    }
  }

  /** A key that stands for a hold, tried with everything else. */
  private void conflicts(String hold) throws Exception {
    send(new Good("POST", INNER + "holds", hold), "all", "taken");
    for (Map.Entry<String, Good> good : goods.entrySet()) {
      boolean keyed =
          ApiContract.operation(good.getKey())
              .path("parameters")
              .toString()
              .contains("idempotencyKey");
      if (keyed && !good.getKey().endsWith("/holds") && !good.getKey().endsWith("/recharge")) {
        assertThat(send(good.getValue(), "all", "taken").statusCode())
            .as(good.getKey())
            .isEqualTo(409);
      }
    }
  }

  /** Wrong tokens until no other is looked at. */
  private void throttles() throws Exception {
    Good any = goods.values().iterator().next();
    int status = 0;
    for (int i = 0; i < 1000 && status != 429; i++) {
      status = send(any, "wrong", "").statusCode();
    }
    for (Good good : goods.values()) {
      meets(429, good, "wrong");
    }
  }

  private void meets(int status, Good call, String token) throws Exception {
    HttpResponse<String> answer = send(call, token, "k" + ++keys);
    assertThat(answer.statusCode()).as(call + " " + answer.body()).isEqualTo(status);
  }

  private HttpResponse<String> send(Good call, String token, String key) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(service.baseUrl().resolve(call.path()))
            .method(
                call.method(),
                call.body().isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(call.body()));
    if (!key.isEmpty()) {
      request.header("Idempotency-Key", key);
    }
    if (!token.equals("none")) {
      request.header("Authorization", "Bearer " + token + "-token");
    }
    // A refusal may end the connection: each call has its own.
    HttpResponse<String> answer =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .build()
            .send(request.build(), HttpResponse.BodyHandlers.ofString());
    met.add(ApiContract.check(ApiContract.Port.APPLICATION, call.method(), call.path(), answer));
    return answer;
  }

  private static Set<String> walletOperations() {
    Set<String> operations = new TreeSet<>(ApiContract.operations(ApiContract.Port.APPLICATION));
    operations.removeIf(operation -> !operation.contains("/v1/billing/"));
    return operations;
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
}
