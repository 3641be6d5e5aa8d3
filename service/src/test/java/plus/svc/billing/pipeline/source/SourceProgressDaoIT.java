package plus.svc.billing.pipeline.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
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
  void aFailureIsNotedAndTheWatermarkStays() {
    dao.note(List.of(failed("jp", 7, "timeout: x")));
    assertThat(dao.find("jp"))
        .contains(new SourceProgress("jp", null, ATTEMPT, null, "timeout: x", ""));
    replace(new SourceProgress("jp", SEEN, BEFORE, BEFORE, "", "cursor"));
    dao.note(List.of(failed("jp", 7, "timeout: y")));
    assertThat(dao.find("jp"))
        .contains(new SourceProgress("jp", SEEN, ATTEMPT, BEFORE, "timeout: y", "cursor"));
    assertDecoyUntouched();
  }

  @Test
  void t08AnEmptyReadIsASuccessThatLeavesTheWatermark() {
    dao.note(List.of(readEmpty("jp", null)));
    assertThat(dao.find("jp")).contains(new SourceProgress("jp", null, ATTEMPT, NOW, "", ""));
    replace(new SourceProgress("jp", SEEN, BEFORE, BEFORE, "trouble", "cursor"));
    dao.note(List.of(readEmpty("jp", null)));
    assertThat(dao.find("jp")).contains(new SourceProgress("jp", SEEN, ATTEMPT, NOW, "", ""));
    assertDecoyUntouched();
  }

  @Test
  void aWatermarkThatIsNotedNeverGoesBack() {
    replace(new SourceProgress("jp", SEEN, BEFORE, BEFORE, "", ""));
    dao.note(List.of(readEmpty("jp", SEEN.minusSeconds(60))));
    assertThat(dao.find("jp").orElseThrow().lastCompletedUntil()).isEqualTo(SEEN);
    dao.note(List.of(readEmpty("jp", SEEN.plusSeconds(60))));
    assertThat(dao.find("jp").orElseThrow().lastCompletedUntil()).isEqualTo(SEEN.plusSeconds(60));
  }

  @Test
  void whatALaterAttemptStoredIsNotOverwritten() {
    SourceProgress later = new SourceProgress("jp", SEEN, NOW, NOW, "", "");
    replace(later);
    dao.note(List.of(failed("jp", 7, "timeout: x")));
    assertThat(dao.find("jp")).contains(later);
  }

  @Test
  void whatWasStoredBeforeTheClockWasSetBackIsOverwritten() {
    Instant then = ATTEMPT.plusSeconds(3_600);
    replace(new SourceProgress("jp", SEEN, then, then, "", ""));
    dao.note(List.of(failed("jp", 7, "timeout: x")));
    assertThat(dao.find("jp"))
        .contains(new SourceProgress("jp", SEEN, ATTEMPT, then, "timeout: x", ""));
    assertDecoyUntouched();
  }

  @Test
  void manySourcesAreNotedAtOnceAndStaleFencesPassedOver() {
    dao.note(
        List.of(
            failed("without lease", 7, "x"), failed("decoy", 6, "x"), failed("jp", 7, "timeout")));
    assertThat(dao.find("without lease")).isEmpty();
    assertThat(dao.find("jp")).isPresent();
    assertDecoyUntouched();
  }

  private static SourceProgressDao.Note failed(String source, long fence, String error) {
    return new SourceProgressDao.Note(source, fence, null, ATTEMPT, null, error);
  }

  private static SourceProgressDao.Note readEmpty(String source, @Nullable Instant seen) {
    return new SourceProgressDao.Note(source, 7, seen, ATTEMPT, NOW, "");
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
