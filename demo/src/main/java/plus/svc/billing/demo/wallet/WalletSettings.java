package plus.svc.billing.demo.wallet;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import plus.svc.billing.auth.TokenHash;
import plus.svc.billing.emulator.payment.PaymentEmulator;

/**
 * What the demo sets in the shipped configuration for its services: a token with the rights of each
 * and no other, the payment service, and ports that are known before the service listens on them,
 * since the payment service must know where to call back.
 *
 * @param visitor the token of whoever watches the demo; it is good for their own accounts only
 */
record WalletSettings(
    int httpPort,
    int grpcPort,
    String passport,
    String payment,
    String asset,
    String shop,
    String visitor,
    String callbackSecret) {

  /** On free ports of loopback, with tokens that the supplier makes. */
  static WalletSettings with(Supplier<String> secrets) throws IOException {
    return new WalletSettings(
        freePort(),
        freePort(),
        secrets.get(),
        secrets.get(),
        secrets.get(),
        secrets.get(),
        secrets.get(),
        secrets.get());
  }

  /** The environment that belongs to it. */
  Map<String, String> variables() {
    return Map.of(
        "LISTEN_ADDR",
        "127.0.0.1:" + httpPort,
        "WALLET_GRPC_ADDR",
        grpcAddress(),
        "PAYMENT_CALLBACK_SECRET",
        callbackSecret);
  }

  String grpcAddress() {
    return "127.0.0.1:" + grpcPort;
  }

  /** The shipped configuration with all this in its place. */
  String in(String shipped, PaymentEmulator payments, List<UUID> visitors) {
    String callback = "http://127.0.0.1:" + httpPort + "/internal/v1/billing/callback";
    String text = replaced(shipped, "    kind: none ", "    kind: grpc ");
    text = replaced(text, "url: http://127.0.0.1:9101 ", "url: " + payments.grpcUri() + " ");
    text =
        replaced(
            text, " callbackSecretRef: \"\"", " callbackSecretRef: env:PAYMENT_CALLBACK_SECRET");
    text = replaced(text, "notifyUrl: \"\"", "notifyUrl: " + callback);
    // What is told, and what is asked about, goes by the demo's fast time.
    text = replaced(text, "callbackWindow: 5m", "callbackWindow: 1h");
    text = replaced(text, "pollInterval: 5s", "pollInterval: 500ms");
    text = replaced(text, "circuitPause: 15s", "circuitPause: 1s");
    return replaced(text, "  tokens: []\n", "  tokens:\n" + tokens(visitors));
  }

  private String tokens(List<UUID> visitors) {
    return token("passport", passport, "wallet:read, wallet:debit")
        + token("payment", payment, "wallet:debit, wallet:hold")
        + token("asset", asset, "wallet:debit, wallet:credit, wallet:group, wallet:bulk")
        + token("shop", shop, "wallet:recharge")
        + token(
            "visitor",
            visitor,
            "wallet:read, wallet:set-up, wallet:credit, wallet:debit, wallet:group, wallet:hold,"
                + " wallet:bulk, wallet:recharge, wallet:admin")
        + "    accounts: ["
        + visitors.stream().map(UUID::toString).collect(Collectors.joining(", "))
        + "]\n";
  }

  private static String token(String name, String token, String rights) {
    return "  - name: "
        + name
        + "\n    hashes: [\""
        + TokenHash.of(token).text()
        + "\"]\n    rights: ["
        + rights.replaceAll("[a-z:-]+", "\"$0\"")
        + "]\n";
  }

  private static String replaced(String text, String shipped, String ours) {
    if (!text.contains(shipped)) {
      throw new IllegalStateException("the shipped config.yml has no '" + shipped.strip() + "'");
    }
    return text.replace(shipped, ours);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
