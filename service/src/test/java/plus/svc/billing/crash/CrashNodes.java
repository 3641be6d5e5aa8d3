package plus.svc.billing.crash;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.emulator.EmulatorConfig;
import plus.svc.billing.emulator.SimulatedExporter;
import plus.svc.billing.emulator.SimulationConfig;
import plus.svc.billing.emulator.SteppedClock;
import plus.svc.billing.emulator.fault.When;
import plus.svc.billing.emulator.fault.WireFault;
import plus.svc.billing.emulator.window.Access;
import plus.svc.billing.emulator.window.Flavour;
import plus.svc.billing.emulator.window.NodeConfig;
import plus.svc.billing.emulator.xray.GroundTruth;
import plus.svc.billing.emulator.xray.SimulatedUser;
import plus.svc.billing.emulator.xray.Traffic;
import plus.svc.billing.quantity.NodeKey;

/**
 * Three emulated exporters with hours of history that ended a little ago, so that the service,
 * whose clock is the machine's, has all of it as a backlog; and what really happened on them.
 */
final class CrashNodes implements AutoCloseable {

  static final String ENV = "crash";
  static final long MAX_BYTES_PER_SECOND = 1_250_000_000_000L;

  private static final int PEOPLE = 24;
  private static final Duration HISTORY = Duration.ofHours(2);

  private final List<SimulatedUser> people;
  private final Map<String, SimulatedExporter> exporters = new LinkedHashMap<>();

  /** Lives through the history; the same seed and instant give the same. */
  CrashNodes(long seed, Instant now) throws IOException {
    this.people =
        SimulatedUser.firstNumbered(PEOPLE).stream()
            .map(
                person ->
                    new SimulatedUser(
                        person.identifier().replaceFirst("^00000000", "0000000a"),
                        person.accountUuid(),
                        person.email()))
            .toList();
    Instant end = now.truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofMinutes(4)).plusSeconds(20);
    live(Flavour.A, "tokyo", people, true, Duration.ofMinutes(25), seed * 31 + 1, end);
    live(
        Flavour.B,
        "dallas",
        people.subList(0, 16),
        true,
        Duration.ofMinutes(50),
        seed * 31 + 2,
        end);
    // As today's exporters are: no epoch. Its restarts would hide bytes from everybody.
    live(Flavour.A, "berlin", people.subList(8, PEOPLE), false, null, seed * 31 + 3, end);
  }

  private void live(
      Flavour flavour,
      String node,
      List<SimulatedUser> users,
      boolean epoch,
      @Nullable Duration restartEvery,
      long seed,
      Instant end)
      throws IOException {
    Instant start = end.minus(HISTORY).truncatedTo(ChronoUnit.MINUTES);
    SteppedClock clock = new SteppedClock(start);
    SimulatedExporter exporter =
        SimulatedExporter.start(
            EmulatorConfig.plain(
                NodeConfig.of(flavour, node, ENV, Access.open()).withProducerEpoch(epoch)),
            SimulationConfig.of(users, seed, start).withRestartEvery(restartEvery),
            clock);
    clock.set(end);
    exporter.finish();
    exporters.put(node, exporter);
  }

  /** Every reply takes so long from now on, so that there is time for something to happen. */
  void answerAfter(Duration time) {
    answerAtOnce();
    for (SimulatedExporter exporter : exporters.values()) {
      exporter.faults().add(new WireFault.Delay(When.always(), time));
    }
  }

  void answerAtOnce() {
    exporters.values().forEach(exporter -> exporter.faults().clear());
  }

  List<SimulatedUser> people() {
    return people;
  }

  List<NodeKey> nodes() {
    return exporters.keySet().stream().map(node -> new NodeKey(ENV, node)).toList();
  }

  /** What {@code EXPORTER_SOURCES_JSON} takes. */
  String sources() throws IOException {
    List<Map<String, Object>> sources = new ArrayList<>();
    exporters.forEach(
        (node, exporter) ->
            sources.add(
                Map.of(
                    "source_id", node,
                    "node_id", node,
                    "env", ENV,
                    "base_url", exporter.baseUri().toString(),
                    "auth_mode", "none",
                    "first_snapshot", "from-zero",
                    "max_bytes_per_second", MAX_BYTES_PER_SECOND)));
    return new ObjectMapper().writeValueAsString(sources);
  }

  /** How many snapshots there are in all. */
  int snapshots() {
    return exporters.values().stream()
        .mapToInt(exporter -> exporter.emulator().exporter().history().size())
        .sum();
  }

  /** Every snapshot as {@code node instant} with its samples as {@code identifier|tag|up|down}. */
  Map<String, Set<String>> history() {
    Map<String, Set<String>> all = new TreeMap<>();
    exporters.forEach(
        (node, exporter) ->
            exporter
                .emulator()
                .exporter()
                .history()
                .forEach(
                    row -> {
                      Set<String> samples = new TreeSet<>();
                      row.samples()
                          .forEach(
                              sample ->
                                  samples.add(
                                      sample.uuid()
                                          + "|"
                                          + sample.inboundTag()
                                          + "|"
                                          + sample.uplinkBytesTotal()
                                          + "|"
                                          + sample.downlinkBytesTotal()));
                      Instant at = row.collectedAt().truncatedTo(ChronoUnit.MICROS);
                      all.put(ENV + ":" + node + " " + at, samples);
                    }));
    return all;
  }

  /** Bytes that a reader of every snapshot can find, by node and account. */
  Map<String, Map<UUID, Long>> observable() {
    Map<String, Map<UUID, Long>> all = new TreeMap<>();
    exporters.forEach(
        (node, exporter) -> {
          Map<UUID, Long> bytes = new TreeMap<>();
          Map<String, Traffic> byAccount =
              GroundTruth.by(
                  key -> key.identifier().replaceFirst("^0000000a", "00000000"),
                  exporter.groundTruth().observable());
          byAccount.forEach(
              (account, sum) -> bytes.put(UUID.fromString(account), sum.totalBytes()));
          all.put(ENV + ":" + node, bytes);
        });
    return all;
  }

  @Override
  public void close() {
    exporters.values().forEach(SimulatedExporter::close);
  }
}
