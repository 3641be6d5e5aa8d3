package plus.svc.billing.pipeline.readmodel;

import java.time.Duration;
import java.time.Instant;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/**
 * Suspends accounts whose arrears have lasted too long, and lifts suspensions of ours whose arrears
 * are over. Set-based and on named columns: a charge or a payment in between is never overwritten.
 * The reason is noted of those alone whose shared row was changed.
 */
public final class ArrearsSweep {

  private final Jdbi jdbi;
  private final Duration threshold;

  /**
   * @param threshold how long an episode of arrears may last
   */
  public ArrearsSweep(Jdbi jdbi, Duration threshold) {
    this.jdbi = jdbi;
    this.threshold = threshold;
  }

  /** What a sweep did; a suspension that accounts took back itself counts as lifted. */
  public record Outcome(int suspended, int lifted) {}

  /** Sweeps once; a second sweep at the same instant does nothing. */
  public Outcome sweep(Instant now) {
    return jdbi.inTransaction(
        handle -> {
          Dao dao = handle.attach(Dao.class);
          int lifted = dao.lift(now);
          return new Outcome(dao.suspend(now.minus(threshold), now), lifted);
        });
  }

  /**
   * Statements of the sweep. The reason of a suspension is the reason of the arrears: {@code
   * balance} where we opened the episode, {@code payment} where accounts did. An episode without a
   * start is left alone.
   */
  interface Dao {

    @SqlUpdate(
        """
        WITH due AS (
            SELECT account_uuid
              FROM public.account_quota_states
             WHERE arrears
               AND suspend_state <> 'suspended'
               AND arrears_since <= :startedBy
               AND opened_at IS NOT NULL
             ORDER BY account_uuid
               FOR UPDATE)
        UPDATE public.account_quota_states q
           SET suspend_state = 'suspended',
               suspend_reason = CASE WHEN q.arrears_reason = '' THEN 'payment'
                                     ELSE q.arrears_reason END,
               effective_at = :now, updated_at = :now
          FROM due
         WHERE q.account_uuid = due.account_uuid
           AND q.arrears
           AND q.suspend_state <> 'suspended'
           AND q.arrears_since <= :startedBy
        """)
    int suspend(@Bind("startedBy") Instant startedBy, @Bind("now") Instant now);

    @SqlUpdate(
        """
        WITH over AS (
            SELECT account_uuid
              FROM public.account_quota_states
             WHERE suspend_reason <> ''
               AND NOT arrears
             ORDER BY account_uuid
               FOR UPDATE)
        UPDATE public.account_quota_states q
           SET suspend_state = CASE WHEN q.suspend_state = 'suspended' THEN 'active'
                                    ELSE q.suspend_state END,
               suspend_reason = '',
               effective_at = :now, updated_at = :now
          FROM over
         WHERE q.account_uuid = over.account_uuid
           AND NOT q.arrears
           AND q.suspend_reason <> ''
        """)
    int lift(@Bind("now") Instant now);
  }
}
