package plus.svc.billing.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import plus.svc.billing.api.JobResult;
import plus.svc.billing.platform.BillingJdbiPlugin;
import plus.svc.billing.testing.Database;

class JobRunDaoIT {

  private static final Instant EARLY = Instant.parse("2026-01-31T10:00:00Z");
  private static final Instant LATE = Instant.parse("2026-01-31T11:00:00.123456Z");

  @RegisterExtension static final Database database = Database.migrated();

  private Jdbi jdbi;
  private JobRunDao runs;

  @BeforeEach
  void emptyTable() {
    jdbi = database.jdbi();
    jdbi.useHandle(handle -> handle.execute("DELETE FROM billing.job_runs"));
    jdbi.useHandle(handle -> handle.execute("DELETE FROM billing.source_leases"));
    runs = jdbi.onDemand(JobRunDao.class);
  }

  private static JobRunRow row(Instant finishedAt, String status) {
    return new JobRunRow("collect-and-rate", EARLY, finishedAt, status, "e", 1, 2, 3, "me");
  }

  @Test
  void withoutAFinishedRunThereIsNone() {
    runs.started("collect-and-rate", EARLY, "me");
    assertThat(runs.lastFinished()).isEmpty();
  }

  @Test
  void anOutcomeIsWrittenToItsOwnRunOnly() {
    long decoy = runs.started("collect-and-rate", EARLY, "other");
    long id = runs.started("collect-and-rate", EARLY, "me");
    runs.finished(id, row(LATE, "partial"));
    assertThat(runs.lastFinished()).contains(row(LATE, "partial"));
    assertThat(status(decoy)).isEqualTo("running");
  }

  @Test
  void theLastFinishedIsTheOneThatStartedLast() {
    long late = runs.started("reconcile", LATE, "me");
    long early = runs.started("collect-and-rate", EARLY, "me");
    runs.started("collect-and-rate", LATE, "still running");
    runs.finished(late, row(LATE, "ok"));
    runs.finished(early, row(LATE, "error"));
    assertThat(runs.lastFinished()).map(JobRunRow::job).contains("reconcile");
  }

  @Test
  void aRunWhoseProcessIsGoneIsMarkedAndNoOther() {
    lease("alive", 3600);
    lease("gone", 0);
    long living = runs.started("collect-and-rate", EARLY, "alive");
    long killed = runs.started("collect-and-rate", EARLY, "gone");
    long unleased = runs.started("reconcile", EARLY, "never had a lease");
    long justBegun = runs.started("collect-and-rate", LATE, "gone");
    long before = runs.started("reconcile", EARLY, "me");
    long ours = runs.started("collect-and-rate", LATE, "me");
    long done = runs.started("reconcile", EARLY, "gone");
    runs.finished(done, row(LATE, "ok"));

    assertThat(runs.markAbandoned("me", LATE, LATE, LATE)).isEqualTo(3);

    assertThat(List.of(status(killed), status(unleased), status(before))).containsOnly("abandoned");
    assertThat(List.of(status(living), status(justBegun), status(ours))).containsOnly("running");
    assertThat(status(done)).isEqualTo("ok");
    assertThat(runs.markAbandoned("me", LATE, LATE, LATE)).isZero();
  }

  @Test
  void whoWasThoughtGoneAndLivesWritesItsOutcomeAfterAll() {
    long id = runs.started("collect-and-rate", EARLY, "gone");
    runs.markAbandoned("me", LATE, LATE, LATE);
    runs.finished(id, row(LATE, "ok"));
    assertThat(status(id)).isEqualTo("ok");
  }

  @Test
  void aNewRunNoticesThoseThatWereAbandoned() {
    long predecessor = runs.started("reconcile", EARLY, "me");
    journal().started(JobKind.COLLECT, LATE.plusSeconds(1));
    assertThat(status(predecessor)).isEqualTo("abandoned");
  }

  private JobJournal journal() {
    return new DatabaseJobJournal(jdbi, "me", LATE, Duration.ofMinutes(1));
  }

  private void lease(String holder, int seconds) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                """
                INSERT INTO billing.source_leases (source_id, holder, fence, expires_at)
                VALUES ('s of ' || ?, ?, 1, clock_timestamp() + ? * INTERVAL '1 second')
                """,
                holder,
                holder,
                seconds));
  }

  private String status(long id) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery("SELECT status FROM billing.job_runs WHERE id = :id")
                .bind("id", id)
                .mapTo(String.class)
                .one());
  }

  @Test
  void theJournalWritesRunsAndReadsThemBack() {
    JobJournal journal = journal();
    OptionalLong id = journal.started(JobKind.RECONCILE, EARLY);
    journal.finished(
        id, new JobResult("reconcile", EARLY, LATE, 4, 5, 6, "ok", "", List.of(), List.of()));
    assertThat(journal.lastFinished())
        .contains(new JobRunRow("reconcile", EARLY, LATE, "ok", "", 4, 5, 6, "me"));
  }

  @Test
  void aDatabaseThatIsGoneCostsTheRecordAndNothingElse() {
    JobJournal journal =
        new DatabaseJobJournal(
            Jdbi.create("jdbc:postgresql://127.0.0.1:1/x").installPlugin(new BillingJdbiPlugin()),
            "me",
            LATE,
            Duration.ofMinutes(1));
    OptionalLong id = journal.started(JobKind.COLLECT, EARLY);
    assertThat(id).isEmpty();
    journal.finished(
        id,
        new JobResult("collect-and-rate", EARLY, LATE, 0, 0, 0, "ok", "", List.of(), List.of()));
    assertThat(journal.lastFinished()).isEmpty();
  }
}
