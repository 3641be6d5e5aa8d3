package plus.svc.billing.ingest;

import com.codahale.metrics.MetricRegistry;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.zip.ZipException;
import org.jdbi.v3.core.ConnectionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import plus.svc.billing.api.IngestResult;
import plus.svc.billing.auth.Caller;
import plus.svc.billing.ingest.PushRefused.Reason;
import plus.svc.billing.pipeline.Delivery;
import plus.svc.billing.pipeline.NodeNameTaken;
import plus.svc.billing.pipeline.Progress;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.pipeline.source.SourceFailure;
import plus.svc.billing.pipeline.source.SourceId;
import plus.svc.billing.pipeline.source.page.DecoderLimits;
import plus.svc.billing.pipeline.source.page.PushDecoder;
import plus.svc.billing.pipeline.source.page.PushedBody;
import plus.svc.billing.pipeline.source.page.PushedBody.Placed;
import plus.svc.billing.platform.log.Happening;

/**
 * Takes pushes. A body is read whole before anything of it is written; then each of its snapshots
 * stands for itself: what cannot be taken is told, and the rest is.
 */
public final class Ingest {

  /** The most bytes a body may have, decompressed. */
  public static final long MOST_BYTES = 32L << 20;

  private static final Logger LOG = LoggerFactory.getLogger(Ingest.class);
  private static final DecoderLimits LIMITS =
      new DecoderLimits(MOST_BYTES, 10_000, 100_000, 400_000, 2_048, 16);

  /** How far a node's clock may run ahead of ours. */
  private static final Duration CLOCK_AHEAD = Duration.ofMinutes(5);

  private final PushDecoder decoder = new PushDecoder(LIMITS);
  private final PushSink sink;
  private final PushPolicies policies;
  private final Slots slots;
  private final Duration bodyTimeout;
  private final Clock clock;
  private final MetricRegistry metrics;

  /**
   * @param concurrentPushes bodies in memory at the same time
   * @param slotPatience how long a push beyond that waits before it is refused
   * @param bodyTimeout how long a body may take to come in
   * @param metrics gets {@code ingest.accepted}, {@code .repeated}, {@code .merged}, {@code
   *     .rejected}, {@code .not-taken} (snapshots) and {@code .refused} (pushes)
   */
  public Ingest(
      PushSink sink,
      PushPolicies policies,
      int concurrentPushes,
      Duration slotPatience,
      Duration bodyTimeout,
      Clock clock,
      MetricRegistry metrics) {
    this.sink = sink;
    this.policies = policies;
    this.slots = new Slots(concurrentPushes, slotPatience);
    this.bodyTimeout = bodyTimeout;
    this.clock = clock;
    this.metrics = metrics;
    // From zero on: a counter that is missing is not one that stands still.
    List.of("accepted", "repeated", "merged", "rejected", "not-taken", "refused")
        .forEach(outcome -> metrics.counter("ingest." + outcome));
  }

  /**
   * Takes one body. What the result tells as taken is committed.
   *
   * @param body decompressed; not closed
   * @throws PushRefused if nothing of it can be taken as it is; nothing was written
   */
  public IngestResult take(Caller caller, InputStream body)
      throws PushRefused, InterruptedException {
    try {
      Slots.Slot slot = slots.take(caller.name());
      try {
        IngestResult result = takeNow(caller, body);
        count(result);
        return result;
      } finally {
        slot.free();
      }
    } catch (PushRefused e) {
      metrics.counter("ingest.refused").inc();
      throw e;
    }
  }

  private IngestResult takeNow(Caller caller, InputStream body) throws PushRefused {
    PushReport report = new PushReport(clock.instant());
    PushedBody pushed = decode(body);
    refuseForeign(caller, pushed);
    pushed.rejected().forEach(report::rejected);
    accept(caller, placeable(pushed, report), report);
    return report.result(clock.instant());
  }

  private PushedBody decode(InputStream body) throws PushRefused {
    try {
      return decoder.decode(new TimedInputStream(body, bodyTimeout));
    } catch (SourceFailure e) {
      boolean tooLarge = e.kind() == SourceFailure.Kind.TOO_LARGE;
      throw new PushRefused(
          tooLarge ? Reason.TOO_LARGE : Reason.UNREADABLE,
          e.getMessage() + (tooLarge ? "; send fewer snapshots at a time" : "; " + FORMS));
    } catch (TimedInputStream.TooSlow e) {
      throw new PushRefused(
          Reason.TOO_SLOW,
          "the body took longer than " + bodyTimeout.toSeconds() + " s; send less at a time");
    } catch (ZipException | EOFException e) {
      throw new PushRefused(Reason.UNREADABLE, NO_GZIP);
    } catch (RuntimeException e) {
      // The server unzips, and says so in its own way.
      if (e.getCause() instanceof ZipException) {
        throw new PushRefused(Reason.UNREADABLE, NO_GZIP);
      }
      throw e;
    } catch (IOException e) {
      // Its own message may quote the body.
      throw new PushRefused(Reason.UNREADABLE, "the body broke off; send the same again");
    }
  }

  private static final String NO_GZIP = "the body is no whole gzip stream; send it again";

  private static final String FORMS =
      "send a snapshot as a JSON object, an array of them, or one a line";

  private static void refuseForeign(Caller caller, PushedBody pushed) throws PushRefused {
    for (Placed placed : pushed.placed()) {
      if (!caller.mayPush(placed.snapshot().node())) {
        throw new PushRefused(
            Reason.FOREIGN_NODE,
            "this token may not push node_id '"
                + placed.snapshot().node().node()
                + "' of env '"
                + placed.snapshot().node().env()
                + "' (snapshot "
                + placed.index()
                + "); nothing was written");
      }
    }
  }

  private List<Placed> placeable(PushedBody pushed, PushReport report) {
    List<Placed> placeable = new ArrayList<>();
    Instant latest = clock.instant().plus(CLOCK_AHEAD);
    for (Placed placed : pushed.placed()) {
      Snapshot snapshot = placed.snapshot();
      if (snapshot.node().env().isEmpty()) {
        report.rejected(
            placed.index(), "env", "", "env is missing or blank; send the node's environment");
      } else if (snapshot.collectedAt().isAfter(latest)
          || snapshot.collectedAt().isBefore(Instant.EPOCH)) {
        report.rejected(
            placed.index(),
            "collected_at",
            snapshot.collectedAt().toString(),
            "collected_at is more than 5 minutes ahead of us, or before 1970; set the node's clock");
      } else {
        placeable.add(placed);
      }
    }
    return placeable;
  }

  private void accept(Caller caller, List<Placed> body, PushReport report) {
    SourceId source = new SourceId("push:" + caller.name());
    int left = body.size();
    for (List<Placed> parcel : Parcels.of(body, placed -> policies.of(placed.snapshot().node()))) {
      try {
        acceptParcel(source, parcel, report);
        left -= parcel.size();
      } catch (ConnectionException e) {
        // The database is not there: what is left would only wait for it, too.
        report.notTaken(left, noted(e));
        return;
      }
    }
  }

  /** Takes a parcel in one transaction, or else node by node: none fails for another's sake. */
  private void acceptParcel(SourceId source, List<Placed> parcel, PushReport report) {
    try {
      report.taken(parcel, sink.accept(delivery(source, parcel)));
    } catch (ConnectionException e) {
      throw e;
    } catch (RuntimeException e) {
      List<List<Placed>> nodes = Parcels.split(parcel, placed -> placed.snapshot().node());
      if (nodes.size() > 1) {
        nodes.forEach(ofNode -> acceptParcel(source, ofNode, report));
      } else if (e instanceof NodeNameTaken taken) {
        for (Placed placed : parcel) {
          report.rejected(
              placed.index(), "node_id", placed.snapshot().node().node(), taken.getMessage());
        }
      } else {
        report.notTaken(parcel.size(), noted(e));
      }
    }
  }

  private Delivery delivery(SourceId source, List<Placed> parcel) {
    return new Delivery(
        source,
        policies.of(parcel.get(0).snapshot().node()),
        0,
        parcel.stream().map(Placed::snapshot).toList(),
        new Progress(null, null, clock.instant()));
  }

  private static String noted(RuntimeException failure) {
    String reference = UUID.randomUUID().toString();
    LOG.error(
        Happening.PUSH_FAILED,
        "pushed snapshots could not be written, reference {}",
        reference,
        failure);
    return "reference " + reference;
  }

  private void count(IngestResult result) {
    metrics.counter("ingest.accepted").inc(result.accepted());
    metrics.counter("ingest.repeated").inc(result.repeated());
    metrics.counter("ingest.merged").inc(result.merged());
    metrics.counter("ingest.rejected").inc(result.rejected());
    metrics.counter("ingest.not-taken").inc(result.notTaken());
  }
}
