package plus.svc.billing.wallet.outbox;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/**
 * Rows of {@code billing.notices} and {@code billing.notice_deliveries}. All times are the
 * database's, so that the clocks of the instances don't matter.
 */
public interface OutboxDao {

  /**
   * Adds notices, in their order, and a delivery for each target that wants its kind.
   *
   * @param targets name of a target for each kind that it wants, with {@code targetKinds}
   * @return deliveries added
   */
  @SqlUpdate(
      """
      WITH added AS (
        INSERT INTO billing.notices (account_uuid, id, kind, at, data)
        SELECT account_uuid, id, kind, at, CAST(data AS JSONB)
          FROM unnest(:accounts, :ids, :kinds, :ats, :data)
               WITH ORDINALITY AS n (account_uuid, id, kind, at, data, place)
         ORDER BY place
        RETURNING account_uuid, seq, kind)
      INSERT INTO billing.notice_deliveries (account_uuid, target, seq)
      SELECT added.account_uuid, wanted.target, added.seq
        FROM added
        JOIN unnest(:targets, :targetKinds) AS wanted (target, kind) ON wanted.kind = added.kind
      """)
  int add(
      @Bind("accounts") UUID[] accounts,
      @Bind("ids") UUID[] ids,
      @Bind("kinds") String[] kinds,
      @Bind("ats") Instant[] ats,
      @Bind("data") String[] data,
      @Bind("targets") String[] targets,
      @Bind("targetKinds") String[] targetKinds);

  /**
   * Claims deliveries of a target that are due. Of an account only the first that waits can be, and
   * only while none of the account is on its way to the target: that is the order. The second holds
   * only where a dead one was put back before one that was on its way.
   *
   * @param millis how long the claim holds
   */
  @SqlQuery(
      """
      WITH due AS (
        SELECT d.account_uuid, d.seq
          FROM billing.notice_deliveries AS d
         WHERE d.target = :target
           AND d.state = 'waiting'
           AND d.next_at <= clock_timestamp()
           AND NOT EXISTS (SELECT FROM billing.notice_deliveries AS other
                            WHERE other.account_uuid = d.account_uuid
                              AND other.target = d.target
                              AND other.state = 'waiting'
                              AND (other.seq < d.seq
                                   OR other.seq > d.seq
                                  AND other.claim IS NOT NULL
                                  AND other.next_at > clock_timestamp()))
         ORDER BY d.next_at
         LIMIT :most
           FOR UPDATE OF d SKIP LOCKED)
      UPDATE billing.notice_deliveries AS d
         SET claim = :claim,
             attempts = d.attempts + 1,
             next_at = clock_timestamp() + :millis * INTERVAL '1 millisecond'
        FROM due
        JOIN billing.notices AS n ON n.account_uuid = due.account_uuid AND n.seq = due.seq
       WHERE d.account_uuid = due.account_uuid
         AND d.target = :target
         AND d.seq = due.seq
      RETURNING d.account_uuid, d.seq, n.id, n.kind, n.at, n.data, d.attempts
      """)
  @RegisterConstructorMapper(Due.class)
  List<Due> claim(
      @Bind("target") String target,
      @Bind("claim") UUID claim,
      @Bind("millis") long millis,
      @Bind("most") int most);

  /**
   * Notes that a delivery reached its target, if the claim still holds; the account's next one is
   * due at once.
   *
   * @return its state then; empty if the claim is lost
   */
  @SqlQuery(
      """
      WITH ended AS (
        UPDATE billing.notice_deliveries
           SET state = 'delivered', claim = NULL, error = '', ended_at = clock_timestamp()
         WHERE account_uuid = :account AND target = :target AND seq = :seq AND claim = :claim
        RETURNING account_uuid, target, seq, state),
      next AS (
        UPDATE billing.notice_deliveries AS d
           SET next_at = clock_timestamp()
          FROM ended
         WHERE d.account_uuid = ended.account_uuid
           AND d.target = ended.target
           AND d.seq > ended.seq
           AND d.state = 'waiting'
           AND d.next_at > clock_timestamp())
      SELECT state FROM ended
      """)
  Optional<String> delivered(
      @Bind("account") UUID account,
      @Bind("target") String target,
      @Bind("seq") long seq,
      @Bind("claim") UUID claim);

  /**
   * Notes that an attempt failed, if the claim still holds: the delivery waits for its next one,
   * the account's later ones with it; or it is dead, and they go on without it.
   *
   * @param millis pause until the next attempt
   * @param mostAttempts after so many it is dead
   * @param longestMillis if it waits for longer already it is dead
   * @return its state then; empty if the claim is lost
   */
  @SqlQuery(
      """
      WITH failed AS (
        SELECT account_uuid, target, seq,
               attempts >= :mostAttempts
               OR since + :longestMillis * INTERVAL '1 millisecond' <= clock_timestamp() AS dead
          FROM billing.notice_deliveries
         WHERE account_uuid = :account AND target = :target AND seq = :seq AND claim = :claim
           FOR UPDATE),
      ended AS (
        UPDATE billing.notice_deliveries AS d
           SET state = CASE WHEN dead THEN 'dead' ELSE 'waiting' END,
               ended_at = CASE WHEN dead THEN clock_timestamp() END,
               next_at = CASE WHEN dead THEN clock_timestamp()
                              ELSE clock_timestamp() + :millis * INTERVAL '1 millisecond' END,
               claim = NULL,
               error = :error
          FROM failed
         WHERE d.account_uuid = failed.account_uuid
           AND d.target = failed.target
           AND d.seq = failed.seq
        RETURNING d.account_uuid, d.target, d.seq, d.state, d.next_at),
      later AS (
        UPDATE billing.notice_deliveries AS d
           SET next_at = ended.next_at
          FROM ended
         WHERE d.account_uuid = ended.account_uuid
           AND d.target = ended.target
           AND d.seq > ended.seq
           AND d.state = 'waiting')
      SELECT state FROM ended
      """)
  Optional<String> failed(
      @Bind("account") UUID account,
      @Bind("target") String target,
      @Bind("seq") long seq,
      @Bind("claim") UUID claim,
      @Bind("error") String error,
      @Bind("millis") long millis,
      @Bind("mostAttempts") int mostAttempts,
      @Bind("longestMillis") long longestMillis);

  /**
   * Ends what waits for too long and that nobody has at hand: of targets that are configured no
   * more, or whose senders die of it.
   *
   * @return how many
   */
  @SqlUpdate(
      """
      UPDATE billing.notice_deliveries
         SET state = 'dead',
             claim = NULL,
             ended_at = clock_timestamp(),
             error = CASE WHEN error = '' THEN 'nobody sent it' ELSE error END
       WHERE state = 'waiting'
         AND since + :longestMillis * INTERVAL '1 millisecond' <= clock_timestamp()
         AND (claim IS NULL OR next_at <= clock_timestamp())
      """)
  int endTheOld(@Bind("longestMillis") long longestMillis);

  /**
   * Forgets what was delivered long ago, some of them.
   *
   * @return how many
   */
  @SqlUpdate(
      """
      DELETE FROM billing.notice_deliveries AS d
       USING (SELECT account_uuid, target, seq
                FROM billing.notice_deliveries
               WHERE state = 'delivered'
                 AND ended_at < clock_timestamp() - :millis * INTERVAL '1 millisecond'
               LIMIT :most
                 FOR UPDATE SKIP LOCKED) AS old
       WHERE d.account_uuid = old.account_uuid AND d.target = old.target AND d.seq = old.seq
      """)
  int pruneDelivered(@Bind("millis") long millis, @Bind("most") int most);

  /**
   * Forgets what died long ago, some of them.
   *
   * @return how many
   */
  @SqlUpdate(
      """
      DELETE FROM billing.notice_deliveries AS d
       USING (SELECT account_uuid, target, seq
                FROM billing.notice_deliveries
               WHERE state = 'dead'
                 AND ended_at < clock_timestamp() - :millis * INTERVAL '1 millisecond'
               LIMIT :most
                 FOR UPDATE SKIP LOCKED) AS old
       WHERE d.account_uuid = old.account_uuid AND d.target = old.target AND d.seq = old.seq
      """)
  int pruneDead(@Bind("millis") long millis, @Bind("most") int most);

  /**
   * Forgets notices without deliveries, some of them.
   *
   * @return how many
   */
  @SqlUpdate(
      """
      DELETE FROM billing.notices AS n
       USING (SELECT account_uuid, seq
                FROM billing.notices AS old
               WHERE created_at < clock_timestamp() - :millis * INTERVAL '1 millisecond'
                 AND NOT EXISTS (SELECT FROM billing.notice_deliveries AS d
                                  WHERE d.account_uuid = old.account_uuid AND d.seq = old.seq)
               LIMIT :most) AS old
       WHERE n.account_uuid = old.account_uuid AND n.seq = old.seq
      """)
  int pruneNotices(@Bind("millis") long millis, @Bind("most") int most);

  /**
   * Where a target stands.
   *
   * @param oldestSeconds for how long the oldest waits, 0 if none does
   */
  record Standing(String target, long waiting, long failing, long oldestSeconds, long dead) {}

  /** Where the targets stand that have anything waiting or dead. */
  @SqlQuery(
      """
      SELECT target,
             count(*) FILTER (WHERE waits) AS waiting,
             count(*) FILTER (WHERE waits AND error <> '') AS failing,
             coalesce(extract(EPOCH FROM clock_timestamp()
                              - min(since) FILTER (WHERE waits)), 0)::BIGINT AS oldest_seconds,
             count(*) FILTER (WHERE NOT waits) AS dead
        FROM (SELECT target, since, error, TRUE AS waits
                FROM billing.notice_deliveries
               WHERE state = 'waiting'
              UNION ALL
              SELECT target, since, error, FALSE
                FROM billing.notice_deliveries
               WHERE state = 'dead') AS open
       GROUP BY target
       ORDER BY target
      """)
  @RegisterConstructorMapper(Standing.class)
  List<Standing> standings();
}
