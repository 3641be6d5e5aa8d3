package plus.svc.billing.pipeline.source.page;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.snapshot.RejectReason;
import plus.svc.billing.pipeline.snapshot.RejectedSample;
import plus.svc.billing.pipeline.snapshot.Sample;

/** Brings a snapshot's samples into the order of their series, each series once. */
final class SampleOrder {

  private SampleOrder() {}

  /**
   * Ascending, samples of one series added up. Where that passes 64 bits the series' samples are
   * set aside.
   *
   * @param samples taken apart; not used any more afterwards
   */
  static List<Sample> ascending(List<Sample> samples, List<RejectedSample> rejected) {
    if (isAscending(samples)) {
      return samples;
    }
    samples.sort(Comparator.comparing(Sample::series));
    List<Sample> once = new ArrayList<>(samples.size());
    int next = 0;
    while (next < samples.size()) {
      int end = next + 1;
      while (end < samples.size() && samples.get(end).series().equals(samples.get(next).series())) {
        end++;
      }
      addSum(samples.subList(next, end), once, rejected);
      next = end;
    }
    return once;
  }

  private static boolean isAscending(List<Sample> samples) {
    for (int i = 1; i < samples.size(); i++) {
      if (samples.get(i - 1).series().compareTo(samples.get(i).series()) >= 0) {
        return false;
      }
    }
    return true;
  }

  private static void addSum(
      List<Sample> ofOneSeries, List<Sample> once, List<RejectedSample> rejected) {
    Sample sum = sum(ofOneSeries);
    if (sum != null) {
      once.add(sum);
      return;
    }
    for (Sample sample : ofOneSeries) {
      rejected.add(
          new RejectedSample(
              sample.series().identifier(),
              SentText.kept(sample.series().inboundTag()),
              Long.toString(sample.uplinkBytes()),
              Long.toString(sample.downlinkBytes()),
              RejectReason.OUT_OF_RANGE));
    }
  }

  private static @Nullable Sample sum(List<Sample> ofOneSeries) {
    Sample sum = ofOneSeries.get(0);
    try {
      for (Sample more : ofOneSeries.subList(1, ofOneSeries.size())) {
        sum =
            new Sample(
                sum.series(),
                Math.addExact(sum.uplinkBytes(), more.uplinkBytes()),
                Math.addExact(sum.downlinkBytes(), more.downlinkBytes()));
      }
      return sum;
    } catch (ArithmeticException e) {
      return null;
    }
  }
}
