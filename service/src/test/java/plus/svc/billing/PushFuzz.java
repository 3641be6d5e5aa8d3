package plus.svc.billing;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import plus.svc.billing.Push.Answer;
import plus.svc.billing.testing.PostgresHarness;
import plus.svc.billing.testing.TestDatabase;

/**
 * The push call of the whole service on a real socket and a real PostgreSQL: every body gets an
 * answer that the documentation names, one that is refused leaves no row, and the same body again
 * changes nothing. A first byte of 0x1f says that the body is gzipped.
 */
class PushFuzz {

  private static final Set<Integer> ANSWERS = Set.of(200, 400, 413, 422);
  private static final Set<Integer> WRITES_NOTHING = Set.of(400, 413, 422);

  private static TestDatabase database;
  private static Jdbi jdbi;
  private static RunningService service;
  private static Push push;

  @BeforeAll
  static void startService() throws Exception {
    database = PostgresHarness.shared().freshDatabase();
    jdbi = database.jdbi();
    UUID user = UUID.fromString("00000000-0000-4000-8000-00000000000a");
    jdbi.useHandle(
        handle ->
            handle.execute(
                "INSERT INTO public.users (uuid, proxy_uuid) VALUES (?, ?)", user, user));
    String address = database.jdbcUrl().substring("jdbc:postgresql://".length());
    service =
        RunningService.start(
            Path.of(System.getProperty("basedir", "."), "..", "config.yml"),
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
                "PRICE_PER_BYTE",
                "0.5",
                "LOG_LEVEL",
                "OFF"),
            Clock.fixed(Instant.parse("2026-04-08T12:00:00Z"), ZoneOffset.UTC));
    push = new Push(service.baseUrl(), "platform-token");
  }

  @AfterAll
  static void stopService() {
    service.close();
    PostgresHarness.shared().drop(database);
  }

  @FuzzTest
  @DictionaryEntries({
    "\"collected_at\":",
    "\"2026-04-08T10:00:00Z\"",
    "\"node_id\":\"jp\"",
    "\"env\":\"prod\"",
    "\"samples\":[",
    "\"uuid\":",
    "\"00000000-0000-4000-8000-00000000000a\"",
    "\"inbound_tag\":",
    "\"uplink_bytes_total\":",
    "\"downlink_bytes_total\":",
    "9223372036854775807",
    "-1",
    "1.5",
    "\"started_at\":",
    "\"uptime_seconds\":",
    "null",
    "[",
    "},{",
    "\\ud800",
    "\\u0000"
  })
  void everyBodyGetsAnAnswerThatIsDocumented(byte[] body) {
    String before = rows();
    Answer answer = send(body);
    assertThat(answer.status()).as(answer.body().toString()).isIn(ANSWERS);
    if (WRITES_NOTHING.contains(answer.status())) {
      assertThat(rows()).isEqualTo(before);
      return;
    }
    String after = rows();
    Answer again = send(body);
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.count("accepted") + again.count("merged")).isZero();
    assertThat(rows()).isEqualTo(after);
  }

  private static Answer send(byte[] body) {
    return body.length > 0 && body[0] == 0x1f
        ? push.gzipped(body)
        : push.send(BodyPublishers.ofByteArray(body));
  }

  /** How many rows there are of what a push writes, and what they come to. */
  private static String rows() {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    SELECT (SELECT count(*) FROM billing.nodes) || ' '
                           || (SELECT count(*) FROM billing.series) || ' '
                           || (SELECT count(*) FROM billing.snapshots) || ' '
                           || (SELECT count(*) FROM billing.set_asides) || ' '
                           || (SELECT count(*) FROM billing.unattributed_usage) || ' '
                           || (SELECT count(*) || ' ' || coalesce(sum(total_bytes), 0)
                                 FROM public.traffic_minute_buckets) || ' '
                           || (SELECT count(*) || ' ' || coalesce(sum(amount_delta), 0)
                                 FROM public.billing_ledger)
                    """)
                .mapTo(String.class)
                .one());
  }
}
