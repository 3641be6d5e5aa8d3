package plus.svc.billing.job;

import static org.assertj.core.api.Assertions.assertThat;

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
    String decoyStatus =
        jdbi.withHandle(
            handle ->
                handle
                    .createQuery("SELECT status FROM billing.job_runs WHERE id = :id")
                    .bind("id", decoy)
                    .mapTo(String.class)
                    .one());
    assertThat(decoyStatus).isEqualTo("running");
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
  void theJournalWritesRunsAndReadsThemBack() {
    JobJournal journal = new DatabaseJobJournal(jdbi, "me");
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
            "me");
    OptionalLong id = journal.started(JobKind.COLLECT, EARLY);
    assertThat(id).isEmpty();
    journal.finished(
        id,
        new JobResult("collect-and-rate", EARLY, LATE, 0, 0, 0, "ok", "", List.of(), List.of()));
    assertThat(journal.lastFinished()).isEmpty();
  }
}
