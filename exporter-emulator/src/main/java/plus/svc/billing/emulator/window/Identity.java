package plus.svc.billing.emulator.window;

/** A user as the accounts service names it to the exporters. */
public record Identity(String proxyUuid, String email, String accountUuid) {}
