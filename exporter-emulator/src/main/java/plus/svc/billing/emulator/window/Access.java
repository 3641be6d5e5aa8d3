package plus.svc.billing.emulator.window;

import org.jspecify.annotations.Nullable;

/** Who may read the snapshots. */
public sealed interface Access {
  /** A token that every request has to bring; "" locks everyone out. */
  static Access bearer(String token) {
    return new Bearer(token);
  }

  /**
   * No token asked for. The real exporters always want one; this stands for an exporter behind a
   * proxy that checks the client (by certificate, say) and adds the token itself.
   */
  static Access open() {
    return new Open();
  }

  /**
   * Whether a request with this Authorization header gets in.
   *
   * @param trims whether blanks around the header's value are forgiven
   */
  boolean permits(@Nullable String authorization, boolean trims);

  record Bearer(String token) implements Access {
    @Override
    public boolean permits(@Nullable String authorization, boolean trims) {
      if (token.isEmpty() || authorization == null) {
        return false;
      }
      String value = trims ? authorization.strip() : authorization;
      return value.equals("Bearer " + token);
    }

    @Override
    public String toString() {
      return "Bearer[token=***]";
    }
  }

  record Open() implements Access {
    @Override
    public boolean permits(@Nullable String authorization, boolean trims) {
      return true;
    }
  }
}
