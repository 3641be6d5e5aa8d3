package plus.svc.billing.registry;

import java.time.Instant;
import java.util.List;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** Rows of {@code billing.sources}: few, and changed by operators only. */
@RegisterConstructorMapper(SourceRow.class)
public interface SourceRowDao {

  /** Keeps other writers away until the transaction ends: what must be unique spans rows. */
  @SqlUpdate("LOCK TABLE billing.sources IN SHARE ROW EXCLUSIVE MODE")
  void lock();

  /** All of them, by id. */
  @SqlQuery(
      """
      SELECT source_id, definition::text AS definition
        FROM billing.sources
       ORDER BY source_id COLLATE "C"
      """)
  List<SourceRow> all();

  /** Adds the source or puts the new definition in the old one's place. */
  @SqlUpdate(
      """
      INSERT INTO billing.sources (source_id, definition, changed_at)
      VALUES (:source, CAST(:definition AS JSONB), :at)
          ON CONFLICT (source_id) DO UPDATE
         SET definition = excluded.definition,
             changed_at = excluded.changed_at
      """)
  void put(
      @Bind("source") String source, @Bind("definition") String definition, @Bind("at") Instant at);
}
