package plus.svc.billing.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import plus.svc.billing.emulator.EmulatorConfig;
import plus.svc.billing.emulator.ServerTls;
import plus.svc.billing.emulator.SimulatedExporter;
import plus.svc.billing.emulator.SimulationConfig;
import plus.svc.billing.emulator.fault.When;
import plus.svc.billing.emulator.fault.WireFault;
import plus.svc.billing.emulator.tls.DevCertificates;
import plus.svc.billing.emulator.window.Access;
import plus.svc.billing.emulator.window.Flavour;
import plus.svc.billing.emulator.window.NodeConfig;
import plus.svc.billing.emulator.xray.SimulatedUser;

/**
 * One exporter of the demo.
 *
 * @param source what the service is told of it, as in {@code EXPORTER_SOURCES_JSON}
 */
record DemoNode(String nodeId, SimulatedExporter exporter, Map<String, Object> source) {

  static final String ENV = "demo";

  /** What all nodes of a demo have in common. */
  record Setting(
      Path folder, DevCertificates certificates, InstantSource clock, Instant start, long seed) {}

  /** The node as buckets name it. */
  String composed() {
    return ENV + ":" + nodeId;
  }

  /** HTTPS and a bearer token, flavour A; Xray restarts now and then. */
  static DemoNode bearer(Setting setting, List<SimulatedUser> people, String token)
      throws IOException {
    SimulatedExporter exporter =
        SimulatedExporter.start(
            EmulatorConfig.https(
                node(Flavour.A, "jp-tokyo", Access.bearer(token)),
                ServerTls.https(setting.certificates().server("jp-tokyo.example"))),
            life(setting, people, 1).withRestartEvery(Duration.ofMinutes(11)),
            setting.clock());
    Map<String, Object> source = source("jp-tokyo", exporter, "bearer");
    source.put("credential_ref", "env:JP_TOKYO_TOKEN");
    source.put("ca_bundle_ref", "file:" + setting.folder().resolve("ca.pem"));
    return new DemoNode("jp-tokyo", exporter, source);
  }

  /** A client certificate, flavour B; falls silent for some minutes and then back-fills. */
  static DemoNode mutual(Setting setting, List<SimulatedUser> people) throws IOException {
    SimulatedExporter exporter =
        SimulatedExporter.start(
            EmulatorConfig.https(
                node(Flavour.B, "us-dallas", Access.open()),
                ServerTls.mutual(
                    setting.certificates().server("us-dallas.example"),
                    setting.certificates().authority().certificate())),
            life(setting, people, 2).withRestartEvery(Duration.ofMinutes(17)),
            setting.clock());
    Instant from = setting.start().plus(Duration.ofMinutes(8));
    exporter
        .faults()
        .add(
            new WireFault.Silent(
                When.between(from, from.plus(Duration.ofMinutes(6))),
                WireFault.Silent.Mode.REFUSED));
    Map<String, Object> source = source("us-dallas", exporter, "mtls");
    source.put("credential_ref", "file:" + setting.folder().resolve("client-pair.pem"));
    source.put("ca_bundle_ref", "file:" + setting.folder().resolve("ca.pem"));
    return new DemoNode("us-dallas", exporter, source);
  }

  /** Plain HTTP on loopback, flavour A. */
  static DemoNode plain(Setting setting, List<SimulatedUser> people) throws IOException {
    SimulatedExporter exporter =
        SimulatedExporter.start(
            EmulatorConfig.plain(node(Flavour.A, "de-berlin", Access.open())),
            life(setting, people, 3).withRestartEvery(Duration.ofMinutes(23)),
            setting.clock());
    return new DemoNode("de-berlin", exporter, source("de-berlin", exporter, "none"));
  }

  private static NodeConfig node(Flavour flavour, String nodeId, Access access) {
    return NodeConfig.of(flavour, nodeId, ENV, access).withProducerEpoch(true);
  }

  private static SimulationConfig life(Setting setting, List<SimulatedUser> people, int node) {
    return SimulationConfig.of(people, setting.seed() * 31 + node, setting.start());
  }

  private static Map<String, Object> source(
      String nodeId, SimulatedExporter exporter, String authMode) {
    Map<String, Object> source = new LinkedHashMap<>();
    source.put("source_id", nodeId);
    source.put("node_id", nodeId);
    source.put("env", ENV);
    source.put("base_url", exporter.baseUri().toString());
    source.put("auth_mode", authMode);
    source.put("first_snapshot", "from-zero");
    return source;
  }
}
