package plus.svc.billing.auth;

import java.util.List;
import java.util.Optional;

/** The tokens that are valid; several may stand for one caller, so that they can be changed. */
public final class Tokens {

  private final List<Token> tokens;

  public Tokens(List<Token> tokens) {
    this.tokens = List.copyOf(tokens);
  }

  /**
   * Whom a token stands for. Its hash is compared with every one, always, so that the time tells
   * nothing about which is near.
   */
  Optional<Caller> callerOf(String token) {
    TokenHash candidate = TokenHash.of(token);
    Optional<Caller> found = Optional.empty();
    for (Token valid : tokens) {
      if (valid.hash().equals(candidate)) {
        found = Optional.of(valid.caller());
      }
    }
    return found;
  }
}
