package plus.svc.billing.config;

import org.jspecify.annotations.Nullable;
import plus.svc.billing.platform.Secret;
import plus.svc.billing.platform.SecretRefs;
import plus.svc.billing.platform.setting.ListenAddress;
import plus.svc.billing.platform.setting.SettingReader;
import plus.svc.billing.wallet.grpc.WalletGrpcServer;

/**
 * {@code wallet.grpc}: where the wallet's calls are answered over gRPC; nowhere if no address is
 * given.
 */
public record GrpcSection(
    @Nullable String address, @Nullable String certRef, @Nullable String keyRef) {

  private static final long MOST_PEM_BYTES = 1 << 20;

  /** Checks the texts; problems go to the reader. */
  WalletGrpcServer.@Nullable Settings read(SettingReader reader, SecretRefs secrets) {
    String where = reader.text(address, "");
    if (where.isEmpty()) {
      return null;
    }
    ListenAddress listen =
        reader.read(
            "WALLET_GRPC_ADDR (wallet.grpc.address)",
            where,
            "127.0.0.1:9107",
            "one of the forms " + ListenAddress.FORMS,
            ListenAddress::parse);
    @Nullable Secret chain = pem(reader, "wallet.grpc.certRef", certRef, secrets);
    @Nullable Secret key = pem(reader, "wallet.grpc.keyRef", keyRef, secrets);
    if ((chain == null) != (key == null)) {
      reader.problem("wallet.grpc has only one of certRef and keyRef: must have both or none");
      return null;
    }
    if (chain == null && !listen.isLoopback()) {
      reader.problem(
          "WALLET_GRPC_ADDR (wallet.grpc.address) is '"
              + where
              + "': must be loopback such as 127.0.0.1:9107, or have certRef and keyRef");
      return null;
    }
    return new WalletGrpcServer.Settings(listen, chain, key);
  }

  private static @Nullable Secret pem(
      SettingReader reader, String name, @Nullable String ref, SecretRefs secrets) {
    if (ref == null || ref.isBlank()) {
      return null;
    }
    try {
      return secrets.resolveFile(ref.strip(), MOST_PEM_BYTES);
    } catch (IllegalArgumentException e) {
      reader.problem(name + ": " + e.getMessage());
      return null;
    }
  }
}
