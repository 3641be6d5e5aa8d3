package plus.svc.billing.job;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.api.JobResult;

/**
 * What a run achieved.
 *
 * @param sources one for each enabled source
 * @param processedSamples samples taken
 * @param writtenMinutes minute buckets newly written
 * @param replayedMinutes minute buckets that were there and changed
 * @param setAside samples set aside
 */
public record JobOutcome(
    List<Source> sources,
    long processedSamples,
    long writtenMinutes,
    long replayedMinutes,
    long setAside) {

  /**
   * One source's part.
   *
   * @param error why it failed, without anything secret; null if it answered, be it with nothing
   *     new
   */
  public record Source(String sourceId, @Nullable String error) {}

  public JobOutcome {
    sources = List.copyOf(sources);
  }

  /**
   * {@code error} if nothing could be done: no source is enabled, or all failed and nothing was
   * processed. A source that answers with nothing new has done its part.
   */
  public String status() {
    boolean allFailed = sources.stream().allMatch(source -> source.error() != null);
    if (allFailed && processedSamples == 0 && writtenMinutes == 0 && replayedMinutes == 0) {
      return JobResult.ERROR;
    }
    return error().isEmpty() ? JobResult.OK : JobResult.PARTIAL;
  }

  /** What went wrong, joined by {@code "; "}; '' if nothing did. */
  public String error() {
    if (sources.isEmpty()) {
      return "no source is enabled";
    }
    Stream<String> failures =
        sources.stream()
            .filter(source -> source.error() != null)
            .map(source -> source.sourceId() + ": " + source.error());
    Stream<String> aside =
        setAside > 0 ? Stream.of(setAside + " samples set aside") : Stream.empty();
    return Stream.concat(failures, aside).collect(Collectors.joining("; "));
  }
}
