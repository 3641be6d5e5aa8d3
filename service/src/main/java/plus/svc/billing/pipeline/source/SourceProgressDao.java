package plus.svc.billing.pipeline.source;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/**
 * Rows of {@code public.billing_source_sync_state}. Here only what no page carries is written; a
 * page's own progress commits with the page. Each write counts only while the writer's lease is
 * current, and none of them moves the watermark.
 */
@RegisterConstructorMapper(SourceProgress.class)
public interface SourceProgressDao {

  /** The source's row. */
  @SqlQuery(
      """
      SELECT source_id, last_completed_until, last_attempted_at, last_succeeded_at, last_error,
             last_cursor
        FROM public.billing_source_sync_state
       WHERE source_id = :source
      """)
  Optional<SourceProgress> find(@Bind("source") String source);

  /** The rows of these sources, as many as there are. */
  @SqlQuery(
      """
      SELECT source_id, last_completed_until, last_attempted_at, last_succeeded_at, last_error,
             last_cursor
        FROM public.billing_source_sync_state
       WHERE source_id = ANY (:sources)
      """)
  List<SourceProgress> findAll(@Bind("sources") String[] sources);

  /**
   * Notes that the source is being asked; what is known of the last attempt stays.
   *
   * @return 1, or 0 if the fence is no longer current
   */
  @SqlUpdate(
      """
      INSERT INTO public.billing_source_sync_state AS s
             (source_id, last_attempted_at, last_error, updated_at)
      SELECT l.source_id, :at, '', :at
        FROM billing.source_leases l
       WHERE l.source_id = :source AND l.fence = :fence
          ON CONFLICT (source_id) DO UPDATE
         SET last_attempted_at = excluded.last_attempted_at,
             updated_at = excluded.updated_at
      """)
  int attempted(@Bind("source") String source, @Bind("fence") long fence, @Bind("at") Instant at);

  /**
   * Notes why the source could not be read, or what was wrong with it.
   *
   * @return 1, or 0 if the fence is no longer current
   */
  @SqlUpdate(
      """
      INSERT INTO public.billing_source_sync_state AS s
             (source_id, last_attempted_at, last_error, updated_at)
      SELECT l.source_id, :attempted, :error, :at
        FROM billing.source_leases l
       WHERE l.source_id = :source AND l.fence = :fence
          ON CONFLICT (source_id) DO UPDATE
         SET last_attempted_at = excluded.last_attempted_at,
             last_error = excluded.last_error,
             updated_at = excluded.updated_at
      """)
  int failed(
      @Bind("source") String source,
      @Bind("fence") long fence,
      @Bind("attempted") Instant attempted,
      @Bind("error") String error,
      @Bind("at") Instant at);

  /**
   * Notes that the source answered with nothing, which proves nothing about the time asked for.
   *
   * @return 1, or 0 if the fence is no longer current
   */
  @SqlUpdate(
      """
      INSERT INTO public.billing_source_sync_state AS s
             (source_id, last_attempted_at, last_succeeded_at, last_error, last_cursor, updated_at)
      SELECT l.source_id, :attempted, :at, '', '', :at
        FROM billing.source_leases l
       WHERE l.source_id = :source AND l.fence = :fence
          ON CONFLICT (source_id) DO UPDATE
         SET last_attempted_at = excluded.last_attempted_at,
             last_succeeded_at = excluded.last_succeeded_at,
             last_error = '',
             last_cursor = '',
             updated_at = excluded.updated_at
      """)
  int readEmpty(
      @Bind("source") String source,
      @Bind("fence") long fence,
      @Bind("attempted") Instant attempted,
      @Bind("at") Instant at);
}
