package plus.svc.billing.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** The rounds of one measurement. */
final class Figure {

  private final List<Cost> rounds = new ArrayList<>();

  void add(Cost round) {
    rounds.add(round);
  }

  double samplesPerSecond() {
    return median(Cost::samplesPerSecond);
  }

  /** The median round's value. */
  double median(ToDoubleFunction<Cost> value) {
    return median(rounds.stream().map(value::applyAsDouble).toList());
  }

  /** The median of the rounds' ratios to another figure of the same rounds. */
  double over(Figure other) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < Math.min(rounds.size(), other.rounds.size()); i++) {
      ratios.add(rounds.get(i).samplesPerSecond() / other.rounds.get(i).samplesPerSecond());
    }
    return median(ratios);
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int n = sorted.size();
    if (n == 0) {
      return Double.NaN;
    }
    return n % 2 == 1 ? sorted.get(n / 2) : (sorted.get(n / 2 - 1) + sorted.get(n / 2)) / 2;
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%,.0f", samplesPerSecond())
        + rounds.stream()
            .map(cost -> String.format(Locale.ROOT, "%.1f", cost.samplesPerSecond() / 1000))
            .collect(Collectors.joining(", ", " [", " k]"));
  }
}
