package plus.svc.billing.pipeline.source;

/** How we prove to an exporter who we are. */
public enum AuthMode {
  /** A client certificate; {@code credential_ref} names its PEM pair. */
  MTLS,
  /** {@code Authorization: Bearer}; {@code credential_ref} names the token. */
  BEARER,
  /** Not at all; for loopback only. */
  NONE
}
