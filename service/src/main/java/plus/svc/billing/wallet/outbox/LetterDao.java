package plus.svc.billing.wallet.outbox;

import java.util.List;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.customizer.BindMethods;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/** What operators ask of the outbox. */
public interface LetterDao {

  /** Deliveries in one state, the newest first. */
  @SqlQuery(
      """
      SELECT d.account_uuid, d.seq, d.target, n.id, n.kind, n.at, n.data, d.state, d.attempts,
             d.since, d.next_at, d.ended_at, d.error
        FROM billing.notice_deliveries AS d
        JOIN billing.notices AS n ON n.account_uuid = d.account_uuid AND n.seq = d.seq
       WHERE d.state = :state
         AND (:target = '' OR d.target = :target)
         AND (CAST(:account AS UUID) IS NULL OR d.account_uuid = :account)
         AND (CAST(:notice AS UUID) IS NULL OR n.id = :notice)
       ORDER BY d.seq DESC, d.target
       LIMIT :most
      """)
  @RegisterConstructorMapper(Letter.class)
  List<Letter> letters(
      @Bind("state") String state, @BindMethods LetterFilter filter, @Bind("most") int most);

  /** How many dead letters there are. */
  @SqlQuery(
      """
      SELECT count(*)
        FROM billing.notice_deliveries AS d
        JOIN billing.notices AS n ON n.account_uuid = d.account_uuid AND n.seq = d.seq
       WHERE d.state = 'dead'
         AND (:target = '' OR d.target = :target)
         AND (CAST(:account AS UUID) IS NULL OR d.account_uuid = :account)
         AND (CAST(:notice AS UUID) IS NULL OR n.id = :notice)
      """)
  long dead(@BindMethods LetterFilter filter);

  /**
   * Puts dead letters back as if they were new, before what waits behind them. That is held back
   * for a moment, which also makes a claim that looked before this commits look again: else both
   * could be on their way at once.
   *
   * @return how many
   */
  @SqlQuery(
      """
      WITH back AS (
        UPDATE billing.notice_deliveries AS d
           SET state = 'waiting', attempts = 0, error = '', ended_at = NULL,
               since = clock_timestamp(), next_at = clock_timestamp()
          FROM billing.notices AS n
         WHERE n.account_uuid = d.account_uuid
           AND n.seq = d.seq
           AND d.state = 'dead'
           AND (:target = '' OR d.target = :target)
           AND (CAST(:account AS UUID) IS NULL OR d.account_uuid = :account)
           AND (CAST(:notice AS UUID) IS NULL OR n.id = :notice)
        RETURNING d.account_uuid, d.target),
      held AS (
        UPDATE billing.notice_deliveries AS d
           SET next_at = greatest(d.next_at, clock_timestamp() + INTERVAL '1 second')
          FROM (SELECT DISTINCT account_uuid, target FROM back) AS lane
         WHERE d.account_uuid = lane.account_uuid
           AND d.target = lane.target
           AND d.state = 'waiting'
           AND d.claim IS NULL)
      SELECT count(*) FROM back
      """)
  long replay(@BindMethods LetterFilter filter);
}
