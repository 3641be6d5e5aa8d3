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

/**
 * Statements on requests that wait, one by one; those of the hot path are in {@link RequestLog}.
 */
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

  /** The instant before which what was stored is seen by everybody, unless a commit took long. */
  @SqlQuery("SELECT clock_timestamp() - :grace::interval")
  Instant settledUntil(@Bind("grace") String grace);

  /** Requests that were stored from one instant to another and not applied, oldest first. */
  @SqlQuery(
      """
      SELECT r.request_id, r.digest, r.received_at, r.caller, r.command, NULL
        FROM billing.requests r
       WHERE r.stored_at >= coalesce(:from, (SELECT until FROM billing.repair_mark), '-infinity')
         AND r.stored_at < :until
         AND NOT EXISTS (SELECT 1 FROM billing.operations o WHERE o.request_id = r.request_id)
       ORDER BY r.stored_at
       LIMIT :most
      """)
  @RegisterRowMapper(KnownMapper.class)
  List<Known> unapplied(
      @Bind("from") @Nullable Instant from, @Bind("until") Instant until, @Bind("most") int most);

  /** Nothing before the instant waits; a transaction that stores lasts less than the grace. */
  @SqlUpdate(
      """
      INSERT INTO billing.repair_mark (until) VALUES (clock_timestamp() - :grace::interval)
          ON CONFLICT (one) DO UPDATE SET until = greatest(repair_mark.until, excluded.until)
      """)
  void mark(@Bind("grace") String grace);

  /** Reads what was there. */
  static Known read(ResultSet row) throws SQLException {
    return new Known(
        row.getObject(1, UUID.class),
        row.getObject(2, UUID.class),
        row.getObject(3, OffsetDateTime.class).toInstant(),
        row.getString(4),
        row.getString(5),
        row.getString(6));
  }

  /** Maps what was there. */
  final class KnownMapper implements RowMapper<Known> {
    @Override
    public Known map(ResultSet rs, StatementContext ctx) throws SQLException {
      return read(rs);
    }
  }
}
