package plus.svc.billing.platform;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** Instants as microseconds since 1970, PostgreSQL's resolution; {@code -1} stands for none. */
public final class Micros {

  private static final long PER_SECOND = 1_000_000L;

  private Micros() {}

  /** Whole microseconds of an instant. */
  public static long of(Instant instant) {
    return Math.addExact(
        Math.multiplyExact(instant.getEpochSecond(), PER_SECOND), instant.getNano() / 1_000);
  }

  /** Whole microseconds of an instant, {@code -1} for null. */
  public static long ofNullable(@Nullable Instant instant) {
    return instant == null ? -1L : of(instant);
  }

  /** The instant. */
  public static Instant toInstant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, PER_SECOND), Math.floorMod(micros, PER_SECOND) * 1_000);
  }

  /** The instant, null for {@code -1}. */
  public static @Nullable Instant toNullable(long micros) {
    return micros == -1L ? null : toInstant(micros);
  }

  /** The instant in UTC. */
  public static OffsetDateTime toOffset(long micros) {
    return toInstant(micros).atOffset(ZoneOffset.UTC);
  }
}
