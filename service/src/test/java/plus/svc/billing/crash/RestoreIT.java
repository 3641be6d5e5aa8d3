package plus.svc.billing.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import plus.svc.billing.cli.BillingAdmin;
import plus.svc.billing.pipeline.TableDigests;
import plus.svc.billing.testing.TestDatabase;

/**
 * What {@code docs/recovery.md} tells of backups, with PostgreSQL's own programs: made while the
 * service works, restored elsewhere, equal row by row, and worked on from the exporters' windows.
 */
@EnabledIfSystemProperty(
    named = "counterparts.required",
    matches = "true",
    disabledReason = "runs with -Pcounterparts, where PostgreSQL's programs are installed")
final class RestoreIT {

  private static final String ADMIN_TOKEN = "admin-token-for-the-proof-0123456789";

  @TempDir static Path folder;

  @Test
  void aDumpAndABaseBackupOfAWorkingServiceAreRestoredAndWorkedOnToTheSameFacts() throws Exception {
    Path programs =
        InstalledPostgres.programs()
            .orElseThrow(() -> new AssertionError("-Pcounterparts: install postgresql"));
    Random random = new Random(25);
    try (CrashNodes nodes = new CrashNodes(25, Clock.systemUTC().instant());
        InstalledPostgres server = InstalledPostgres.create(programs, folder.resolve("main"));
        CrashWorld world =
            new CrashWorld(server, nodes, Files.createDirectory(folder.resolve("a")), random)) {
      nodes.answerAfter(Duration.ofMillis(600));
      try {
        ServiceProcess service = world.launch();
        world.awaitMoment(6);

        Path dump = folder.resolve("account.dump");
        Map<String, String> dumped = dump(server, world, dump);
        assertThat(service.isAlive()).isTrue();
        assertThat(world.archived()).as("there is work left").isLessThan(nodes.snapshots());
        Path base = folder.resolve("base");
        server.client("pg_basebackup", "-D", base.toString(), "-X", "stream", "-c", "fast");
        service.kill();

        TestDatabase restored = server.emptyDatabase();
        server.client("pg_restore", "--exit-on-error", "-d", restored.name(), dump.toString());
        assertThat(TableDigests.of(restored.jdbi())).isEqualTo(dumped);
        goOn(server, nodes, restored, random, "b");

        try (InstalledPostgres second = InstalledPostgres.restored(programs, base)) {
          goOn(second, nodes, second.database(world.database().name()), random, "c");
        }
      } catch (Throwable e) {
        throw new AssertionError(e.getMessage() + world.tails(), e);
      }
    }
  }

  /** Dumps what one transaction sees, and digests the same. */
  private static Map<String, String> dump(InstalledPostgres server, CrashWorld world, Path file)
      throws Exception {
    try (Connection view = world.connect();
        Statement statement = view.createStatement()) {
      statement.execute("BEGIN ISOLATION LEVEL REPEATABLE READ");
      var exported = statement.executeQuery("SELECT pg_export_snapshot()");
      exported.next();
      String snapshot = exported.getString(1);
      server.client(
          "pg_dump",
          "-Fc",
          "--snapshot=" + snapshot,
          "-f",
          file.toString(),
          world.database().name());
      return TableDigests.of(Jdbi.create(view));
    }
  }

  /** The restored facts are those of the restored archive, and the service goes on to the end. */
  private static void goOn(
      CrashServer server, CrashNodes nodes, TestDatabase restored, Random random, String name)
      throws Exception {
    Path own = Files.createDirectory(folder.resolve(name));
    try (CrashWorld world = new CrashWorld(server, nodes, own, random, restored)) {
      world.judge();
      assertThat(world.archived()).isPositive().isLessThan(nodes.snapshots());
      ServiceProcess service = world.launch(Map.of("BILLING_ADMIN_TOKEN", ADMIN_TOKEN));
      world.endWell(service);

      StringWriter proof = new StringWriter();
      assertThat(audit(service, proof)).as(proof::toString).isZero();
      world.jdbi().useHandle(h -> h.execute(DAMAGE));
      assertThat(audit(service, proof)).as(proof::toString).isEqualTo(1);
      assertThat(proof.toString()).contains("bucket_differs");
    }
  }

  private static final String DAMAGE =
      """
      UPDATE public.traffic_minute_buckets
         SET uplink_bytes = uplink_bytes + 1, total_bytes = total_bytes + 1
       WHERE ctid = (SELECT max(ctid) FROM public.traffic_minute_buckets)
      """;

  /** What the operator does before anybody trusts it; the exit code of the command. */
  private static int audit(ServiceProcess service, StringWriter proof) {
    PrintWriter out = new PrintWriter(proof, true);
    return BillingAdmin.run(
        Map.of(
            "BILLING_ADMIN_URL", service.adminUrl().toString(), "BILLING_ADMIN_TOKEN", ADMIN_TOKEN),
        out,
        out,
        "audit",
        "--since",
        "-24h");
  }
}
