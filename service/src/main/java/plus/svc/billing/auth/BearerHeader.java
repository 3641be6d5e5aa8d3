package plus.svc.billing.auth;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The {@code Authorization} header; the only place where a token is looked for. */
final class BearerHeader {

  private static final String SCHEME = "Bearer ";

  private BearerHeader() {}

  /** The token of {@code Bearer TOKEN}; the scheme is case-sensitive, as the exporters have it. */
  static Optional<String> token(@Nullable String header) {
    if (header == null || !header.strip().startsWith(SCHEME)) {
      return Optional.empty();
    }
    String token = header.strip().substring(SCHEME.length()).strip();
    return token.isEmpty() ? Optional.empty() : Optional.of(token);
  }
}
