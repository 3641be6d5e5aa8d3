package plus.svc.billing.wallet.grpc;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.lifecycle.Managed;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import plus.svc.billing.auth.Gate;
import plus.svc.billing.platform.Secret;
import plus.svc.billing.platform.log.Happening;
import plus.svc.billing.platform.setting.ListenAddress;
import plus.svc.billing.proto.v1.BillingInternalServiceGrpc;
import plus.svc.billing.proto.v1.BillingServiceGrpc;
import plus.svc.billing.wallet.api.WalletFacade;

/** The gRPC port. What is being answered at a stop is answered, and nothing new is taken. */
public final class WalletGrpcServer implements Managed {

  private static final Logger LOG = LoggerFactory.getLogger(WalletGrpcServer.class);

  /** As for a body over HTTP. */
  private static final int MOST_MESSAGE_BYTES = 64 << 10;

  private static final int MOST_METADATA_BYTES = 8 << 10;
  private static final int CALLS_A_CONNECTION = 256;
  private static final int THREADS = 64;
  private static final long DRAIN_SECONDS = 20;

  private final Server server;
  private final ExecutorService threads;

  /**
   * Where it listens, and as whom.
   *
   * @param chain PEM certificates, null for plain text, which only loopback may have
   * @param key PEM of the first of them
   */
  public record Settings(ListenAddress address, @Nullable Secret chain, @Nullable Secret key) {

    public Settings {
      if ((chain == null || key == null) && !address.isLoopback()) {
        throw new IllegalArgumentException(address + " needs a certificate and its key");
      }
    }
  }

  /** Makes it; it listens once it is started. */
  public WalletGrpcServer(Settings settings, Gate gate, WalletFacade facade, ObjectMapper json) {
    AtomicInteger number = new AtomicInteger();
    this.threads =
        Executors.newFixedThreadPool(
            THREADS,
            work -> {
              Thread thread = new Thread(work, "wallet-grpc-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    WalletCalls calls = new WalletCalls(facade, json, threads);
    this.server =
        NettyServerBuilder.forAddress(socket(settings.address()), credentials(settings))
            .executor(threads)
            .maxInboundMessageSize(MOST_MESSAGE_BYTES)
            .maxInboundMetadataSize(MOST_METADATA_BYTES)
            .maxConcurrentCallsPerConnection(CALLS_A_CONNECTION)
            .handshakeTimeout(10, TimeUnit.SECONDS)
            .maxConnectionIdle(10, TimeUnit.MINUTES)
            .permitKeepAliveTime(30, TimeUnit.SECONDS)
            .intercept(new GrpcGate(gate))
            .addService(calls.of(BillingServiceGrpc.getServiceDescriptor()))
            .addService(calls.of(BillingInternalServiceGrpc.getServiceDescriptor()))
            .build();
  }

  private static InetSocketAddress socket(ListenAddress address) {
    return address.host().isEmpty()
        ? new InetSocketAddress(address.port())
        : new InetSocketAddress(address.host(), address.port());
  }

  private static ServerCredentials credentials(Settings settings) {
    Secret chain = settings.chain();
    Secret key = settings.key();
    if (chain == null || key == null) {
      return InsecureServerCredentials.create();
    }
    try {
      return TlsServerCredentials.create(stream(chain), stream(key));
    } catch (IOException e) {
      throw new IllegalArgumentException("wallet.grpc: certificate or key can't be read", e);
    }
  }

  private static InputStream stream(Secret pem) {
    return new ByteArrayInputStream(pem.reveal().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void start() throws IOException {
    server.start();
    LOG.info(Happening.SERVICE_LISTENS, "gRPC listens on port {}", server.getPort());
  }

  /** Where it listens once it is started. */
  public int port() {
    return server.getPort();
  }

  @Override
  public void stop() throws InterruptedException {
    server.shutdown();
    if (!server.awaitTermination(DRAIN_SECONDS, TimeUnit.SECONDS)) {
      LOG.warn(Happening.STOP_TOO_LONG, "gRPC calls are still open after {} s; cut", DRAIN_SECONDS);
      server.shutdownNow();
      server.awaitTermination(1, TimeUnit.SECONDS);
    }
    threads.shutdown();
  }
}
