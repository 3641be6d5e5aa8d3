package plus.svc.billing.pipeline.source.page;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.snapshot.RejectedSample;
import plus.svc.billing.pipeline.snapshot.Sample;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.pipeline.source.SourceFailure;
import plus.svc.billing.pipeline.source.page.RejectedSnapshot.Reason;
import plus.svc.billing.quantity.NodeKey;

/** Reads the snapshots of a page, one after the other. */
final class SnapshotReader {

  /** A process that runs for longer than this doesn't exist; its uptime is a mistake. */
  private static final long LONGEST_UPTIME_SECONDS = Duration.ofDays(36_525).toSeconds();

  private static final Instant ZERO_TIME = Instant.parse("0001-01-01T00:00:00Z");

  /** The years that RFC 3339 can write; beyond them neither microseconds nor PostgreSQL go far. */
  private static final Instant FIRST_INSTANT = Instant.parse("0000-01-01T00:00:00Z");

  private static final Instant BEHIND_LAST_INSTANT = Instant.parse("+10000-01-01T00:00:00Z");

  private final JsonParser parser;
  private final DecoderLimits limits;
  private final SampleReader sampleReader;
  private int samplesOfPage;

  private String nodeId = "";
  private String env = "";
  private @Nullable Instant collectedAt;
  private @Nullable Instant startedAt;
  private long uptimeSeconds;
  private List<Sample> samples = List.of();
  private List<RejectedSample> rejectedSamples = List.of();
  private @Nullable Reason problem;
  private String badValue = "";

  SnapshotReader(JsonParser parser, DecoderLimits limits) {
    this.parser = parser;
    this.limits = limits;
    this.sampleReader = new SampleReader(parser, limits);
  }

  /**
   * Reads the snapshot that starts at the current token and adds it to one of the lists.
   *
   * @param index its place in the body
   */
  void read(int index, List<Snapshot> snapshots, List<RejectedSnapshot> rejected)
      throws IOException, SourceFailure {
    clear();
    if (parser.currentToken() == JsonToken.START_OBJECT) {
      readFields();
    } else {
      wrong(Reason.NOT_AN_OBJECT, JsonText.scalar(parser, limits.stringChars()));
    }
    Instant at = collectedAt;
    if (at == null) {
      wrong(Reason.COLLECTED_AT, "");
    }
    if (nodeId.isBlank() || !SentText.isName(nodeId)) {
      wrong(Reason.NODE, nodeId);
    }
    if (!SentText.isName(env)) {
      wrong(Reason.ENV, env);
    }
    if (problem != null || at == null) {
      rejected.add(
          new RejectedSnapshot(
              index, problem == null ? Reason.COLLECTED_AT : problem, SentText.kept(badValue)));
      return;
    }
    List<Sample> ordered = SampleOrder.ascending(samples, rejectedSamples);
    snapshots.add(
        new Snapshot(new NodeKey(env, nodeId), at, producerEpoch(at), ordered, rejectedSamples));
  }

  /** Whether the snapshot read last has the zero value of a time in Go, the year 1. */
  boolean isOfZeroTime() {
    return ZERO_TIME.equals(collectedAt);
  }

  private void clear() {
    nodeId = "";
    env = "";
    collectedAt = null;
    startedAt = null;
    uptimeSeconds = 0;
    samples = new ArrayList<>(samples.size());
    rejectedSamples = new ArrayList<>();
    problem = null;
    badValue = "";
  }

  /** Notes what is wrong; the first thing found is the one that is told. */
  private void wrong(Reason reason, String value) {
    if (problem == null) {
      problem = reason;
      badValue = value;
    }
  }

  private void readFields() throws IOException, SourceFailure {
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      JsonToken value = parser.nextToken();
      switch (Key.of(name)) {
        case NODE_ID -> nodeId = JsonText.scalar(parser, limits.stringChars());
        case ENV -> env = JsonText.scalar(parser, limits.stringChars());
        case COLLECTED_AT -> collectedAt = instant(value, Reason.COLLECTED_AT);
        case STARTED_AT -> startedAt = instant(value, Reason.STARTED_AT);
        case UPTIME_SECONDS -> readUptime(value);
        case SAMPLES -> readSamples(value);
        default -> parser.skipChildren();
      }
    }
  }

  private @Nullable Instant instant(JsonToken value, Reason whenBad)
      throws IOException, SourceFailure {
    String text = JsonText.scalar(parser, limits.stringChars());
    if (value == JsonToken.VALUE_NULL || (value == JsonToken.VALUE_STRING && text.isEmpty())) {
      return null;
    }
    try {
      Instant parsed = Instant.parse(text);
      if (!parsed.isBefore(FIRST_INSTANT) && parsed.isBefore(BEHIND_LAST_INSTANT)) {
        return parsed;
      }
    } catch (DateTimeException e) {
      // told below
    }
    wrong(whenBad, text);
    return null;
  }

  /** Whole seconds; a fraction is dropped, which the meaning of an epoch allows for. */
  private void readUptime(JsonToken value) throws IOException, SourceFailure {
    uptimeSeconds = 0;
    if (value == JsonToken.VALUE_NUMBER_INT || value == JsonToken.VALUE_NUMBER_FLOAT) {
      double seconds = parser.getDoubleValue();
      if (seconds >= 0 && seconds <= LONGEST_UPTIME_SECONDS) {
        uptimeSeconds = (long) seconds;
        return;
      }
    } else if (JsonText.scalar(parser, limits.stringChars()).isEmpty()
        && value == JsonToken.VALUE_NULL) {
      return;
    }
    wrong(Reason.STARTED_AT, value.isStructStart() ? "" : parser.getText());
  }

  private void readSamples(JsonToken value) throws IOException, SourceFailure {
    samples.clear();
    rejectedSamples.clear();
    if (value != JsonToken.START_ARRAY) {
      if (value != JsonToken.VALUE_NULL) {
        wrong(Reason.SAMPLES, JsonText.scalar(parser, limits.stringChars()));
      }
      return;
    }
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      sampleReader.read(samples, rejectedSamples);
      countSample();
    }
  }

  private void countSample() throws SourceFailure {
    samplesOfPage++;
    if (samples.size() + rejectedSamples.size() > limits.samplesPerSnapshot()) {
      throw tooLarge("a snapshot has more than " + limits.samplesPerSnapshot() + " samples");
    }
    if (samplesOfPage > limits.samplesPerPage()) {
      throw tooLarge("a page has more than " + limits.samplesPerPage() + " samples");
    }
  }

  /**
   * When the counting process started, null if unknown. A zero uptime and a zero time stand for
   * "not known" in the languages exporters are written in; taken at their word they would restart
   * every counter in every snapshot.
   */
  private @Nullable Instant producerEpoch(Instant at) {
    if (startedAt != null && startedAt.isAfter(Instant.EPOCH)) {
      return startedAt;
    }
    return uptimeSeconds > 0 ? at.minusSeconds(uptimeSeconds) : null;
  }

  private static SourceFailure tooLarge(String reason) {
    return new SourceFailure(SourceFailure.Kind.TOO_LARGE, reason);
  }
}
