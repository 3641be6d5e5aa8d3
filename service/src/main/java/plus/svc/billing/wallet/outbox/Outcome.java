package plus.svc.billing.wallet.outbox;

import java.util.Locale;

/** How an attempt to deliver a notice ended. */
public enum Outcome {
  /** The target answered 2xx: it has it. */
  DELIVERED("it has it"),
  /** The target's name leads to an address that is not allowed. */
  ADDRESS("its name leads to an address that nothing is sent to; see allowPrivate"),
  /** The name does not resolve, or nobody answers. */
  UNREACHABLE("its name does not resolve, or nothing answers there"),
  /** The connection cannot be trusted. */
  TLS("its certificate is not one that we trust for its name, or no TLS answers there"),
  /** No whole answer in time. */
  TIMEOUT("no whole answer within the target's timeout"),
  /** It answered 3xx, which is not followed. */
  REDIRECT("it answers with a redirect, which is not followed: url must be exact"),
  /** It answered 4xx or 5xx. */
  STATUS("it answers with an error"),
  /** What signs or trusts cannot be read. */
  CREDENTIAL("its secretRef or caBundleRef cannot be read or used"),
  /** Anything else. */
  ERROR("the delivery broke off");

  private final String words;

  Outcome(String words) {
    this.words = words;
  }

  /** As it stands in metrics and rows. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What it means, in our own words: a server's are never kept. */
  String words() {
    return words;
  }
}
