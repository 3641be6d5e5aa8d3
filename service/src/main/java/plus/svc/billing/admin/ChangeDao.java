package plus.svc.billing.admin;

import java.time.Instant;
import java.util.List;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.customizer.BindMethods;
import org.jdbi.v3.sqlobject.statement.GetGeneratedKeys;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** Rows of {@code billing.admin_changes}. */
public interface ChangeDao {

  /** The row with which a change begins. */
  @SqlUpdate(
      """
      INSERT INTO billing.admin_changes (phase, at, caller, operation, reason, request)
      VALUES ('begun', :at, :caller, :operation, :reason, CAST(:request AS JSONB))
      """)
  @GetGeneratedKeys("id")
  long begin(
      @Bind("at") Instant at,
      @Bind("caller") String caller,
      @Bind("operation") String operation,
      @Bind("reason") String reason,
      @Bind("request") String request);

  /** The row that ends it. */
  @SqlUpdate(
      """
      INSERT INTO billing.admin_changes
             (ends, phase, at, caller, operation, reason, request, result)
      SELECT id, 'ended', :at, caller, operation, reason, request, CAST(:result AS JSONB)
        FROM billing.admin_changes
       WHERE id = :change AND phase = 'begun'
      """)
  void end(@Bind("change") long change, @Bind("at") Instant at, @Bind("result") String result);

  /** The changes after the one of that number, in the order of their beginning. */
  @SqlQuery(
      """
      SELECT begun.id, begun.at, begun.caller, begun.operation, begun.reason,
             begun.request::text AS request, ended.at AS ended_at,
             ended.result ->> 'verdict' AS verdict, (ended.result -> 'summary')::text AS summary
        FROM billing.admin_changes begun
        LEFT JOIN billing.admin_changes ended ON ended.ends = begun.id
       WHERE begun.phase = 'begun' AND begun.id > :after
         AND begun.at >= :since AND begun.at < :until
         AND (:caller = '' OR begun.caller = :caller)
         AND (:operation = '' OR begun.operation = :operation)
       ORDER BY begun.id
       LIMIT 500
      """)
  @RegisterConstructorMapper(ChangeRow.class)
  List<ChangeRow> page(@BindMethods ChangeFilter filter, @Bind("after") long after);
}
