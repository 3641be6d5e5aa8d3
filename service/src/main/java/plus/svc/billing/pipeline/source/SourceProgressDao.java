package plus.svc.billing.pipeline.source;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jspecify.annotations.Nullable;

/**
 * Rows of {@code public.billing_source_sync_state}. Here only what no page carries is written, for
 * many sources at once; a page's own progress commits with the page. A write counts only while the
 * writer's lease is current.
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
   * What became of an attempt that no page tells of.
   *
   * @param seen a watermark that is at least reached now, null to leave it
   * @param succeededAt when the source answered, null if it didn't
   * @param error why not, '' if it did
   */
  record Note(
      String source,
      long fence,
      @Nullable Instant seen,
      Instant attemptedAt,
      @Nullable Instant succeededAt,
      String error) {}

  /**
   * Notes how attempts ended, each source once. Passed over are those whose fence is no longer
   * current, and those of which a later attempt is stored already.
   */
  default void note(List<Note> notes) {
    note(
        notes.stream().map(Note::source).toArray(String[]::new),
        notes.stream().map(Note::fence).toArray(Long[]::new),
        notes.stream().map(Note::seen).toArray(Instant[]::new),
        notes.stream().map(Note::attemptedAt).toArray(Instant[]::new),
        notes.stream().map(Note::succeededAt).toArray(Instant[]::new),
        notes.stream().map(Note::error).toArray(String[]::new));
  }

  /**
   * As {@link #note(List)}, by column. What is older than the row by more than a minute is not
   * late: our clock was set back meanwhile.
   */
  @SqlUpdate(
      """
      INSERT INTO public.billing_source_sync_state AS s
             (source_id, last_completed_until, last_attempted_at, last_succeeded_at, last_error,
              updated_at)
      SELECT l.source_id, n.seen, n.attempted, n.succeeded, n.error,
             coalesce(n.succeeded, n.attempted)
        FROM unnest(:sources, :fences, :seen, :attempted, :succeeded, :errors)
          AS n (source_id, fence, seen, attempted, succeeded, error)
        JOIN billing.source_leases l ON l.source_id = n.source_id AND l.fence = n.fence
       ORDER BY l.source_id
          ON CONFLICT (source_id) DO UPDATE
         SET last_completed_until = greatest(s.last_completed_until,
                                             excluded.last_completed_until),
             last_attempted_at = excluded.last_attempted_at,
             last_succeeded_at = coalesce(excluded.last_succeeded_at, s.last_succeeded_at),
             last_error = excluded.last_error,
             last_cursor = CASE WHEN excluded.last_succeeded_at IS NULL
                                THEN s.last_cursor
                                ELSE '' END,
             updated_at = excluded.updated_at
       WHERE s.last_attempted_at IS NULL
          OR s.last_attempted_at <= excluded.last_attempted_at
          OR s.last_attempted_at > excluded.last_attempted_at + INTERVAL '1 minute'
      """)
  void note(
      @Bind("sources") String[] sources,
      @Bind("fences") Long[] fences,
      @Bind("seen") @Nullable Instant[] seen,
      @Bind("attempted") Instant[] attempted,
      @Bind("succeeded") @Nullable Instant[] succeeded,
      @Bind("errors") String[] errors);
}
