package plus.svc.billing.platform.setting;

import java.util.List;

/**
 * The service cannot start and the operator can mend it: the message says what is wrong and what is
 * allowed. Prints as that message alone, since a stack trace would only hide it.
 */
public final class StartRefused extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public StartRefused(String message) {
    super(message, null, false, false);
  }

  /** All problems in one message, a line each. */
  public static StartRefused because(List<String> problems) {
    String head =
        problems.size() == 1 ? "one setting is wrong" : problems.size() + " settings are wrong";
    return new StartRefused(
        "billing-service cannot start, "
            + head
            + ":"
            + System.lineSeparator()
            + "  - "
            + String.join(System.lineSeparator() + "  - ", problems));
  }

  @Override
  public String toString() {
    return getMessage();
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
