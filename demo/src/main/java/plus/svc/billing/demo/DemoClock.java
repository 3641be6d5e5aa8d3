package plus.svc.billing.demo;

import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** The demo's accelerated time as the {@link Clock} that the service takes. */
final class DemoClock extends Clock {

  private final InstantSource source;

  DemoClock(InstantSource source) {
    this.source = source;
  }

  @Override
  public Instant instant() {
    return source.instant();
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
