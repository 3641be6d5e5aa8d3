package plus.svc.billing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import plus.svc.billing.auth.Right;
import plus.svc.billing.auth.TokenHash;
import plus.svc.billing.testing.Database;

/** The wallet's calls over HTTP, on a whole service. Every answer is one that is described. */
@Timeout(120)
class WalletApiIT {

  @RegisterExtension static final Database database = Database.migrated();
  @TempDir static Path folder;

  private static final Instant NOW = Instant.parse("2026-01-31T10:00:00Z");
  private static final String OUTER = "/api/v1/billing/";
  private static final String INNER = "/internal/v1/billing/";
  private static final UUID BOUND = UUID.fromString("00000000-0000-4000-8000-0000000000b1");
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private static final Set<String> met = new TreeSet<>();
  private static RunningService service;
  private static int keys;

  @BeforeAll
  static void startService() throws Exception {
    StringBuilder tokens = new StringBuilder("tokens:\n");
    List<String> wallet =
        Arrays.stream(Right.values())
            .map(Right::text)
            .filter(right -> right.startsWith("wallet:"))
            .toList();
    tokens.append(token("all", wallet, ""));
    tokens.append(token("bound", wallet, "    accounts: [" + BOUND + "]\n"));
    for (Right right : Right.values()) {
      String name = "only-" + right.text().replace(':', '-');
      tokens.append(token(name, List.of(right.text()), ""));
    }
    String shipped = Files.readString(ShippedConfiguration.FILE);
    Path configuration =
        Files.writeString(
            folder.resolve("config.yml"),
            shipped
                .replace("  tokens: []\n", "  " + tokens)
                .replace("server:\n", "server:\n  requestLog:\n    appenders: []\n"));
    Clock real = Clock.systemUTC();
    String address = database.jdbcUrl().substring("jdbc:postgresql://".length());
    service =
        RunningService.start(
            configuration,
            Map.of(
                "DATABASE_URL",
                "postgres://" + database.user() + ":" + database.password() + "@" + address,
                "INTERNAL_SERVICE_TOKEN",
                "platform-token",
                "BILLING_INGEST_MODE",
                "push",
                "LISTEN_ADDR",
                "127.0.0.1:0",
                "ADMIN_LISTEN_ADDR",
                "127.0.0.1:0",
                "LOG_LEVEL",
                "OFF"),
            Clock.offset(real, Duration.between(real.instant(), NOW)));
    user(BOUND);
  }

  static String token(String name, List<String> rights, String more) {
    return "  - name: "
        + name
        + "\n    hashes: [\""
        + TokenHash.of(name + "-token").text()
        + "\"]\n    rights: ["
        + rights.stream().map(right -> '"' + right + '"').collect(Collectors.joining(", "))
        + "]\n"
        + more;
  }

  @AfterAll
  static void stopService() {
    service.close();
  }

  private static UUID user(UUID user) {
    database
        .jdbi()
        .useHandle(
            handle ->
                handle.execute(
                    "INSERT INTO public.users (uuid, proxy_uuid) VALUES (?, ?)", user, user));
    return user;
  }

  private static UUID userWith(String balance) throws Exception {
    UUID user = user(UUID.randomUUID());
    if (!balance.equals("0")) {
      ok(post("credits", money(user, balance)));
    }
    return user;
  }

  private static String money(UUID account, String amount) {
    return String.format(
        Locale.ROOT,
        "{\"accountId\":\"%s\",\"amount\":\"%s\",\"currency\":\"CNY\",\"guarded\":true}",
        account,
        amount);
  }

  private static String use(UUID user, String service, String count) {
    return String.format(
        Locale.ROOT,
        "{\"userId\":\"%s\",\"serviceName\":\"%s\",\"count\":%s}",
        user,
        service,
        count);
  }

  private static HttpResponse<String> send(
      String token, String method, String path, String body, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(service.baseUrl().resolve(path))
            .header("Authorization", "Bearer " + token + "-token")
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpResponse<String> answer = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    met.add(ApiContract.check(ApiContract.Port.APPLICATION, method, path, answer));
    return answer;
  }

  private static HttpResponse<String> post(String call, String body) throws Exception {
    return send("all", "POST", INNER + call, body, "Idempotency-Key", "k" + ++keys);
  }

  private static HttpResponse<String> get(String path) throws Exception {
    return send("all", "GET", path, "");
  }

  private static JsonNode json(HttpResponse<String> answer) throws Exception {
    return JSON.readTree(answer.body());
  }

  private static JsonNode ok(HttpResponse<String> answer) throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    JsonNode envelope = json(answer);
    assertThat(envelope.path("success").asBoolean()).isTrue();
    assertThat(envelope.path("errorCode").asText()).isEmpty();
    return envelope.path("data");
  }

  private static String refused(HttpResponse<String> answer, int status, String code)
      throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    JsonNode envelope = json(answer);
    assertThat(envelope.path("success").asBoolean()).isFalse();
    assertThat(envelope.path("data").isNull()).isTrue();
    assertThat(envelope.path("errorCode").asText()).as(answer.body()).isEqualTo(code);
    return envelope.path("errorMessage").asText();
  }

  private static JsonNode account(UUID user) throws Exception {
    return ok(get(OUTER + "account?userId=" + user));
  }

  private static String balance(UUID user) throws Exception {
    return account(user).path("balanceText").asText();
  }

  private static long refusals(String reason) {
    return database
        .jdbi()
        .withHandle(
            handle ->
                handle
                    .createQuery("SELECT count(*) FROM billing.refusals WHERE reason LIKE :r")
                    .bind("r", reason)
                    .mapTo(long.class)
                    .one());
  }

  @Test
  void anAccountIsToldAsTheContractHasItWithExactTextsBesideTheNumbers() throws Exception {
    UUID user = userWith("12.3456");

    JsonNode account = account(user);

    assertThat(account.path("userId").asText()).isEqualTo(user.toString());
    assertThat(account.path("balance").decimalValue()).isEqualByComparingTo("12.3456");
    assertThat(account.path("balanceText").asText()).isEqualTo("12.3456");
    assertThat(account.path("quotas").findValuesAsText("serviceName"))
        .containsExactly("asset", "passport", "payment");
    assertThat(account.at("/quotas/1/totalQuota").asInt()).isEqualTo(10_000);
    assertThat(account.at("/quotas/1/resetMonth").asText()).isEqualTo("2026-01");
    refused(get(OUTER + "account"), 400, "100002");
    refused(get(OUTER + "account?userId=bob"), 400, "190709");
    refused(get(OUTER + "account?userId=" + UUID.randomUUID()), 400, "190101");
    assertThat(refused(get(OUTER + "account?userId=" + user + "&user_id=x"), 400, "400"))
        .contains("user_id is no field");
  }

  /** As a reader without exponents sees them: digit by digit those of the texts. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0000001",
        "0.000000000001",
        "0.1",
        "1000",
        "100000000000000",
        "123456789012345.123456789012"
      })
  void numbersArePlainDecimals(String amount) throws Exception {
    UUID user = userWith(amount);
    ok(post("deduct", use(user, "payment", "1")));
    String account = get(OUTER + "account?userId=" + user).body();
    assertThat(account)
        .contains("\"balance\":" + amount + ",")
        .contains("\"balanceText\":\"" + amount + "\"");
    for (String path :
        List.of("account", "records", "stats/today", "stats/month", "stats/summary")) {
      assertThat(get(OUTER + path + "?userId=" + user).body())
          .as(path)
          .doesNotContainPattern(":-?[0-9.]+[eE]")
          .doesNotContain(":0.0,");
    }
  }

  /** Over HTTP and as lines of a bulk; averages are sum by count. */
  @Test
  void f9ScriptedCallsMoveTheCountersOfTheScrapeByExactlySoMany() throws Exception {
    UUID user = userWith("1");
    Scrape before = Scrape.of(service, "only-metrics-token");
    for (int i = 0; i < 3; i++) {
      ok(post("check", use(user, "asset", "1")));
    }
    ok(post("deduct", use(user, "asset", "1")));
    ok(post("deduct", use(user, "asset", "1")));
    refused(post("deduct", use(user, "asset", "5000")), 400, "190102");
    refused(post("deduct", use(user, "asset", "-1")), 400, "400");
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 4; i++) {
      lines
          .append("{\"operation\":\"debit\",\"idempotencyKey\":\"f9-")
          .append(UUID.randomUUID())
          .append("\",\"accountId\":\"")
          .append(user)
          .append("\",\"guarded\":true,\"currency\":\"CNY\",\"amount\":\"")
          .append(i == 3 ? "100" : "0.1")
          .append("\"}\n");
    }
    send("all", "POST", INNER + "bulk", lines.toString());
    Scrape after = Scrape.of(service, "only-metrics-token");

    Map<String, Double> moved = new java.util.TreeMap<>();
    after
        .values()
        .forEach(
            (series, value) -> {
              double more = value - before.values().getOrDefault(series, 0.0);
              if (series.startsWith("billing_wallet_calls_total") && more != 0) {
                moved.put(series.substring("billing_wallet_calls_total".length()), more);
              }
            });
    assertThat(moved)
        .isEqualTo(
            Map.of(
                "{call=\"CheckQuota\",face=\"http\",outcome=\"ok\"}", 3.0,
                "{call=\"DeductQuota\",face=\"http\",outcome=\"ok\"}", 2.0,
                "{call=\"DeductQuota\",face=\"http\",outcome=\"refused\"}", 1.0,
                "{call=\"DeductQuota\",face=\"http\",outcome=\"bad\"}", 1.0,
                "{call=\"Bulk\",face=\"http\",outcome=\"ok\"}", 1.0,
                "{call=\"Debit\",face=\"bulk\",outcome=\"ok\"}", 3.0,
                "{call=\"Debit\",face=\"bulk\",outcome=\"refused\"}", 1.0));
    String deduct = "billing_wallet_call_duration_seconds_%s{call=\"DeductQuota\",face=\"http\"}";
    double count =
        after.value(deduct.replace("%s", "count")) - before.value(deduct.replace("%s", "count"));
    double sum =
        after.value(deduct.replace("%s", "sum")) - before.value(deduct.replace("%s", "sum"));
    assertThat(count).isEqualTo(4);
    assertThat(sum / count).isBetween(1e-5, 5.0);
    String checks =
        "billing_repository_calls_total{method=\"rows\",outcome=\"ok\",repository=\"MeansReader\"}";
    assertThat(after.value(checks) - before.values().getOrDefault(checks, 0.0)).isEqualTo(3);
  }

  @Test
  void checkAnswersWhatDeductWouldDoForMixedPaymentToo() throws Exception {
    UUID user = userWith("0.6");
    ok(post("deduct", use(user, "payment", "995")));
    for (String count : List.of("5", "10", "11", "12", "1000")) {
      UUID twin = userWith("0.6");
      ok(post("deduct", use(twin, "payment", "995")));
      JsonNode check = ok(post("check", use(twin, "payment", count)));
      HttpResponse<String> deduct = post("deduct", use(twin, "payment", count));
      assertThat(deduct.statusCode() == 200)
          .as(count + " " + check)
          .isEqualTo(check.path("allowed").asBoolean());
      if (deduct.statusCode() == 200) {
        JsonNode done = ok(deduct);
        for (String same : List.of("freeCount", "paidCount", "costText")) {
          assertThat(done.path(same)).as(same).isEqualTo(check.path(same));
        }
      } else {
        refused(deduct, 400, "190102");
        assertThat(check.path("reason").asText()).isEqualTo("insufficient balance");
      }
    }
    assertThat(ok(post("check", use(user, "payment", "10"))).path("reason").asText())
        .isEqualTo("mixed");
    assertThat(ok(post("check", use(user, "payment", "5"))).path("reason").asText())
        .isEqualTo("free");
    UUID nobody = UUID.randomUUID();
    assertThat(ok(post("check", use(user(nobody), "payment", "1"))).path("allowed").asBoolean())
        .isTrue();
  }

  @Test
  void w06NobodyCallsWithoutATokenAndNobodyElsesOrderIsPaid() throws Exception {
    HttpResponse<String> none =
        HTTP.send(
            HttpRequest.newBuilder(service.baseUrl().resolve(INNER + "callback"))
                .POST(HttpRequest.BodyPublishers.ofString("{\"rechargeOrderId\":\"\"}"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    refused(none, 401, "401");
    assertThat(json(none).path("showType").asInt()).isEqualTo(3);
    assertThat(post("callback", "{\"rechargeOrderId\":\"\",\"status\":\"SUCCESS\"}").statusCode())
        .isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource({
    "deduct, count, -5",
    "deduct, count, 0",
    "deduct, count, NaN",
    "deduct, count, 1e3",
    "deduct, count, 1.5",
    "deduct, count, ' \"\" '",
    "deduct, count, 99999999999",
    "check, count, -5",
    "check, count, NaN",
    "credits, amount, 0",
    "credits, amount, -1",
    "credits, amount, NaN",
    "credits, amount, Infinity",
    "credits, amount, 1e3",
    "credits, amount, 1.5e1",
    "credits, amount, 1234567890123456",
    "credits, amount, 0.1234567890123",
    "credits, amount, ' \" \" '",
    "debits, amount, -1",
    "debits, currency, ' \"\" '",
    "debits, accountId, ' \" \" '",
    "deduct, userId, ' \"\" '",
    "deduct, userId, ' \"bob\" '",
    "deduct, serviceName, ' \"\" '"
  })
  void w11WhatIsNoCountAmountOrIdIsRefusedByName(String call, String field, String value)
      throws Exception {
    UUID user = userWith("100");
    long before = refusals("%");
    Map<String, String> fields = new LinkedHashMap<>();
    if (call.equals("deduct") || call.equals("check")) {
      fields.put("userId", "\"" + user + "\"");
      fields.put("serviceName", "\"payment\"");
      fields.put("count", "1");
    } else {
      fields.put("accountId", "\"" + user + "\"");
      fields.put("amount", "1");
      fields.put("currency", "\"CNY\"");
    }
    fields.put(field, value.strip());
    String body =
        fields.entrySet().stream()
            .map(entry -> "\"" + entry.getKey() + "\":" + entry.getValue())
            .collect(Collectors.joining(",", "{", "}"));

    HttpResponse<String> answer = post(call, body);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(json(answer).path("errorMessage").asText())
        .contains(field.replace("serviceName", "service"))
        .contains("must be");
    assertThat(balance(user)).isEqualTo("100");
    assertThat(refusals("%") - before).isEqualTo(call.equals("check") ? 0 : 1);
  }

  @Test
  void w12AnUnknownServiceIsRefusedAndTheFirstUseOfAMonthIsFree() throws Exception {
    UUID user = userWith("5");
    refused(post("deduct", use(user, "carpets", "1")), 400, "190205");
    refused(post("check", use(user, "carpets", "1")), 400, "190205");

    JsonNode first = ok(post("deduct", use(user, "passport", "1")));

    assertThat(first.path("freeCount").asInt()).isOne();
    assertThat(first.path("costText").asText()).isEqualTo("0");
    assertThat(balance(user)).isEqualTo("5");
  }

  @Test
  void w13AChangeWithoutAnIdempotencyKeyIsRefusedAndARepeatedOneIsDoneOnce() throws Exception {
    UUID user = userWith("10");
    String body = use(user, "payment", "1001");
    assertThat(refused(send("all", "POST", INNER + "deduct", body), 400, "100002"))
        .contains("idempotencyKey is missing");

    String[] key = {"Idempotency-Key", "mine"};
    HttpResponse<String> first = send("all", "POST", INNER + "deduct", body, key);
    HttpResponse<String> again = send("all", "POST", INNER + "deduct", body, key);
    String inBody = body.replace("}", ",\"idempotencyKey\":\"mine\"}");
    HttpResponse<String> other =
        send("all", "POST", INNER + "deduct", body.replace("1001", "1"), key);

    assertThat(ok(again)).isEqualTo(ok(first));
    assertThat(ok(send("all", "POST", INNER + "deduct", inBody))).isEqualTo(ok(first));
    refused(other, 409, "409");
    assertThat(balance(user)).isEqualTo("9.9");
    assertThat(refusals("idempotency key 'mine'%")).isOne();
    refused(send("all", "POST", INNER + "deduct", inBody, "Idempotency-Key", "yours"), 400, "400");
  }

  @Test
  void w14RecordsAndBalanceAgreeToTheLastDigitAndWhatIsNotAFieldIsRefused() throws Exception {
    UUID user = userWith("100");
    JsonNode one = ok(post("deduct", use(user, "payment", "1003")));
    ok(post("deduct", use(user, "asset", "1001")));

    JsonNode records = ok(get(OUTER + "records?userId=" + user + "&page=1&pageSize=2"));
    JsonNode rest =
        ok(
            get(
                OUTER
                    + "records?userId="
                    + user
                    + "&pageSize=20&cursor="
                    + records.path("nextCursor").asText()));

    assertThat(records.path("total").asInt()).isEqualTo(4);
    List<JsonNode> all = new ArrayList<>();
    records.path("records").forEach(all::add);
    rest.path("records").forEach(all::add);
    assertThat(all).hasSize(4);
    assertThat(
            all.stream()
                .map(record -> record.path("amount").decimalValue())
                .reduce(java.math.BigDecimal.ZERO, java.math.BigDecimal::add))
        .isEqualByComparingTo("0.35");
    assertThat(balance(user)).isEqualTo("99.65");
    assertThat(all.stream().map(record -> record.path("id").asText()))
        .contains(one.path("recordId").asText());
    assertThat(rest.path("nextCursor").asText()).isEmpty();
    assertThat(
            refused(
                post("deduct", use(user, "asset", "1").replace("userId", "user_id")),
                400,
                "100002"))
        .contains("userId");
    refused(post("deduct", use(user, "asset", "1").replace("}", ",\"x\":1}")), 400, "400");
    // The contract's own field that is not looked at.
    ok(post("deduct", use(user, "asset", "1").replace("}", ",\"cost\":1.5}")));
    refused(post("deduct", "{\"userId\":"), 400, "400");
    refused(post("deduct", "{\"count\":1,\"count\":2}"), 400, "400");
    refused(post("deduct", " ".repeat(70_000)), 413, "413");
  }

  @Test
  void w17TheMonthIsThatOfTheZoneOnItsLastDayToo() throws Exception {
    UUID user = userWith("1");
    ok(post("deduct", use(user, "asset", "3")));

    assertThat(account(user).at("/quotas/0/resetMonth").asText()).isEqualTo("2026-01");
    for (String period : List.of("today", "month")) {
      JsonNode sums = ok(get(OUTER + "stats/" + period + "?serviceName=asset&userId=" + user));
      assertThat(sums.path("period").asText()).isEqualTo(period);
      assertThat(sums.path("totalCount").asInt()).isEqualTo(3);
      assertThat(sums.path("freeCount").asInt()).isEqualTo(3);
      assertThat(sums.path("totalCostText").asText()).isEqualTo("0");
    }
    JsonNode summary = ok(get(OUTER + "stats/summary?userId=" + user));
    assertThat(summary.at("/services/0/serviceName").asText()).isEqualTo("asset");
    assertThat(summary.at("/services/0/totalCount").asInt()).isEqualTo(3);
  }

  @Test
  void w19TheBusinessCodeAndWhatItMeansAreInTheEnvelope() throws Exception {
    UUID user = userWith("1");
    HttpResponse<String> answer = post("debits", money(user, "1.01"));

    assertThat(refused(answer, 400, "190102"))
        .isEqualTo("account " + user + " can spend 1 CNY and not 1.01");
    assertThat(json(answer).path("showType").asInt()).isEqualTo(1);
    assertThat(json(answer).path("host").asText()).startsWith("127.0.0.1:");
  }

  @Test
  void w20AHoldBindsWhatACheckOnlyTells() throws Exception {
    UUID user = userWith("10");
    ok(post("deduct", use(user, "payment", "1000")));
    JsonNode hold = ok(post("holds", use(user, "payment", "60")));
    assertThat(hold.path("amount").asText()).isEqualTo("6");
    assertThat(ok(post("check", use(user, "payment", "50"))).path("allowed").asBoolean()).isFalse();
    refused(post("deduct", use(user, "payment", "50")), 400, "190102");
    assertThat(account(user).path("availableText").asText()).isEqualTo("4");

    String path = "holds/" + hold.path("holdId").asText();
    JsonNode committed = ok(post(path + "/commit", "{\"count\":10}"));
    assertThat(committed.path("committedAmount").asText()).isEqualTo("1");
    refused(post(path + "/void", "{}"), 409, "190805");
    refused(post("holds/" + UUID.randomUUID() + "/void", "{}"), 404, "190804");
    assertThat(balance(user)).isEqualTo("9");

    JsonNode money =
        ok(
            post(
                "holds",
                money(user, "3").replace("accountId", "userId").replace(",\"guarded\":true", "")));
    ok(post("holds/" + money.path("holdId").asText() + "/void", "{}"));
    assertThat(account(user).path("availableText").asText()).isEqualTo("9");
  }

  @Test
  void moneyIsSetUpMovedTakenBackAndExplained() throws Exception {
    UUID one = userWith("10");
    UUID two = userWith("0");
    String setUp =
        String.format(
            Locale.ROOT,
            "{\"owner\":\"%s\",\"currency\":\"POINTS\",\"name\":\"points\",\"metadata\":{\"a\":\"b\"}}",
            one);
    JsonNode points = ok(post("accounts", setUp));
    assertThat(points.path("balance").asText()).isEqualTo("0");
    assertThat(points.path("currency").asText()).isEqualTo("POINTS");

    JsonNode moved =
        ok(
            post(
                "transfers",
                String.format(
                    Locale.ROOT,
                    "{\"fromAccountId\":\"%s\",\"toAccountId\":\"%s\",\"amount\":\"2.5\",\"currency\":\"CNY\",\"reason\":\"rent\"}",
                    one,
                    two)));
    String group =
        "{\"legs\":[{\"accountId\":\"%s\",\"amount\":\"-1\",\"currency\":\"CNY\"},"
            + "{\"accountId\":\"%s\",\"amount\":\"%s\",\"currency\":\"CNY\"}]}";
    ok(post("groups", String.format(Locale.ROOT, group, one, two, "1")));
    refused(post("groups", String.format(Locale.ROOT, group, one, two, "2")), 400, "400");
    ok(post("debits", money(two, "0.5").replace("true", "false")));
    String id = moved.path("operationId").asText();
    JsonNode back = ok(post("reversals", "{\"operationId\":\"" + id + "\"}"));
    refused(post("reversals", "{\"operationId\":\"" + id + "\"}"), 409, "190808");

    JsonNode told = ok(get(INNER + "operations/" + id));
    assertThat(told.path("caller").asText()).isEqualTo("all");
    assertThat(told.path("body").asText()).contains("\"reason\":\"rent\"");
    assertThat(told.path("source").asText()).contains("POST").contains("127.0.0.1");
    assertThat(told.path("entries").findValuesAsText("amount"))
        .containsExactlyInAnyOrder("-2.5", "2.5");
    assertThat(told.path("reversedBy").asText()).isEqualTo(back.path("operationId").asText());
    refused(get(INNER + "operations/" + UUID.randomUUID()), 404, "190807");

    JsonNode now = ok(get(INNER + "balance?accountId=" + one + "&currency=CNY"));
    assertThat(now.path("balance").asText()).isEqualTo("9");
    JsonNode after = ok(get(INNER + "balance?accountId=" + one + "&atOperationId=" + id));
    assertThat(after.path("balance").asText()).isEqualTo("7.5");
    JsonNode then =
        ok(get(INNER + "balance?accountId=" + one + "&at=" + after.path("at").asText()));
    assertThat(then.path("balance").asText()).isEqualTo("7.5");
    refused(get(INNER + "balance?accountId=" + one + "&currency=EUR"), 400, "190802");

    List<String> amounts = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page = ok(get(INNER + "history?pageSize=2&accountId=" + one + "&cursor=" + cursor));
      amounts.addAll(page.path("entries").findValuesAsText("amount"));
      cursor = page.path("nextCursor").asText();
    } while (!cursor.isEmpty());
    assertThat(amounts).containsExactly("10", "-2.5", "-1", "2.5");
    refused(get(INNER + "history?accountId=" + one + "&cursor=x"), 400, "400");
    JsonNode turnover = ok(get(INNER + "turnover?accountId=" + one));
    assertThat(turnover.path("sums").findValuesAsText("kind")).contains("credit", "transfer_out");
  }

  @Test
  void aBulkAnswersEachLineInOrderAndMaySimplyBeSentAgain() throws Exception {
    UUID user = userWith("0");
    int lines = 3_000;
    String body =
        IntStream.rangeClosed(1, lines)
                .mapToObj(
                    i ->
                        String.format(
                            Locale.ROOT,
                            ("{\"operation\":\"credit\",\"idempotencyKey\":\"b%d\",\"accountId\":\"%s\","
                                + "\"amount\":\"0.01\",\"currency\":\"CNY\"}\n"),
                            i,
                            user))
                .collect(Collectors.joining())
            + "{\"operation\":\"credit\",\"idempotencyKey\":\"bad\",\"accountId\":\"x\",\"amount\":\"1\",\"currency\":\"CNY\"}\n"
            + "no JSON\n"
            + "{\"operation\":\"sing\",\"idempotencyKey\":\"s\"}\n"
            + String.format(
                Locale.ROOT,
                "{\"operation\":\"debit\",\"guarded\":true,\"idempotencyKey\":\"d\",\"accountId\":\"%s\",\"amount\":\"1000\",\"currency\":\"CNY\"}",
                user);
    String first = "";
    for (int turn = 0; turn < 2; turn++) {
      HttpResponse<String> answer = send("all", "POST", INNER + "bulk", body);
      List<String> results = answer.body().lines().toList();
      assertThat(results).hasSize(lines + 5);
      for (int i = 0; i < lines; i += 499) {
        assertThat(JSON.readTree(results.get(i)).path("line").asInt()).isEqualTo(i + 1);
        assertThat(JSON.readTree(results.get(i)).path("idempotencyKey").asText())
            .isEqualTo("b" + (i + 1));
        assertThat(JSON.readTree(results.get(i)).path("success").asBoolean()).isTrue();
      }
      assertThat(JSON.readTree(results.get(lines)).path("errorMessage").asText())
          .contains("accountId");
      assertThat(JSON.readTree(results.get(lines + 1)).path("errorCode").asText()).isEqualTo("400");
      assertThat(JSON.readTree(results.get(lines + 2)).path("errorMessage").asText())
          .contains("must be one of");
      assertThat(JSON.readTree(results.get(lines + 3)).path("errorCode").asText())
          .isEqualTo("190102");
      assertThat(JSON.readTree(results.get(lines + 4)).toString())
          .isEqualTo("{\"end\":true,\"lines\":3004,\"done\":3000,\"failed\":4}");
      assertThat(turn == 0 ? "" : answer.body()).isEqualTo(first);
      first = answer.body();
    }
    assertThat(balance(user)).isEqualTo("30");
  }

  /** Each described call of the wallet, with ids in its path. */
  private static List<String[]> calls() {
    List<String[]> calls = new ArrayList<>();
    for (String operation : ApiContract.operations(ApiContract.Port.APPLICATION)) {
      if (operation.contains("/v1/billing/")) {
        String[] parts = operation.split(" ", 2);
        String right =
            ApiContract.operation(operation).at("/security/0/token/0").asText().replace(':', '-');
        calls.add(
            new String[] {
              parts[0], parts[1].replaceAll("\\{\\w+}", UUID.randomUUID().toString()), right
            });
      }
    }
    return calls;
  }

  @Test
  void eachCallTakesTheOneRightThatItNeedsAndEveryDenialIsRecorded() throws Exception {
    long before = refusals("needs a token with the right wallet:%");
    int denied = 0;
    for (String[] call : calls()) {
      for (Right right : Right.values()) {
        String name = "only-" + right.text().replace(':', '-');
        String body = call[0].equals("POST") ? "{\"denied\":\"here\"}" : "";
        HttpResponse<String> answer = send(name, call[0], call[1], body);
        if (name.equals("only-" + call[2])) {
          assertThat(answer.statusCode()).as(call[1] + " " + name).isIn(200, 400, 404);
        } else {
          refused(answer, 403, "403");
          denied++;
        }
      }
    }
    assertThat(calls()).hasSize(24);
    assertThat(denied).isEqualTo(24 * (Right.values().length - 1));
    assertThat(refusals("needs a token with the right wallet:%") - before).isEqualTo(denied);
    List<String> bodies =
        database
            .jdbi()
            .withHandle(
                handle ->
                    handle
                        .createQuery(
                            "SELECT DISTINCT body FROM billing.refusals"
                                + " WHERE caller = 'only-jobs' AND kind LIKE 'POST %'"
                                + " AND body <> ''")
                        .mapTo(String.class)
                        .list());
    assertThat(bodies).containsExactly("{\"denied\":\"here\"}");
  }

  @Test
  void aTokenThatIsBoundToAccountsSeesAndChangesNoOther() throws Exception {
    UUID other = userWith("10");
    String hold = ok(post("holds", use(other, "payment", "1"))).path("holdId").asText();
    String operation = ok(post("credits", money(other, "1"))).path("operationId").asText();
    long before = refusals("the token is bound to other accounts");
    List<String[]> tries =
        List.of(
            new String[] {"GET", OUTER + "account?userId=" + other, ""},
            new String[] {"GET", OUTER + "records?userId=" + other, ""},
            new String[] {"GET", OUTER + "stats/today?userId=" + other, ""},
            new String[] {"GET", OUTER + "stats/month?userId=" + other, ""},
            new String[] {"GET", OUTER + "stats/summary?userId=" + other, ""},
            new String[] {"GET", INNER + "balance?accountId=" + other, ""},
            new String[] {"GET", INNER + "history?accountId=" + other, ""},
            new String[] {"GET", INNER + "turnover?accountId=" + other, ""},
            new String[] {"GET", INNER + "operations/" + operation, ""},
            new String[] {"GET", INNER + "operations/" + UUID.randomUUID(), ""},
            new String[] {"POST", INNER + "check", use(other, "payment", "1")},
            new String[] {"POST", INNER + "deduct", use(other, "payment", "1")},
            new String[] {"POST", INNER + "credits", money(other, "1")},
            new String[] {"POST", INNER + "debits", money(other, "1")},
            new String[] {"POST", INNER + "holds", use(other, "payment", "1")},
            new String[] {"POST", INNER + "holds/" + hold + "/commit", "{}"},
            new String[] {"POST", INNER + "holds/" + hold + "/void", "{}"},
            new String[] {"POST", INNER + "reversals", "{\"operationId\":\"" + operation + "\"}"},
            new String[] {
              "POST",
              INNER + "accounts",
              String.format(
                  Locale.ROOT,
                  "{\"accountId\":\"%s\",\"owner\":\"%s\",\"currency\":\"CNY\"}",
                  BOUND,
                  other)
            },
            new String[] {
              "POST",
              INNER + "transfers",
              String.format(
                  Locale.ROOT,
                  "{\"fromAccountId\":\"%s\",\"toAccountId\":\"%s\",\"amount\":\"1\",\"currency\":\"CNY\"}",
                  other,
                  BOUND)
            });
    for (String[] one : tries) {
      refused(send("bound", one[0], one[1], one[2], "Idempotency-Key", "s" + ++keys), 403, "403");
    }
    String line =
        money(other, "1").replace("{", "{\"operation\":\"credit\",\"idempotencyKey\":\"sb\",");
    assertThat(send("bound", "POST", INNER + "bulk", line).body())
        .contains("\"errorCode\":\"403\"");
    assertThat(refusals("the token is bound to other accounts") - before)
        .isEqualTo(tries.size() + 1);
    assertThat(balance(other)).isEqualTo("11");

    ok(send("bound", "POST", INNER + "credits", money(BOUND, "1"), "Idempotency-Key", "own"));
    ok(send("bound", "GET", OUTER + "account?userId=" + BOUND, ""));
  }

  @Test
  void aRechargeWithoutAPaymentServiceSaysSo() throws Exception {
    UUID user = userWith("0");
    String order =
        String.format(
            Locale.ROOT,
            "{\"userId\":\"%s\",\"amount\":10,\"currency\":\"CNY\",\"paymentMethod\":\"alipay\"}",
            user);
    refused(send("all", "POST", OUTER + "recharge", order, "Idempotency-Key", "r"), 400, "190501");
    refused(send("all", "POST", OUTER + "recharge", order), 400, "100002");
  }
}
