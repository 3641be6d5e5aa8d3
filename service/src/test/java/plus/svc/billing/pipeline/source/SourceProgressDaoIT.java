package plus.svc.billing.pipeline.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import plus.svc.billing.testing.Database;

final class SourceProgressDaoIT {

  @RegisterExtension static final Database database = Database.migrated();

  private static final Instant SEEN = Instant.parse("2026-04-08T10:00:00.123456Z");
  private static final Instant BEFORE = Instant.parse("2026-04-08T10:01:00Z");
  private static final Instant ATTEMPT = Instant.parse("2026-04-08T10:02:00Z");
  private static final Instant NOW = Instant.parse("2026-04-08T10:02:01Z");
  private static final SourceProgress DECOY =
      new SourceProgress("decoy", SEEN, BEFORE, BEFORE, "old trouble", "c");

  private final Jdbi jdbi = database.jdbi();
  private final SourceProgressDao dao = jdbi.onDemand(SourceProgressDao.class);

  @BeforeEach
  void clean() {
    jdbi.useHandle(
        handle -> {
          handle.execute("DELETE FROM public.billing_source_sync_state");
          handle.execute("DELETE FROM billing.source_leases");
          handle.execute(
              """
              INSERT INTO billing.source_leases (source_id, holder, fence, expires_at)
              VALUES ('jp', 'me', 7, clock_timestamp()), ('decoy', 'me', 7, clock_timestamp())
              """);
        });
    insert(DECOY);
  }

  @Test
  void aRowIsFoundByItsSource() {
    assertThat(dao.find("decoy")).contains(DECOY);
    assertThat(dao.find("jp")).isEmpty();
  }

  @Test
  void rowsAreFoundByTheirSources() {
    SourceProgress jp = new SourceProgress("jp", null, null, null, "", "");
    insert(jp);
    assertThat(dao.findAll(new String[] {"jp", "none"})).isEqualTo(List.of(jp));
  }

  @Test
  void anAttemptIsNotedAndNothingElseTouched() {
    assertThat(dao.attempted("jp", 7, ATTEMPT)).isEqualTo(1);
    assertThat(dao.find("jp")).contains(new SourceProgress("jp", null, ATTEMPT, null, "", ""));
    SourceProgress known = new SourceProgress("jp", SEEN, BEFORE, BEFORE, "trouble", "cursor");
    replace(known);
    assertThat(dao.attempted("jp", 7, ATTEMPT)).isEqualTo(1);
    assertThat(dao.find("jp"))
        .contains(new SourceProgress("jp", SEEN, ATTEMPT, BEFORE, "trouble", "cursor"));
    assertDecoyUntouched();
  }

  @Test
  void aFailureIsNotedAndTheWatermarkStays() {
    assertThat(dao.failed("jp", 7, ATTEMPT, "timeout: x", NOW)).isEqualTo(1);
    assertThat(dao.find("jp"))
        .contains(new SourceProgress("jp", null, ATTEMPT, null, "timeout: x", ""));
    replace(new SourceProgress("jp", SEEN, BEFORE, BEFORE, "", "cursor"));
    dao.failed("jp", 7, ATTEMPT, "timeout: y", NOW);
    assertThat(dao.find("jp"))
        .contains(new SourceProgress("jp", SEEN, ATTEMPT, BEFORE, "timeout: y", "cursor"));
    assertDecoyUntouched();
  }

  @Test
  void t08AnEmptyReadIsASuccessThatLeavesTheWatermark() {
    assertThat(dao.readEmpty("jp", 7, ATTEMPT, NOW)).isEqualTo(1);
    assertThat(dao.find("jp")).contains(new SourceProgress("jp", null, ATTEMPT, NOW, "", ""));
    replace(new SourceProgress("jp", SEEN, BEFORE, BEFORE, "trouble", "cursor"));
    dao.readEmpty("jp", 7, ATTEMPT, NOW);
    assertThat(dao.find("jp")).contains(new SourceProgress("jp", SEEN, ATTEMPT, NOW, "", ""));
    assertDecoyUntouched();
  }

  @Test
  void aStaleFenceWritesNothing() {
    assertThat(dao.attempted("jp", 6, ATTEMPT)).isZero();
    assertThat(dao.failed("jp", 6, ATTEMPT, "x", NOW)).isZero();
    assertThat(dao.readEmpty("jp", 6, ATTEMPT, NOW)).isZero();
    assertThat(dao.failed("without lease", 7, ATTEMPT, "x", NOW)).isZero();
    assertThat(dao.find("jp")).isEmpty();
    assertDecoyUntouched();
  }

  private void assertDecoyUntouched() {
    assertThat(dao.find("decoy")).contains(DECOY);
  }

  private void replace(SourceProgress row) {
    jdbi.useHandle(
        h ->
            h.execute(
                "DELETE FROM public.billing_source_sync_state WHERE source_id = ?",
                row.sourceId()));
    insert(row);
  }

  private void insert(SourceProgress row) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                """
                INSERT INTO public.billing_source_sync_state
                       (source_id, last_completed_until, last_attempted_at, last_succeeded_at,
                        last_error, last_cursor)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
                row.sourceId(),
                row.lastCompletedUntil(),
                row.lastAttemptedAt(),
                row.lastSucceededAt(),
                row.lastError(),
                row.lastCursor()));
  }
}
