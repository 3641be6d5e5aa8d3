package plus.svc.billing.auth;

import plus.svc.billing.platform.Secret;

/** A token and whom it stands for. */
public record Token(Secret secret, Caller caller) {}
