package plus.svc.billing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import plus.svc.billing.emulator.EmulatorConfig;
import plus.svc.billing.emulator.ExporterEmulator;
import plus.svc.billing.emulator.window.Access;
import plus.svc.billing.emulator.window.Flavour;
import plus.svc.billing.emulator.window.NodeConfig;
import plus.svc.billing.emulator.window.SampleRow;
import plus.svc.billing.emulator.window.SnapshotRow;
import plus.svc.billing.testing.Database;
import plus.svc.billing.testing.Eventually;

/**
 * Exporters whose clock is set by half an hour while they are read, back and ahead and right again:
 * each byte counts once all the same.
 */
@Timeout(120)
class ExporterClockIT {

  @RegisterExtension static final Database database = Database.migrated();

  private static final long BYTES_A_MINUTE = 1_000;

  /** A node with one user, whose counter grows with the true minutes. */
  private record Node(
      String name, UUID user, Instant begin, @Nullable Instant epoch, ExporterEmulator exporter) {

    static Node start(Flavour flavour, String name, Instant begin, @Nullable Instant epoch)
        throws IOException {
      UUID user = UUID.randomUUID();
      database.jdbi().useHandle(h -> h.execute("INSERT INTO public.users (uuid) VALUES (?)", user));
      return new Node(
          name,
          user,
          begin,
          epoch,
          ExporterEmulator.start(
              EmulatorConfig.plain(NodeConfig.of(flavour, name, "prod", Access.open())),
              Clock.systemUTC()));
    }

    /** Lives through true minutes, the last one included, with its clock off by so much. */
    void lives(int from, int last, Duration off) {
      exporter.load(
          IntStream.rangeClosed(from, last)
              .mapToObj(
                  minute ->
                      new SnapshotRow(
                          begin.plus(Duration.ofMinutes(minute)).plus(off),
                          name,
                          "prod",
                          epoch,
                          List.of(
                              new SampleRow(
                                  user.toString(), "", "tcp", BYTES_A_MINUTE * minute, 0))))
              .toList());
    }

    String source() {
      return String.format(
          Locale.ROOT,
          "{\"source_id\":\"%s\",\"node_id\":\"%s\",\"env\":\"prod\",\"base_url\":\"%s\","
              + "\"auth_mode\":\"none\",\"first_snapshot\":\"from-zero\"}",
          name,
          name,
          exporter.baseUri());
    }

    long billed() {
      return database
          .jdbi()
          .withHandle(
              h ->
                  h.createQuery(
                          """
                          SELECT coalesce(sum(total_bytes), 0) FROM public.traffic_minute_buckets
                           WHERE account_uuid = :user
                          """)
                      .bind("user", user)
                      .mapTo(Long.class)
                      .one());
    }

    void isBilledUpTo(int minute) throws Exception {
      Eventually.holds(() -> assertThat(billed()).as(name).isEqualTo(BYTES_A_MINUTE * minute));
    }
  }

  @Test
  void anExporterWhoseClockIsSetIsBilledForWhatItCounted() throws Exception {
    Instant begin =
        Clock.systemUTC().instant().truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofMinutes(130));
    Node back = Node.start(Flavour.A, "back", begin, null);
    Node ahead = Node.start(Flavour.A, "ahead", begin, null);
    Node exact = Node.start(Flavour.B, "ahead-with-epoch", begin, begin.minus(Duration.ofHours(1)));
    List<Node> nodes = List.of(back, ahead, exact);
    String address = database.jdbcUrl().substring("jdbc:postgresql://".length());
    Map<String, String> variables =
        Map.of(
            "DATABASE_URL",
            "postgres://" + database.user() + ":" + database.password() + "@" + address,
            "INTERNAL_SERVICE_TOKEN",
            "platform-token",
            "COLLECT_INTERVAL",
            "200ms",
            "LISTEN_ADDR",
            "127.0.0.1:0",
            "ADMIN_LISTEN_ADDR",
            "127.0.0.1:0",
            "LOG_LEVEL",
            "OFF",
            "EXPORTER_SOURCES_JSON",
            nodes.stream().map(Node::source).collect(Collectors.joining(",", "[", "]")));
    for (Node node : nodes) {
      node.lives(0, 60, Duration.ZERO);
    }
    try (RunningService service =
        RunningService.start(ShippedConfiguration.FILE, variables, Clock.systemUTC())) {
      assertThat(service.baseUrl()).isNotNull();
      for (Node node : nodes) {
        node.isBilledUpTo(60);
      }

      back.lives(61, 120, Duration.ofMinutes(-30));
      ahead.lives(61, 80, Duration.ofMinutes(30));
      exact.lives(61, 80, Duration.ofMinutes(30));
      back.isBilledUpTo(120);
      ahead.isBilledUpTo(80);
      exact.isBilledUpTo(80);

      // Right again: the true minutes come between those of the future, or in their place.
      ahead.lives(81, 119, Duration.ZERO);
      exact.lives(81, 119, Duration.ofMillis(500));
      ahead.isBilledUpTo(119);
      exact.isBilledUpTo(119);
      for (Node node : nodes) {
        node.exporter().close();
      }
    }
  }
}
