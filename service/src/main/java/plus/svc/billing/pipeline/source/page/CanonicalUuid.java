package plus.svc.billing.pipeline.source.page;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Folds the written forms of a UUID into one. */
final class CanonicalUuid {

  private static final Pattern HYPHENATED =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
  private static final Pattern BARE =
      Pattern.compile("([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})");
  private static final String URN = "urn:uuid:";

  /** Longest form: {@code urn:uuid:} and 36 characters. */
  private static final int LONGEST = URN.length() + 36;

  private CanonicalUuid() {}

  /**
   * The lower-case hyphenated form.
   *
   * @param text hyphenated or not, in braces, or as a URN, in any case
   * @return null if it is no UUID
   */
  static @Nullable String of(String text) {
    if (text.length() < 32 || text.length() > LONGEST) {
      return null;
    }
    String folded = text.toLowerCase(Locale.ROOT);
    if (folded.startsWith(URN)) {
      folded = folded.substring(URN.length());
    } else if (folded.startsWith("{") && folded.endsWith("}")) {
      folded = folded.substring(1, folded.length() - 1);
    }
    if (HYPHENATED.matcher(folded).matches()) {
      return folded;
    }
    Matcher bare = BARE.matcher(folded);
    return bare.matches() ? bare.replaceFirst("$1-$2-$3-$4-$5") : null;
  }
}
