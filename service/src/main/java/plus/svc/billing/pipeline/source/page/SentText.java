package plus.svc.billing.pipeline.source.page;

/** What a source sent, made safe to keep and to show. */
final class SentText {

  /**
   * The longest name that is taken. Several of them stand together in the keys of indexes, and
   * PostgreSQL takes no index entry of more than some 2,700 bytes: a longer name would fail its
   * whole transaction, again and again.
   */
  private static final int NAME_CHARS = 200;

  private static final int KEPT_CHARS = 200;
  private static final char REPLACEMENT = '\uFFFD';

  private SentText() {}

  /**
   * Whether the text can be stored as it is: no control characters (PostgreSQL takes no NUL) and no
   * half of a surrogate pair (two of them would become one in UTF-8).
   */
  static boolean isStorable(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (isUnfit(text, i)) {
        return false;
      }
    }
    return true;
  }

  /** Whether the text can be stored as a name: of a node, an environment, an inbound. */
  static boolean isName(String text) {
    return text.length() <= NAME_CHARS && isStorable(text);
  }

  /** The first 200 characters, unstorable ones replaced. */
  static String kept(String text) {
    String cut = text.length() > KEPT_CHARS ? text.substring(0, KEPT_CHARS) : text;
    if (isStorable(cut)) {
      return cut;
    }
    StringBuilder kept = new StringBuilder(cut);
    for (int i = 0; i < cut.length(); i++) {
      if (isUnfit(cut, i)) {
        kept.setCharAt(i, REPLACEMENT);
      }
    }
    return kept.toString();
  }

  private static boolean isUnfit(String text, int index) {
    char c = text.charAt(index);
    if (Character.isHighSurrogate(c)) {
      return index + 1 == text.length() || !Character.isLowSurrogate(text.charAt(index + 1));
    }
    if (Character.isLowSurrogate(c)) {
      return index == 0 || !Character.isHighSurrogate(text.charAt(index - 1));
    }
    return Character.isISOControl(c);
  }
}
