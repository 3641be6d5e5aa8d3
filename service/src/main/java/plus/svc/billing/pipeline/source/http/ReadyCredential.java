package plus.svc.billing.pipeline.source.http;

import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.source.AuthMode;
import plus.svc.billing.pipeline.source.SourceFailure;
import plus.svc.billing.pipeline.source.SourceFailure.Kind;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.platform.Secret;

/**
 * A source's credential and trust, checked and fit for use.
 *
 * @param token to send, null if none is
 * @param tls null for plain HTTP
 * @param expiries when its certificates end, see {@link TlsMaterial#expiries}
 */
record ReadyCredential(
    @Nullable Secret token, @Nullable SSLContext tls, Map<String, Instant> expiries) {

  /**
   * Checks the texts.
   *
   * @throws SourceFailure {@code credential} naming the reference that cannot be used
   */
  static ReadyCredential of(SourceSpec source, CredentialTexts texts) throws SourceFailure {
    boolean https = "https".equals(source.baseUrl().getScheme().toLowerCase(Locale.ROOT));
    SSLContext tls = https ? TlsMaterial.context(source, texts) : null;
    Secret token = source.authMode() == AuthMode.BEARER ? texts.credential() : null;
    if (token != null && !token.reveal().chars().allMatch(c -> c > ' ' && c < 0x7F)) {
      throw new SourceFailure(
          Kind.CREDENTIAL, "the token that credential_ref names has blanks or other bytes in it");
    }
    return new ReadyCredential(token, tls, https ? TlsMaterial.expiries(source, texts) : Map.of());
  }
}
