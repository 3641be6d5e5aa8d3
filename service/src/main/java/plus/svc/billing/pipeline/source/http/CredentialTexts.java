package plus.svc.billing.pipeline.source.http;

import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.source.AuthMode;
import plus.svc.billing.pipeline.source.SourceFailure;
import plus.svc.billing.pipeline.source.SourceFailure.Kind;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.platform.Secret;
import plus.svc.billing.platform.SecretRefs;

/**
 * What a source's references named at one moment; equal if the texts are.
 *
 * @param credential the token, or the PEM certificate chain with or without its key
 * @param key the PEM private key, if it stands in a file of its own
 * @param caBundle PEM certificates to trust, null for the system's
 */
record CredentialTexts(
    @Nullable Secret credential, @Nullable Secret key, @Nullable Secret caBundle) {

  /** A system's whole bundle has some 250 KiB. */
  private static final long MAX_PEM_BYTES = 2L << 20;

  /**
   * Reads everything, now.
   *
   * @throws SourceFailure {@code credential} naming what cannot be read
   */
  static CredentialTexts read(SourceSpec source, SecretRefs refs) throws SourceFailure {
    Secret credential = null;
    Secret key = null;
    String ref = source.credentialRef();
    if (ref != null && source.authMode() == AuthMode.MTLS) {
      int comma = ref.indexOf(',');
      credential = file(refs, "credential_ref", comma < 0 ? ref : ref.substring(0, comma).strip());
      key = comma < 0 ? null : file(refs, "credential_ref", keyRef(ref, comma));
    } else if (ref != null && source.authMode() == AuthMode.BEARER) {
      credential = secret(refs, ref);
    }
    String bundle = source.caBundleRef();
    return new CredentialTexts(
        credential, key, bundle == null ? null : file(refs, "ca_bundle_ref", bundle));
  }

  /** The part after the comma is of the first one's form unless it has one itself. */
  private static String keyRef(String ref, int comma) {
    String key = ref.substring(comma + 1).strip();
    return SecretRefs.isFileRef(key) ? key : ref.substring(0, ref.indexOf(':') + 1) + key;
  }

  private static Secret secret(SecretRefs refs, String ref) throws SourceFailure {
    try {
      return refs.resolve(ref);
    } catch (IllegalArgumentException e) {
      throw new SourceFailure(Kind.CREDENTIAL, "credential_ref: " + e.getMessage());
    }
  }

  private static Secret file(SecretRefs refs, String name, String ref) throws SourceFailure {
    try {
      return refs.resolveFile(ref, MAX_PEM_BYTES);
    } catch (IllegalArgumentException e) {
      throw new SourceFailure(Kind.CREDENTIAL, name + " " + ref + ": " + e.getMessage());
    }
  }
}
