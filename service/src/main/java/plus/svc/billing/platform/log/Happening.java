package plus.svc.billing.platform.log;

import org.slf4j.Marker;
import org.slf4j.MarkerFactory;

/**
 * What may happen that an operator searches the log for. The name is the field {@code event} of a
 * JSON log, and stays the same whatever becomes of the words.
 */
public final class Happening {

  /** It is started and listens. */
  public static final Marker SERVICE_LISTENS = MarkerFactory.getMarker("service_listens");

  /** A stop did not end within its limit, or a part of it had to be interrupted. */
  public static final Marker STOP_TOO_LONG = MarkerFactory.getMarker("stop_too_long");

  /** The database does not answer at the start; it is tried again. */
  public static final Marker DATABASE_AWAITED = MarkerFactory.getMarker("database_awaited");

  /** A collection of a source brought something new. */
  public static final Marker SOURCE_COLLECTED = MarkerFactory.getMarker("source_collected");

  /** A source fails, or fails for another reason than before. */
  public static final Marker SOURCE_FAILED = MarkerFactory.getMarker("source_failed");

  /** A source was read up to an instant that is still to come. */
  public static final Marker SOURCE_AHEAD = MarkerFactory.getMarker("source_ahead");

  /** A collection broke off by our own fault. */
  public static final Marker COLLECTION_BROKE = MarkerFactory.getMarker("collection_broke");

  /** A source uses a new credential or trust. */
  public static final Marker CREDENTIAL_RENEWED = MarkerFactory.getMarker("credential_renewed");

  /** A source keeps its old credential, the new one cannot be used. */
  public static final Marker CREDENTIAL_UNFIT = MarkerFactory.getMarker("credential_unfit");

  /** The alarm about it is over. */
  public static final Marker CREDENTIAL_FIT = MarkerFactory.getMarker("credential_fit");

  /** A source was added, changed or disabled. */
  public static final Marker SOURCES_CHANGED = MarkerFactory.getMarker("sources_changed");

  /** Pages that failed in one transaction are taken one by one. */
  public static final Marker PAGES_APART = MarkerFactory.getMarker("pages_apart");

  /** A transaction met a concurrent one and is tried again. */
  public static final Marker TRANSACTION_RETRIED = MarkerFactory.getMarker("transaction_retried");

  /** Pushed snapshots could not be written. */
  public static final Marker PUSH_FAILED = MarkerFactory.getMarker("push_failed");

  /** A run of a job ended unexpectedly. */
  public static final Marker JOB_FAILED = MarkerFactory.getMarker("job_failed");

  /** Runs of processes that are gone were marked. */
  public static final Marker JOBS_ABANDONED = MarkerFactory.getMarker("jobs_abandoned");

  /** A turn of a loop failed; the next one comes. */
  public static final Marker LOOP_FAILED = MarkerFactory.getMarker("loop_failed");

  /** A loop stands still; the service manager gets no sign of life. */
  public static final Marker LOOP_STILL = MarkerFactory.getMarker("loop_still");

  /** Transactions of frozen instances were ended. */
  public static final Marker SILENT_WRITERS_ENDED = MarkerFactory.getMarker("silent_writers_ended");

  /** Something that can wait could not be read or stored; it is tried again. */
  public static final Marker DATABASE_FAILED = MarkerFactory.getMarker("database_failed");

  /** A call met an unexpected error; it was told the reference. */
  public static final Marker CALL_FAILED = MarkerFactory.getMarker("call_failed");

  /** A webhook fails, or fails for another reason than before. */
  public static final Marker NOTICE_FAILED = MarkerFactory.getMarker("notice_failed");

  /** A notice was not delivered in time and is a dead letter. */
  public static final Marker NOTICE_DEAD = MarkerFactory.getMarker("notice_dead");

  /** The cache does not answer, or answers again. */
  public static final Marker CACHE_FAILED = MarkerFactory.getMarker("cache_failed");

  private Happening() {}
}
