package plus.svc.billing.auth;

/** A token, as far as it is kept, and whom it stands for. */
public record Token(TokenHash hash, Caller caller) {

  /** Of the token itself, which is not kept. */
  public static Token of(String token, Caller caller) {
    return new Token(TokenHash.of(token), caller);
  }
}
