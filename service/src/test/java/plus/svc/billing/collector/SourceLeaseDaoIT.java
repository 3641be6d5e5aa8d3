package plus.svc.billing.collector;

import static org.assertj.core.api.Assertions.assertThat;

import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import plus.svc.billing.testing.Database;

final class SourceLeaseDaoIT {

  private static final long HOUR = 3_600_000;

  @RegisterExtension static final Database database = Database.migrated();

  private final Jdbi jdbi = database.jdbi();
  private final SourceLeaseDao dao = jdbi.onDemand(SourceLeaseDao.class);

  @BeforeEach
  void clean() {
    jdbi.useHandle(
        handle -> {
          handle.execute("DELETE FROM billing.source_leases");
          handle.execute(
              """
              INSERT INTO billing.source_leases (source_id, holder, fence, expires_at)
              VALUES ('decoy', 'other', 5, clock_timestamp() + INTERVAL '1 hour')
              """);
        });
  }

  @Test
  void aFreeSourceIsTakenWithTheFirstFence() {
    assertThat(dao.acquire("jp", "me", HOUR)).contains(1L);
    assertThat(secondsLeft("jp")).isBetween(3_500L, 3_600L);
    assertDecoyUntouched();
  }

  @Test
  void theHolderProlongsItsLeaseUnderTheSameFence() {
    dao.acquire("jp", "me", 1_000);
    assertThat(dao.acquire("jp", "me", HOUR)).contains(1L);
    assertThat(secondsLeft("jp")).isBetween(3_500L, 3_600L);
  }

  @Test
  void manyAreTakenProlongedAndTakenOverAtOnceAndHeldOnesAreNot() {
    dao.acquire("mine", "me", 1_000);
    dao.acquire("over", "other", 0);
    assertThat(
            dao.acquireAll(
                new String[] {"over", "decoy", "mine", "free"},
                "me",
                new Long[] {HOUR, HOUR, HOUR, 1_000L}))
        .containsExactlyInAnyOrder(
            new SourceLeaseDao.Lease("over", 2),
            new SourceLeaseDao.Lease("mine", 1),
            new SourceLeaseDao.Lease("free", 1));
    assertThat(secondsLeft("mine")).isBetween(3_500L, 3_600L);
    assertThat(secondsLeft("free")).isLessThanOrEqualTo(1);
    assertDecoyUntouched();
  }

  @Test
  void aHeldSourceIsNotTaken() {
    dao.acquire("jp", "me", HOUR);
    assertThat(dao.acquire("jp", "you", HOUR)).isEmpty();
    assertThat(dao.acquire("jp", "me", HOUR)).contains(1L);
  }

  @Test
  void aHeldSourceIsSeenToBeHeldWithoutWaitingForItsHolder() {
    dao.acquire("jp", "me", HOUR);
    jdbi.useTransaction(
        writing -> {
          // As a page's transaction does.
          writing.execute("SELECT 1 FROM billing.source_leases WHERE source_id = 'jp' FOR SHARE");
          // One of its own: a thread has one handle of a Jdbi.
          Jdbi another = database.jdbi();
          another.useTransaction(
              other -> {
                other.execute("SET LOCAL lock_timeout = '5s'");
                assertThat(other.attach(SourceLeaseDao.class).acquire("jp", "you", HOUR)).isEmpty();
              });
        });
  }

  @Test
  void aLeaseThatRanOutIsTakenOverUnderTheNextFence() {
    dao.acquire("jp", "me", 0);
    assertThat(dao.acquire("jp", "you", HOUR)).contains(2L);
    assertThat(dao.acquire("jp", "me", HOUR)).isEmpty();
    assertDecoyUntouched();
  }

  @Test
  void aLeaseThatIsToLastFarLongerThanOursWasGivenBeforeTheClockWasSetBackAndIsOver() {
    dao.acquire("jp", "me", 4 * HOUR);
    dao.acquire("us", "me", 4 * HOUR);
    assertThat(dao.acquire("jp", "you", 2 * HOUR)).as("not so far").isEmpty();
    assertThat(dao.acquire("jp", "you", HOUR)).contains(2L);
    assertThat(dao.acquireAll(new String[] {"us"}, "you", new Long[] {2 * HOUR})).isEmpty();
    assertThat(dao.acquireAll(new String[] {"us"}, "you", new Long[] {HOUR}))
        .containsExactly(new SourceLeaseDao.Lease("us", 2));
    assertDecoyUntouched();
  }

  @Test
  void theHolderOfALeaseThatRanOutKeepsItsFenceIfNobodyCameBetween() {
    dao.acquire("jp", "me", 0);
    assertThat(dao.acquire("jp", "me", HOUR)).contains(1L);
  }

  @Test
  void aReleasedSourceIsFreeAtOnce() {
    dao.acquire("jp", "me", HOUR);
    dao.acquire("us", "me", HOUR);
    assertThat(dao.release("me", new String[] {"jp", "decoy"})).isEqualTo(1);
    assertThat(dao.acquire("jp", "you", HOUR)).contains(2L);
    assertThat(dao.acquire("us", "you", HOUR)).isEmpty();
    assertDecoyUntouched();
  }

  private long secondsLeft(String source) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    """
                    SELECT extract(epoch FROM expires_at - clock_timestamp())::bigint
                      FROM billing.source_leases
                     WHERE source_id = ?
                    """,
                    source)
                .mapTo(Long.class)
                .one());
  }

  private void assertDecoyUntouched() {
    assertThat(dao.acquire("decoy", "me", HOUR)).isEmpty();
    assertThat(secondsLeft("decoy")).isBetween(3_500L, 3_600L);
  }
}
