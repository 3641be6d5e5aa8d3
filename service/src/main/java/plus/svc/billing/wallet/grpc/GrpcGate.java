package plus.svc.billing.wallet.grpc;

import com.google.rpc.Code;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.auth.Caller;
import plus.svc.billing.auth.Gate;
import plus.svc.billing.proto.v1.BillingInternalServiceGrpc;
import plus.svc.billing.wallet.api.CallbackGate;

/** Lets in who shows a token in the metadata {@code authorization}, as the HTTP ports do. */
final class GrpcGate implements ServerInterceptor {

  static final Context.Key<Caller> CALLER = Context.key("caller");
  static final Context.Key<String> ADDRESS = Context.key("address");
  static final Context.Key<String> IDEMPOTENCY_KEY = Context.key("idempotency-key");

  /** Who signs needs no token. */
  private static final String CALLBACK =
      BillingInternalServiceGrpc.getRechargeCallbackMethod().getFullMethodName();

  private static final Metadata.Key<String> AUTHORIZATION = text("authorization");
  private static final Metadata.Key<String> KEY = text("idempotency-key");

  private final Gate gate;

  GrpcGate(Gate gate) {
    this.gate = gate;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
    String address = address(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
    @Nullable String header = metadata.get(AUTHORIZATION);
    boolean maySign =
        header == null && CALLBACK.equals(call.getMethodDescriptor().getFullMethodName());
    Gate.Answer answer =
        maySign ? new Gate.Answer(CallbackGate.NOBODY, Duration.ZERO) : gate.ask(header, address);
    @Nullable Caller caller = answer.caller();
    if (answer.isThrottled()) {
      return refuse(
          call,
          GrpcErrors.of(
              Code.RESOURCE_EXHAUSTED,
              "429",
              Gate.TOO_MANY + " in " + answer.delaySeconds() + " s"));
    } else if (caller == null) {
      return refuse(
          call,
          GrpcErrors.of(
              Code.UNAUTHENTICATED, "401", "needs a bearer token in the metadata authorization"));
    }
    @Nullable String key = metadata.get(KEY);
    Context context =
        Context.current()
            .withValue(CALLER, caller)
            .withValue(ADDRESS, address)
            .withValue(IDEMPOTENCY_KEY, key == null ? "" : key.strip());
    return Contexts.interceptCall(context, call, metadata, next);
  }

  private static <Q, A> ServerCall.Listener<Q> refuse(
      ServerCall<Q, A> call, StatusRuntimeException error) {
    @Nullable Metadata trailers = error.getTrailers();
    call.close(Status.fromThrowable(error), trailers == null ? new Metadata() : trailers);
    return new ServerCall.Listener<>() {};
  }

  private static String address(@Nullable SocketAddress peer) {
    return peer instanceof InetSocketAddress inet && inet.getAddress() != null
        ? inet.getAddress().getHostAddress()
        : "unknown";
  }

  private static Metadata.Key<String> text(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}
