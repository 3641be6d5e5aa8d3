package plus.svc.billing.api;

import org.jspecify.annotations.Nullable;

/** Fields that are left out of the JSON when empty read back as ''. */
final class Text {

  private Text() {}

  static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
