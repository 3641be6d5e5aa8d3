package plus.svc.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static plus.svc.billing.Push.head;
import static plus.svc.billing.Push.sample;
import static plus.svc.billing.Push.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import plus.svc.billing.Push.Answer;
import plus.svc.billing.auth.TokenHash;
import plus.svc.billing.pipeline.TableDigests;
import plus.svc.billing.testing.Database;

/** The push call of the whole service: real HTTP, real PostgreSQL. */
class PushIT {

  @RegisterExtension static final Database database = Database.migrated();
  @TempDir static Path folder;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Instant NOW = Instant.parse("2026-04-08T12:00:00Z");
  private static final int MIB = 1 << 20;

  private static RunningService service;
  private static Push push;
  private static Push bound;
  private static Jdbi jdbi;
  private static int nodes;

  private final String node = "node-" + nodes++;
  private final UUID user = user();

  @BeforeAll
  static void startService() throws Exception {
    jdbi = database.jdbi();
    String tokens =
        "  tokens:\n"
            + "    - name: jp\n"
            + "      hashes: ['"
            + TokenHash.of("retired").text()
            + "', '"
            + TokenHash.of("jp-token").text()
            + "']\n"
            + "      rights: [ingest]\n"
            + "      nodes: [{env: prod, node_id: jp-1}, {env: prod, node_id: jp-2}]\n";
    String shipped = Files.readString(ShippedConfiguration.FILE);
    Path configuration =
        Files.writeString(
            folder.resolve("config.yml"),
            shipped
                .replace("  tokens: []\n", tokens)
                .replace("server:\n", "server:\n  requestLog:\n    appenders: []\n"));
    service =
        RunningService.start(
            configuration,
            Map.of(
                "DATABASE_URL",
                urlOf(database),
                "INTERNAL_SERVICE_TOKEN",
                "platform-token",
                "BILLING_ADMIN_TOKEN",
                "admin-token",
                "BILLING_INGEST_MODE",
                "push",
                "LISTEN_ADDR",
                "127.0.0.1:0",
                "ADMIN_LISTEN_ADDR",
                "127.0.0.1:0",
                "PRICE_PER_BYTE",
                "0.5",
                "DEFAULT_REGION",
                "jp",
                "LOG_LEVEL",
                "OFF"),
            Clock.fixed(NOW, ZoneOffset.UTC));
    push = new Push(service.baseUrl(), "platform-token");
    bound = new Push(service.baseUrl(), "jp-token");
  }

  @AfterAll
  static void stopService() {
    service.close();
  }

  private static String urlOf(Database database) {
    String address = database.jdbcUrl().substring("jdbc:postgresql://".length());
    return "postgres://" + database.user() + ":" + database.password() + "@" + address;
  }

  private static UUID user() {
    UUID id = UUID.randomUUID();
    jdbi.useHandle(
        handle ->
            handle.execute("INSERT INTO public.users (uuid, proxy_uuid) VALUES (?, ?)", id, id));
    return id;
  }

  private static String text(String sql, Object... args) {
    return jdbi.withHandle(
        handle -> handle.select(sql, args).mapTo(String.class).findFirst().orElse(""));
  }

  /** Bytes and money of an account, as accounts.svc.plus would add them up. */
  private static String facts(UUID user) {
    return text(
        """
        SELECT (SELECT coalesce(sum(total_bytes), 0) FROM public.traffic_minute_buckets
                 WHERE account_uuid = :user)
               || ' bytes, '
               || (SELECT trim_scale(coalesce(sum(amount_delta), 0)) FROM public.billing_ledger
                    WHERE account_uuid = :user)
        """
            .replace(":user", "'" + user + "'"));
  }

  /** Minute m of the morning, as a snapshot whose counters are (100 m, 0). */
  private String minute(int m) {
    return snapshot(node, at(m), sample(user, 100L * m, 0));
  }

  private static String at(int m) {
    return Instant.parse("2026-04-08T10:00:00Z").plusSeconds(60L * m).toString();
  }

  private static void awaitThat(Callable<Boolean> condition) throws Exception {
    long giveUp = System.nanoTime() + 30_000_000_000L;
    while (!condition.call()) {
      assertThat(System.nanoTime()).as("waited in vain").isLessThan(giveUp);
      LockSupport.parkNanos(2_000_000);
    }
  }

  private static long counter(String name) throws Exception {
    HttpResponse<String> metrics =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(service.adminUrl().resolve("/metrics"))
                    .header("Authorization", "Bearer admin-token")
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    return JSON.readTree(metrics.body()).path("counters").path(name).path("count").asLong();
  }

  // Forms.

  @Test
  void takesAnObjectThenTellsARepeatAndALateOne() {
    Answer first = push.send(minute(0));
    assertThat(first.status()).isEqualTo(200);
    assertThat(first.text("job")).isEqualTo("ingest-snapshot");
    assertThat(first.text("status")).isEqualTo("ok");
    assertThat(first.text("started_at")).isEqualTo("2026-04-08T12:00:00Z");
    assertThat(first.count("accepted")).isEqualTo(1);
    assertThat(facts(user)).isEqualTo("0 bytes, 0"); // the node's first snapshot is a baseline

    Answer second = push.send(minute(3));
    assertThat(second.count("written_minutes")).isEqualTo(1);
    assertThat(facts(user)).isEqualTo("300 bytes, -150");

    Answer repeat = push.send(minute(3));
    assertThat(repeat.status()).isEqualTo(200);
    assertThat(repeat.count("accepted")).isZero();
    assertThat(repeat.count("repeated")).isEqualTo(1);

    Answer late = push.send(minute(1));
    assertThat(late.count("accepted")).isEqualTo(1);
    assertThat(late.count("late")).isEqualTo(1);
    assertThat(facts(user)).isEqualTo("300 bytes, -150");

    Answer other = push.send(snapshot(node, at(3), sample(user, 350, 0)));
    assertThat(other.count("merged")).isEqualTo(1);
    assertThat(facts(user)).isEqualTo("350 bytes, -175");
  }

  @Test
  void takesAnArrayLinesAndConcatenatedObjects() {
    assertThat(push.send("[" + minute(0) + "," + minute(1) + "]").count("accepted")).isEqualTo(2);
    assertThat(push.send(minute(2) + "\n" + minute(3) + "\n").count("accepted")).isEqualTo(2);
    assertThat(push.send(minute(4) + minute(5)).count("accepted")).isEqualTo(2);
    assertThat(facts(user)).isEqualTo("500 bytes, -250");
  }

  @Test
  void takesGzip() throws Exception {
    byte[] body = (minute(0) + "\n" + minute(1)).getBytes(StandardCharsets.UTF_8);
    assertThat(push.gzipped(Push.gzip(body)).count("accepted")).isEqualTo(2);
    assertThat(
            push.send(BodyPublishers.ofByteArray(Push.gzip(body)), "Content-Encoding", "GZIP")
                .count("repeated"))
        .isEqualTo(2);
    Answer unknown = push.send(BodyPublishers.ofByteArray(body), "Content-Encoding", "br");
    assertThat(unknown.status()).isEqualTo(415);
    assertThat(unknown.text("message")).contains("gzip");
  }

  @Test
  void takesWhateverContentTypeIsClaimed() {
    for (String type : List.of("application/x-www-form-urlencoded", "text/plain", "a/b")) {
      assertThat(push.send(BodyPublishers.ofString(minute(0)), "Content-Type", type).status())
          .isEqualTo(200);
    }
  }

  @Test
  void takesABacklogOfDaysInOneBodyInBoundedTransactions() {
    List<String> minutes = new ArrayList<>();
    for (int m = 0; m < 1_000; m++) {
      minutes.add(snapshot(node, at(m - 1_000), sample(user, 10L * m, 0)));
    }
    assertThat(push.send(String.join("\n", minutes)).count("accepted")).isEqualTo(1_000);
    assertThat(facts(user)).startsWith("9990 bytes");
    assertThat(
            text(
                "SELECT count(DISTINCT s.xmin::text)::text FROM billing.snapshots s"
                    + " JOIN billing.nodes n USING (node_key) WHERE n.node = ?",
                node))
        .isEqualTo("5");
  }

  // What is not taken.

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                          | 400 | holds no snapshot",
        "'  '                        | 400 | holds no snapshot",
        "[]                          | 400 | holds no snapshot",
        "42                          | 400 | neither an object nor an array",
        "'\"text\"'                  | 400 | neither an object nor an array",
        "{                           | 400 | ends",
        "'{\"samples\":[}'           | 400 | no JSON from byte 12 on",
        "'{} {'                      | 400 | ends",
        "'[[[[[[[[[[[[[[[[[[[[[[[['  | 400 | deeper than 16"
      })
  void aBodyThatCannotBeReadIsRefusedAsAWhole(String body, int status, String message) {
    Map<String, String> before = TableDigests.of(jdbi);
    Answer alone = push.send(body);
    assertThat(alone.status()).isEqualTo(status);
    assertThat(alone.text("code")).isEqualTo("unreadable");
    assertThat(alone.text("message")).contains(message);
    if (!body.isBlank() && !body.equals("[]")) {
      assertThat(push.send(minute(0) + body).status()).isEqualTo(status);
    }
    assertThat(TableDigests.changes(before, TableDigests.of(jdbi))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'\"node_id\":\"n\"'                                      | collected_at |             | RFC 3339",
        "'\"node_id\":\"n\",\"collected_at\":\"yesterday\"'       | collected_at | yesterday   | RFC 3339",
        "'\"node_id\":\"n\",\"collected_at\":\"2026-04-08T12:06:00Z\"' | collected_at | 2026-04-08T12:06:00Z | clock",
        "'\"node_id\":\"n\",\"collected_at\":\"0001-01-01T00:00:00Z\"' | collected_at | 0001-01-01T00:00:00Z | clock",
        "'\"node_id\":\"n\",\"collected_at\":\"+99999-01-01T00:00:00Z\"' | collected_at | +99999-01-01T00:00:00Z | RFC 3339",
        "'\"node_id\":\" \",\"collected_at\":\"2026-04-08T10:00:00Z\"'  | node_id | ' ' | send the node",
        "'\"node_id\":\"n\",\"env\":\" \",\"collected_at\":\"2026-04-08T10:00:00Z\",\"x\":{\"env\":1}' | env | | environment",
        "'\"node_id\":\"n\",\"collected_at\":\"2026-04-08T10:00:00Z\",\"uptime_seconds\":\"1h\"' | started_at | 1h | uptime",
        "'\"node_id\":\"n\",\"collected_at\":\"2026-04-08T10:00:00Z\",\"started_at\":\"+999999999-01-01T00:00:00Z\"' | started_at | +999999999-01-01T00:00:00Z | started_at"
      })
  void aSnapshotWithABadHeadIsToldByFieldValueAndMendAndTheRestIsTaken(
      String fields, String field, String value, String mend) {
    Map<String, String> before = TableDigests.of(jdbi);
    String bad =
        fields.contains("\"env\"")
            ? "{" + fields + "}"
            : "{\"env\":\"prod\",\"samples\":[]," + fields + "}";
    Answer alone = push.send(bad);
    assertThat(alone.status()).isEqualTo(422);
    assertThat(alone.text("status")).isEqualTo("error");
    assertThat(TableDigests.changes(before, TableDigests.of(jdbi))).isEmpty();

    Answer mixed = push.send("[" + minute(0) + "," + bad + "]");
    assertThat(mixed.status()).isEqualTo(200);
    assertThat(mixed.text("status")).isEqualTo("partial");
    assertThat(mixed.count("accepted") + mixed.count("repeated")).isEqualTo(1);
    assertThat(mixed.count("rejected")).isEqualTo(1);
    JsonNode problem = mixed.body().path("problems").path(0);
    assertThat(problem.path("snapshot").asInt()).isEqualTo(1);
    assertThat(problem.path("field").asText()).isEqualTo(field);
    assertThat(problem.path("value").asText("")).isEqualTo(value == null ? "" : value);
    assertThat(problem.path("mend").asText()).contains(mend);
  }

  @ParameterizedTest
  @CsvSource({
    "1, -5, samples[].downlink_bytes_total, -5",
    "1.5, 2, samples[].uplink_bytes_total, 1.5",
    "9223372036854775807, 1, samples[].uplink_bytes_total, 9223372036854775807"
  })
  void aBadSampleBlocksNothingAndIsTold(
      String uplink, String downlink, String field, String value) {
    push.send(minute(0));
    UUID other = user();
    String bad = sample("\"" + other + "\"", "\"\"", uplink, downlink);
    Answer answer = push.send(snapshot(node, at(1), sample(user, 100, 0), bad));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text("status")).isEqualTo("partial");
    assertThat(answer.count("samples_set_aside")).isEqualTo(1);
    assertThat(answer.body().path("problems").path(0).path("field").asText()).isEqualTo(field);
    assertThat(answer.body().path("problems").path(0).path("value").asText()).isEqualTo(value);
    assertThat(facts(user)).startsWith("100 bytes");
    assertThat(facts(other)).startsWith("0 bytes");
  }

  @Test
  void aNameTooLongForAnIndexIsSetAsideAndBlocksNothing() {
    String random = randomText(2_000);
    push.send(minute(0));
    Answer tag =
        push.send(
            snapshot(
                node,
                at(1),
                sample(user, 100, 0),
                sample("\"" + user + "\"", "\"" + random + "\"", "1", "1")));
    assertThat(tag.status()).isEqualTo(200);
    assertThat(tag.count("samples_set_aside")).isEqualTo(1);
    assertThat(facts(user)).startsWith("100 bytes");

    Answer name = push.send("[" + snapshot(random, at(1)) + "," + minute(2) + "]");
    assertThat(name.status()).isEqualTo(200);
    assertThat(name.count("rejected")).isEqualTo(1);
    assertThat(facts(user)).startsWith("200 bytes");

    // The longest that are taken, in letters of three bytes.
    String longest = "\u6f22".repeat(200);
    for (int m = 0; m < 2; m++) {
      String body =
          head(
              "\"collected_at\":\"" + at(m) + "\",\"node_id\":\"" + longest + "\"",
              sample("\"" + user + "\"", "\"" + longest + "\"", "1" + m, "0"));
      assertThat(push.send(body.replace("\"prod\"", "\"" + longest + "\"")).status())
          .isEqualTo(200);
    }
    assertThat(facts(user)).startsWith("201 bytes");
  }

  /** Letters that no compression makes shorter. */
  private static String randomText(int chars) {
    StringBuilder text = new StringBuilder();
    while (text.length() < chars) {
      text.append(UUID.randomUUID());
    }
    return text.substring(0, chars);
  }

  @Test
  void aNameThatAnotherNodeHasInTheSharedTablesIsToldAndTheOthersAreTaken() {
    String taken = "{\"collected_at\":\"" + at(0) + "\",\"env\":\"prod:a\",\"node_id\":\"b\"}";
    assertThat(push.send(taken).status()).isEqualTo(200);
    Answer answer = push.send("[" + snapshot("a:b", at(0)) + "," + minute(0) + "]");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.count("accepted")).isEqualTo(1);
    assertThat(answer.body().path("problems").path(0).path("mend").asText()).contains("rename one");
  }

  @Test
  void thirtyTwoMebibytesAreTheMostHoweverTheyCome() throws Exception {
    Map<String, String> before = TableDigests.of(jdbi);
    byte[] blanks = new byte[33 * MIB];
    Arrays.fill(blanks, (byte) ' ');
    byte[] start = minute(0).getBytes(StandardCharsets.UTF_8);
    System.arraycopy(start, 0, blanks, 0, start.length);
    InputStream endless = new ByteArrayInputStream(blanks);

    Answer declared = push.send(BodyPublishers.ofByteArray(blanks));
    Answer chunked = push.send(BodyPublishers.ofInputStream(() -> endless));
    Answer bomb = push.gzipped(Push.gzip(blanks));
    for (Answer answer : List.of(declared, chunked, bomb)) {
      assertThat(answer.status()).isEqualTo(413);
      assertThat(answer.text("code")).isEqualTo("too_large");
      assertThat(answer.text("message")).contains("33554432 bytes");
    }
    assertThat(TableDigests.changes(before, TableDigests.of(jdbi))).isEmpty();

    byte[] most = Arrays.copyOf(blanks, 32 * MIB);
    assertThat(push.send(BodyPublishers.ofByteArray(most)).status()).isEqualTo(200);
  }

  @Test
  void aDamagedGzipStreamIsRefused() throws Exception {
    byte[] whole = Push.gzip(minute(0).getBytes(StandardCharsets.UTF_8));
    Map<String, String> before = TableDigests.of(jdbi);
    assertThat(push.gzipped(Arrays.copyOf(whole, whole.length - 12)).status()).isEqualTo(400);
    byte[] broken = whole.clone();
    broken[20] ^= 0x55;
    assertThat(push.gzipped(broken).status()).isEqualTo(400);
    assertThat(push.gzipped(new byte[0]).status()).isEqualTo(400);
    assertThat(push.gzipped(minute(0).getBytes(StandardCharsets.UTF_8)).status()).isEqualTo(400);
    assertThat(TableDigests.changes(before, TableDigests.of(jdbi))).isEmpty();
  }

  // Whose nodes.

  @Test
  void aTokenBoundToNodesPushesOnlyThoseAndARefusalNamesTheNode() {
    assertThat(bound.send(snapshot("jp-1", at(0)) + snapshot("jp-2", at(0))).status())
        .isEqualTo(200);
    Map<String, String> before = TableDigests.of(jdbi);
    Answer foreign =
        bound.send("[" + snapshot("jp-1", at(1)) + "," + snapshot("us-1", at(1)) + "]");
    assertThat(foreign.status()).isEqualTo(403);
    assertThat(foreign.text("code")).isEqualTo("foreign_node");
    assertThat(foreign.text("message")).contains("node_id 'us-1' of env 'prod' (snapshot 1)");
    String otherEnv = snapshot("jp-1", at(1)).replace("\"prod\"", "\"uat\"");
    assertThat(bound.send(otherEnv).status()).isEqualTo(403);
    assertThat(TableDigests.changes(before, TableDigests.of(jdbi))).isEmpty();
  }

  @Test
  void theArchiveSaysWhoPushed() {
    bound.send(snapshot("jp-2", at(7)));
    push.send(minute(0));
    String source =
        "SELECT source_id FROM billing.snapshots JOIN billing.nodes USING (node_key) WHERE node = ?"
            + " ORDER BY collected_at DESC";
    assertThat(text(source, "jp-2")).isEqualTo("push:jp");
    assertThat(text(source, node)).isEqualTo("push:platform");
  }

  @Test
  void aNodeThatIsPushedFirstGetsTheDefaults() {
    push.send(minute(0));
    assertThat(
            text(
                "SELECT region || ' ' || count_first || ' ' || extract(epoch from billing_from)"
                    + " || ' ' || s.max_bytes_per_second FROM billing.nodes"
                    + " JOIN billing.snapshots s USING (node_key) WHERE node = ?",
                node))
        .isEqualTo("jp false 0.000000 1250000000");
  }

  // Retries.

  @Test
  void aConnectionCutInTheBodyWritesNothingAndARetryTakesAll() throws Exception {
    push.send(minute(0));
    String body = "[" + minute(1) + "," + minute(2) + "]";
    Map<String, String> before = TableDigests.of(jdbi);
    for (int cut : List.of(0, minute(1).length() + 1, body.length() - 1)) {
      long refused = counter("ingest.refused");
      push.cutAfter(cut, body);
      awaitThat(() -> counter("ingest.refused") == refused + 1);
    }
    assertThat(TableDigests.changes(before, TableDigests.of(jdbi))).isEmpty();
    assertThat(push.send(body).count("accepted")).isEqualTo(2);
    assertThat(facts(user)).isEqualTo("200 bytes, -100");
  }

  @Test
  void aConnectionCutBeforeTheAnswerIsARepeatAtTheRetry() throws Exception {
    push.send(minute(0));
    String body = "[" + minute(1) + "," + minute(2) + "]";
    push.cutAfter(body.length(), body);
    awaitThat(() -> facts(user).startsWith("200 bytes"));
    assertThat(push.send(body).count("repeated")).isEqualTo(2);
    assertThat(facts(user)).isEqualTo("200 bytes, -100");
  }

  @Test
  void theSamePushManyTimesAtOnceCountsOnce() throws Exception {
    push.send(minute(0));
    String body = minute(1) + minute(2) + minute(3);
    ExecutorService senders = Executors.newFixedThreadPool(12);
    List<Future<Answer>> answers = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      answers.add(senders.submit(() -> push.send(body)));
    }
    int accepted = 0;
    for (Future<Answer> answer : answers) {
      assertThat(answer.get().status()).isEqualTo(200);
      accepted += answer.get().count("accepted");
    }
    senders.shutdown();
    assertThat(accepted).isEqualTo(3);
    assertThat(facts(user)).isEqualTo("300 bytes, -150");
  }

  @Test
  void whatCannotBeWrittenNowIsToldAndTheRestCommitted() throws Exception {
    push.send(minute(0));
    String blocked = node + "-blocked";
    push.send(snapshot(blocked, at(0)));
    int key = Integer.parseInt(text("SELECT node_key FROM billing.nodes WHERE node = ?", blocked));
    jdbi.useHandle(
        handle ->
            handle.execute(
                "ALTER TABLE billing.nodes ADD CONSTRAINT blocked CHECK (node_key <> "
                    + key
                    + " OR head_at <= '"
                    + at(0)
                    + "')"));
    String body = snapshot(blocked, at(1)) + minute(1);
    Answer answer = push.send(body);
    jdbi.useHandle(handle -> handle.execute("ALTER TABLE billing.nodes DROP CONSTRAINT blocked"));
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.response().headers().firstValue("Retry-After")).isPresent();
    assertThat(answer.text("status")).isEqualTo("partial");
    assertThat(answer.count("accepted")).isEqualTo(1);
    assertThat(answer.count("not_taken")).isEqualTo(1);
    assertThat(answer.text("error")).contains("reference ").doesNotContain("constraint");
    assertThat(facts(user)).startsWith("100 bytes");

    Answer retry = push.send(body);
    assertThat(retry.status()).isEqualTo(200);
    assertThat(retry.count("accepted")).isEqualTo(1);
    assertThat(retry.count("repeated")).isEqualTo(1);
  }

  /** One caller has two of the four slots. */
  @Test
  void pushesBeyondTheLimitWaitForTheirTurnAndNothingIsLost() throws Exception {
    push.send(minute(0));
    List<Socket> holders = new ArrayList<>();
    for (int m = 1; m <= 4; m++) {
      Socket socket = push.connect(minute(m).length());
      socket.getOutputStream().write(minute(m).getBytes(StandardCharsets.UTF_8), 0, 1);
      holders.add(socket);
    }
    ExecutorService sender = Executors.newSingleThreadExecutor();
    Future<Answer> beyond = sender.submit(() -> push.send(minute(5)));
    for (int i = 0; isAnswered(beyond) && i < 100; i++) {
      // The service has not seen all of the others yet: the same again changes nothing.
      beyond = sender.submit(() -> push.send(minute(5)));
    }
    assertThat(beyond).as("the fifth of a caller").isNotDone();
    assertThat(bound.send(snapshot("jp-1", at(3))).status()).as("another caller").isEqualTo(200);
    for (int m = 1; m <= 4; m++) {
      OutputStream out = holders.get(m - 1).getOutputStream();
      out.write(minute(m).getBytes(StandardCharsets.UTF_8), 1, minute(m).length() - 1);
    }
    for (Socket holder : holders) {
      byte[] status = holder.getInputStream().readNBytes("HTTP/1.1 200".length());
      assertThat(new String(status, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 200");
      holder.close();
    }
    assertThat(beyond.get().status()).isEqualTo(200);
    sender.shutdown();
    assertThat(facts(user)).isEqualTo("500 bytes, -250");
  }

  private static boolean isAnswered(Future<?> answer) throws Exception {
    try {
      answer.get(500, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  @Test
  void whoDripsTakesNobodyElsesTurn() throws Exception {
    List<Socket> dripping = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Socket socket = bound.connect(1_000);
      socket.getOutputStream().write('[');
      dripping.add(socket);
    }
    assertThat(push.send(minute(0)).status()).isEqualTo(200);
    for (Socket socket : dripping) {
      socket.close();
    }
    awaitThat(() -> bound.send(snapshot("jp-1", at(9))).status() == 200);
  }
}
