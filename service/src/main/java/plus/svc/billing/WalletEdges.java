package plus.svc.billing;

import io.dropwizard.core.setup.Environment;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.auth.Caller;
import plus.svc.billing.auth.Denials;
import plus.svc.billing.auth.Gate;
import plus.svc.billing.auth.Right;
import plus.svc.billing.wallet.api.AccountResource;
import plus.svc.billing.wallet.api.BulkResource;
import plus.svc.billing.wallet.api.Enveloped;
import plus.svc.billing.wallet.api.InternalResource;
import plus.svc.billing.wallet.api.WalletFacade;
import plus.svc.billing.wallet.grpc.WalletGrpcServer;

/** The wallet's calls on the application port, and on the gRPC port where there is one. */
final class WalletEdges {

  private static final int MOST_KEPT = 10_000;

  private WalletEdges() {}

  /** Registers the resources, and the gRPC port, which stops before what answers its calls. */
  static void register(
      Environment environment,
      WalletFacade facade,
      Gate gate,
      WalletGrpcServer.@Nullable Settings grpc) {
    environment.jersey().register(new Enveloped());
    environment.jersey().register(new AccountResource(facade));
    environment.jersey().register(new InternalResource(facade));
    environment.jersey().register(new BulkResource(facade, environment.getObjectMapper()));
    if (grpc != null) {
      environment
          .lifecycle()
          .manage(new WalletGrpcServer(grpc, gate, facade, environment.getObjectMapper()));
    }
  }

  /** Records who asked for what of the wallet they have no right to, with what they sent. */
  static Denials denials(WalletFacade facade) {
    return (caller, right, request) -> {
      if (right.text().startsWith("wallet:")) {
        refuse(facade, caller, right, request);
      }
    };
  }

  private static void refuse(
      WalletFacade facade, Caller caller, Right right, HttpServletRequest request) {
    String key = request.getHeader("Idempotency-Key");
    facade.refuse(
        caller,
        "http from " + request.getRemoteAddr(),
        request.getMethod() + " " + request.getRequestURI(),
        key == null ? "" : key,
        "needs a token with the right " + right.text(),
        body(request));
  }

  private static String body(HttpServletRequest request) {
    try {
      return new String(request.getInputStream().readNBytes(MOST_KEPT), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }
}
