package plus.svc.billing.wallet;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jspecify.annotations.Nullable;

/** Statements on requests and what became of them. */
interface RequestDao {

  /**
   * A request that was stored before.
   *
   * @param answer null while it is not applied
   */
  record Known(
      UUID id,
      UUID digest,
      Instant receivedAt,
      String caller,
      String command,
      @Nullable String answer) {}

  /** What is answered is on disk with the operation; what is only stored may come again. */
  @SqlQuery("SELECT set_config('synchronous_commit', 'off', true)")
  String commitLater();

  /**
   * For the rest of the transaction: the plan that fits a few rows fits any number, and every row
   * is found by its key, whatever the statistics of a young table say.
   */
  @SqlQuery(
      """
      SELECT set_config('plan_cache_mode', 'force_generic_plan', true)
          || set_config('enable_seqscan', 'off', true)
      """)
  String planOnce();

  @SqlQuery(
      """
      INSERT INTO billing.requests
             (request_id, caller, idempotency_key, kind, source, digest, command, body,
              received_at)
      SELECT id, caller, key, kind, source, digest, command, body, :now
        FROM unnest(:ids, :callers, :keys, :kinds, :sources, :digests, :commands, :bodies)
          AS r (id, caller, key, kind, source, digest, command, body)
       ORDER BY id
          ON CONFLICT (request_id) DO NOTHING
      RETURNING request_id
      """)
  @SuppressWarnings("TooManyParameters")
  List<UUID> store(
      @Bind("ids") UUID[] ids,
      @Bind("callers") String[] callers,
      @Bind("keys") String[] keys,
      @Bind("kinds") String[] kinds,
      @Bind("sources") String[] sources,
      @Bind("digests") UUID[] digests,
      @Bind("commands") String[] commands,
      @Bind("bodies") String[] bodies,
      @Bind("now") Instant now);

  @SqlQuery(
      """
      SELECT r.request_id, r.digest, r.received_at, r.caller, r.command, o.answer
        FROM billing.requests r
        LEFT JOIN billing.operations o ON o.request_id = r.request_id
       WHERE r.request_id = ANY(:ids)
      """)
  @RegisterRowMapper(KnownMapper.class)
  List<Known> known(@Bind("ids") UUID[] ids);

  /** An answer that was given. */
  record Answered(UUID id, String answer) {}

  @SqlQuery("SELECT request_id, answer FROM billing.operations WHERE request_id = ANY(:ids)")
  @RegisterRowMapper(AnsweredMapper.class)
  List<Answered> answered(@Bind("ids") UUID[] ids);

  /** Records what became of requests, of those alone of which nobody else did. */
  @SqlQuery(
      """
      INSERT INTO billing.operations
             (request_id, account_id, status, reason, reverses, answer, applied_at)
      SELECT request_id, account_id, status, reason, reverses, answer, :now
        FROM unnest(:ids, :accounts, :statuses, :reasons, :reverses, :answers)
          AS c (request_id, account_id, status, reason, reverses, answer)
       ORDER BY request_id
          ON CONFLICT (request_id) DO NOTHING
      RETURNING request_id
      """)
  List<UUID> apply(
      @Bind("ids") UUID[] ids,
      @Bind("accounts") @Nullable UUID[] accounts,
      @Bind("statuses") String[] statuses,
      @Bind("reasons") String[] reasons,
      @Bind("reverses") @Nullable UUID[] reverses,
      @Bind("answers") String[] answers,
      @Bind("now") Instant now);

  @SqlUpdate(
      """
      INSERT INTO billing.refusals (caller, source, kind, idempotency_key, reason, body)
      VALUES (:caller, :source, :kind, :key, :reason, :body)
      """)
  void refuse(
      @Bind("caller") String caller,
      @Bind("source") String source,
      @Bind("kind") String kind,
      @Bind("key") String key,
      @Bind("reason") String reason,
      @Bind("body") String body);

  /** Requests that were stored a while ago and not applied, oldest first. */
  @SqlQuery(
      """
      SELECT r.request_id, r.digest, r.received_at, r.caller, r.command, NULL
        FROM billing.requests r
       WHERE r.stored_at >= coalesce((SELECT until FROM billing.repair_mark), '-infinity')
         AND r.stored_at < clock_timestamp() - :grace::interval
         AND NOT EXISTS (SELECT 1 FROM billing.operations o WHERE o.request_id = r.request_id)
       ORDER BY r.stored_at
       LIMIT :most
      """)
  @RegisterRowMapper(KnownMapper.class)
  List<Known> unapplied(@Bind("grace") String grace, @Bind("most") int most);

  /** Nothing before the instant waits; a transaction that stores lasts less than the grace. */
  @SqlUpdate(
      """
      INSERT INTO billing.repair_mark (until) VALUES (clock_timestamp() - :grace::interval)
          ON CONFLICT (one) DO UPDATE SET until = greatest(repair_mark.until, excluded.until)
      """)
  void mark(@Bind("grace") String grace);

  /** Maps what was there. */
  final class KnownMapper implements RowMapper<Known> {
    @Override
    public Known map(ResultSet rs, StatementContext ctx) throws SQLException {
      return new Known(
          rs.getObject(1, UUID.class),
          rs.getObject(2, UUID.class),
          rs.getObject(3, OffsetDateTime.class).toInstant(),
          rs.getString(4),
          rs.getString(5),
          rs.getString(6));
    }
  }

  /** Maps an answer. */
  final class AnsweredMapper implements RowMapper<Answered> {
    @Override
    public Answered map(ResultSet rs, StatementContext ctx) throws SQLException {
      return new Answered(rs.getObject(1, UUID.class), rs.getString(2));
    }
  }
}
