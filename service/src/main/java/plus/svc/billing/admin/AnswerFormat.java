package plus.svc.billing.admin;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.api.report.Format;

/** Chooses what an answer is written as. */
final class AnswerFormat {

  private AnswerFormat() {}

  /**
   * What {@code format} says, else the first that the {@code Accept} header names, else the usual
   * one.
   */
  static Format of(Inputs inputs, @Nullable String accept, Format usual) {
    return inputs
        .oneOf("format", Format.texts())
        .map(text -> Format.valueOf(text.toUpperCase(Locale.ROOT)))
        .or(() -> accepted(accept))
        .orElse(usual);
  }

  private static Optional<Format> accepted(@Nullable String accept) {
    if (accept == null) {
      return Optional.empty();
    }
    return Arrays.stream(accept.split(",", -1))
        .map(range -> range.replaceFirst(";.*", "").strip().toLowerCase(Locale.ROOT))
        .flatMap(
            type -> Arrays.stream(Format.values()).filter(each -> each.mediaType().equals(type)))
        .findFirst();
  }
}
