package plus.svc.billing.wallet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.auth.Caller;
import plus.svc.billing.auth.Gate;
import plus.svc.billing.auth.Right;
import plus.svc.billing.auth.Throttle;
import plus.svc.billing.auth.Token;
import plus.svc.billing.auth.Tokens;
import plus.svc.billing.platform.Secret;
import plus.svc.billing.platform.setting.ListenAddress;
import plus.svc.billing.proto.v1.BillingInternalServiceGrpc;
import plus.svc.billing.proto.v1.BillingServiceGrpc;
import plus.svc.billing.wallet.api.CallbackGate;
import plus.svc.billing.wallet.api.Recharges;
import plus.svc.billing.wallet.api.WalletFacade;
import plus.svc.billing.wallet.cache.ReadCache;
import plus.svc.billing.wallet.grpc.WalletGrpcServer;
import plus.svc.billing.wallet.payment.CallbackSignature;

/** A wallet behind a real gRPC port, a client, and what became of every call. */
final class WalletGrpcWorld implements AutoCloseable {

  static final Secret SECRET = Secret.of("shared with the payment service");

  final WalletWorld world = new WalletWorld();
  final WalletEngine engine = world.engine();
  final UUID bound = world.user();

  /** Each call that ended, as {@code face call outcome}. */
  final List<String> calls = new CopyOnWriteArrayList<>();

  final ManagedChannel channel;
  private final WalletGrpcServer server;

  WalletGrpcWorld() {
    this(ReadCache.NONE);
  }

  WalletGrpcWorld(ReadCache cache) {
    Set<Right> all = EnumSet.allOf(Right.class);
    Gate gate =
        new Gate(
            new Tokens(
                List.of(
                    Token.of("all-token", new Caller("all", all)),
                    Token.of("reader-token", new Caller("reader", Set.of(Right.WALLET_READ))),
                    Token.of("bound-token", new Caller("bound", all, Set.of(), Set.of(bound))))),
            Throttle.standard(InstantSource.system()),
            new MetricRegistry());
    server =
        new WalletGrpcServer(
            new WalletGrpcServer.Settings(new ListenAddress("127.0.0.1", 0), null, null),
            gate,
            new WalletFacade(
                engine,
                Recharges.NONE,
                callbacks(gate),
                cache,
                (face, call, outcome, nanos) ->
                    calls.add(face + " " + call.text() + " " + outcome)),
            JsonMapper.builder()
                .addModule(new JavaTimeModule())
                .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .build());
    try {
      server.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    channel =
        Grpc.newChannelBuilder("127.0.0.1:" + server.port(), InsecureChannelCredentials.create())
            .build();
  }

  /** Who may call back: who signs with {@link #SECRET}, or has a token for it. */
  static CallbackGate callbacks(Gate gate) {
    return new CallbackGate(
        new CallbackSignature(List.of(SECRET), Duration.ofMinutes(5)),
        gate,
        InstantSource.system());
  }

  private static Metadata metadata(String token) {
    Metadata metadata = new Metadata();
    metadata.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
    return metadata;
  }

  BillingInternalServiceGrpc.BillingInternalServiceBlockingStub inner(String token) {
    return BillingInternalServiceGrpc.newBlockingStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata(token)))
        .withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  BillingInternalServiceGrpc.BillingInternalServiceStub streams(String token) {
    return BillingInternalServiceGrpc.newStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata(token)))
        .withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  BillingServiceGrpc.BillingServiceBlockingStub outer() {
    return BillingServiceGrpc.newBlockingStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata("all-token")))
        .withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  /** The status and the business code in the details. */
  static void refused(Runnable call, Status.Code status, String code) {
    refused(catchThrowableOfType(StatusRuntimeException.class, call::run), status, code);
  }

  static void refused(@Nullable Throwable thrown, Status.Code status, String code) {
    assertThat(thrown).isInstanceOf(StatusRuntimeException.class);
    Throwable error = Objects.requireNonNull(thrown);
    assertThat(Status.fromThrowable(error).getCode()).as(error.getMessage()).isEqualTo(status);
    Any detail = StatusProto.fromThrowable(error).getDetails(0);
    try {
      assertThat(detail.unpack(ErrorInfo.class).getMetadataMap()).containsEntry("code", code);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  void stopServer() {
    try {
      server.stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
    stopServer();
    world.close();
  }
}
