package plus.svc.billing.auth;

import jakarta.servlet.http.HttpServletRequest;

/** Is told of known callers who asked for what they have no right to. */
@FunctionalInterface
public interface Denials {

  /** Nobody keeps them. */
  Denials NONE = (caller, right, request) -> {};

  /**
   * A call was refused.
   *
   * @param right that it needs
   * @param request whose body nobody has read yet
   */
  void denied(Caller caller, Right right, HttpServletRequest request);
}
