package plus.svc.billing.admin;

/** An operator's input that can't be used; the message names it, its value and the mend. */
public final class BadInput extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  /**
   * @param mend what to write instead
   */
  public BadInput(String input, String value, String mend) {
    super(input + ": '" + value + "' can't be used; " + mend);
  }
}
