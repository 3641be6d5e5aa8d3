package plus.svc.billing.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * A release with more migrations takes over while this one works: no fact is lost or doubled, and
 * nobody waits for long. The next release is this one with a schema change of its own, such as the
 * rule in {@code docs/upgrade.md} allows.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "it has no signals")
final class UpgradeIT {

  /** A change to every table that a page writes, and what else an expansion may bring. */
  private static final String EXPANSION =
      """
      --liquibase formatted sql

      --changeset billing:900-accounts labels:older-may-start
      ALTER TABLE public.account_quota_states ADD COLUMN next_note TEXT NOT NULL DEFAULT '';
      --changeset billing:900-buckets labels:older-may-start
      ALTER TABLE public.traffic_minute_buckets ADD COLUMN next_count BIGINT;
      --changeset billing:900-ledger labels:older-may-start
      ALTER TABLE public.billing_ledger ADD COLUMN next_memo TEXT;
      --changeset billing:900-checkpoints labels:older-may-start
      ALTER TABLE public.traffic_stat_checkpoints ADD COLUMN next_epoch BIGINT NOT NULL DEFAULT 0;
      --changeset billing:900-nodes labels:older-may-start
      ALTER TABLE billing.nodes ADD COLUMN next_flags BIGINT NOT NULL DEFAULT 0;
      --changeset billing:900-snapshots labels:older-may-start
      ALTER TABLE billing.snapshots ADD COLUMN next_hint TEXT;
      --changeset billing:900-leases labels:older-may-start
      ALTER TABLE billing.source_leases ADD COLUMN next_zone TEXT;
      --changeset billing:900-things labels:older-may-start
      CREATE TABLE billing.next_things (id BIGINT PRIMARY KEY);
      --changeset billing:900-index labels:older-may-start runInTransaction:false
      DROP INDEX CONCURRENTLY IF EXISTS public.next_buckets_by_time;
      CREATE INDEX CONCURRENTLY next_buckets_by_time
          ON public.traffic_minute_buckets (bucket_start);
      """;

  @TempDir static Path folder;

  @Test
  void theNextReleaseTakesOverWhileThisOneWorksAndNoFactIsLost() throws Exception {
    Random random = new Random(6);
    Path next = nextRelease();
    try (CrashPostgres postgres = CrashPostgres.start(folder.resolve("postgres"));
        CrashNodes nodes = new CrashNodes(6, Clock.systemUTC().instant());
        CrashWorld world =
            new CrashWorld(postgres, nodes, Files.createDirectory(folder.resolve("w")), random)) {
      nodes.answerAfter(Duration.ofMillis(1_500));
      try {
        ServiceProcess old = world.launch();
        Patience.until("it works", () -> world.archived() > 5);

        // Somebody reads for long: the migration gives up, and its queue lets everybody go on.
        try (Connection reader = world.connect();
            Statement statement = reader.createStatement()) {
          reader.setAutoCommit(false);
          statement.execute("SELECT count(*) FROM public.account_quota_states");
          ServiceProcess blocked = world.migrate(next, "&lock_timeout=300ms");
          assertThat(blocked.exitCode()).as(blocked.tail()).isNotZero();
          assertThat(blocked.log()).contains("lock timeout");
        }
        assertThat(pendingLocks(world)).isZero();
        world.judge();

        ServiceProcess migration = world.migrate(next, "");
        assertThat(migration.exitCode()).as(migration.tail()).isZero();
        long then = world.archived();
        assertThat(then).as("there is work left").isLessThan(nodes.snapshots());
        world.judge();
        Patience.until("the old one works on", () -> world.archived() > then);

        ServiceProcess taker = world.launch(next, Map.of());
        taker.baseUrl();
        assertThat(old.terminate(Duration.ofSeconds(20))).isEqualTo(143);
        assertThat(old.log()).doesNotContain("ERROR");
        world.judge();

        // Back again: each of the changes says that the release before may start on it.
        ServiceProcess back = world.launch();
        back.baseUrl();
        assertThat(taker.terminate(Duration.ofSeconds(20))).isEqualTo(143);
        world.endWell(back);
      } catch (Throwable e) {
        throw new AssertionError(e.getMessage() + world.tails(), e);
      }
    }
  }

  private static long pendingLocks(CrashWorld world) {
    return world
        .jdbi()
        .withHandle(
            h ->
                h.createQuery("SELECT count(*) FROM databasechangeloglock WHERE locked")
                    .mapTo(Long.class)
                    .one());
  }

  /** This jar with one more file of migrations. */
  private static Path nextRelease() throws IOException {
    Path jar = folder.resolve("billing-service-next.jar");
    Files.copy(ServiceProcess.JAR, jar);
    try (FileSystem entries = FileSystems.newFileSystem(jar)) {
      Path list = entries.getPath("migrations.xml");
      String known = Files.readString(list);
      String more =
          known.replace(
              "</databaseChangeLog>",
              "<include file=\"migrations/900-next.sql\" relativeToChangelogFile=\"false\"/>"
                  + "</databaseChangeLog>");
      assertThat(more).isNotEqualTo(known);
      Files.writeString(list, more);
      Files.writeString(entries.getPath("migrations/900-next.sql"), EXPANSION);
    }
    return jar;
  }
}
