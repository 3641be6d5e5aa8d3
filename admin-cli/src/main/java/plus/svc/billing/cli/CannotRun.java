package plus.svc.billing.cli;

/**
 * There is no answer to judge. The message is one line for a person: what failed and what to do; it
 * never holds a token.
 */
final class CannotRun extends RuntimeException {

  private static final long serialVersionUID = 1L;

  CannotRun(String message) {
    super(message);
  }
}
