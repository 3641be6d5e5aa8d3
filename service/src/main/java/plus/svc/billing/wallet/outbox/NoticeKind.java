package plus.svc.billing.wallet.outbox;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What a notice tells. */
public enum NoticeKind {
  /** A balance fell below its limit. */
  BALANCE_LOW,
  /** What is left of a free quota fell below a share of it. */
  QUOTA_LOW,
  /** The debits of an account within a quarter of an hour went beyond a limit. */
  UNUSUAL_RATE;

  private static final Map<String, NoticeKind> BY_TEXT =
      Arrays.stream(values()).collect(Collectors.toMap(NoticeKind::text, kind -> kind));

  /** As it stands in messages, settings and rows. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** All of them by their text. */
  public static Map<String, NoticeKind> byText() {
    return BY_TEXT;
  }
}
