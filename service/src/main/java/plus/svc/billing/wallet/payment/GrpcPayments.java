package plus.svc.billing.wallet.payment;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.platform.Secret;
import plus.svc.billing.platform.SecretRefs;
import plus.svc.billing.proto.payment.v1.CreatePaymentRequest;
import plus.svc.billing.proto.payment.v1.GetPaymentRequest;
import plus.svc.billing.proto.payment.v1.PaymentServiceGrpc;
import plus.svc.billing.proto.payment.v1.PaymentServiceGrpc.PaymentServiceBlockingStub;

/**
 * Speaks {@code billing/payment/v1/payment.proto}. The name in the server's certificate is checked;
 * plain text goes to loopback only.
 */
public final class GrpcPayments implements PaymentService {

  /** Where a payment service listens if nobody says otherwise. */
  public static final int DEFAULT_PORT = 9101;

  private static final int MAX_REPLY_BYTES = 65_536;
  private static final int MAX_METADATA_BYTES = 8_192;
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final PaymentEndpoint endpoint;
  private final PaymentAccess access;

  // Guarded by this.
  private @Nullable ManagedChannel channel;
  private @Nullable Secret trusted;
  private boolean closed;

  /** Makes a client; it connects with the first call. */
  public GrpcPayments(PaymentEndpoint endpoint, SecretRefs secrets) {
    this.endpoint = endpoint;
    this.access = new PaymentAccess(endpoint, secrets);
  }

  @Override
  public Payment create(PaymentOrder order, Duration time) throws PaymentFailure {
    CreatePaymentRequest request =
        CreatePaymentRequest.newBuilder()
            .setOrderId(order.orderId().toString())
            .setUid(order.uid())
            .setSource(PaymentOrder.SOURCE)
            .setAmount(order.amountMinor())
            .setCurrency(order.currency())
            .setMethod(method(order.method()))
            .setSubject(order.subject())
            .setReturnUrl(order.returnUrl())
            .setNotifyUrl(order.notifyUrl())
            .setClientIp(order.clientIp())
            .build();
    return call(time, stub -> stub.createPayment(request));
  }

  @Override
  public Payment get(String paymentId, Duration time) throws PaymentFailure {
    GetPaymentRequest request = GetPaymentRequest.newBuilder().setPaymentId(paymentId).build();
    return call(time, stub -> stub.getPayment(request));
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (channel != null) {
      channel.shutdownNow();
    }
  }

  /** A call, its deadline set. */
  @FunctionalInterface
  private interface Call {
    plus.svc.billing.proto.payment.v1.Payment make(PaymentServiceBlockingStub stub);
  }

  private Payment call(Duration time, Call call) throws PaymentFailure {
    PaymentServiceBlockingStub stub =
        PaymentServiceGrpc.newBlockingStub(channel())
            .withDeadlineAfter(Math.max(0, time.toNanos()), TimeUnit.NANOSECONDS);
    Secret token = access.token();
    if (token != null) {
      Metadata headers = new Metadata();
      headers.put(AUTHORIZATION, "Bearer " + token.reveal());
      stub = stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }
    try {
      return payment(call.make(stub));
    } catch (StatusRuntimeException e) {
      throw failure(e);
    }
  }

  private synchronized ManagedChannel channel() throws PaymentFailure {
    if (closed) {
      throw new PaymentFailure(PaymentFailure.Kind.UNREACHABLE, "the service is stopping");
    }
    Secret wanted = endpoint.isSecure() ? access.bundle() : null;
    ManagedChannel known = channel;
    if (known != null && Objects.equals(wanted, trusted)) {
      return known;
    }
    ManagedChannel fresh = connect(wanted);
    if (known != null) {
      known.shutdown();
    }
    channel = fresh;
    trusted = wanted;
    return fresh;
  }

  private ManagedChannel connect(@Nullable Secret bundle) throws PaymentFailure {
    ChannelCredentials credentials;
    if (!endpoint.isSecure()) {
      credentials = InsecureChannelCredentials.create();
    } else if (bundle == null) {
      credentials = TlsChannelCredentials.create();
    } else {
      credentials =
          TlsChannelCredentials.newBuilder().trustManager(PaymentAccess.trust(bundle)).build();
    }
    int port = endpoint.url().getPort() < 0 ? DEFAULT_PORT : endpoint.url().getPort();
    ManagedChannelBuilder<?> builder =
        Grpc.newChannelBuilderForAddress(endpoint.host(), port, credentials)
            .userAgent("billing-service")
            .disableRetry()
            .maxInboundMessageSize(MAX_REPLY_BYTES)
            .maxInboundMetadataSize(MAX_METADATA_BYTES);
    String name = endpoint.serverName();
    if (name != null) {
      builder.overrideAuthority(name);
    }
    return builder.build();
  }

  private static Payment payment(plus.svc.billing.proto.payment.v1.Payment told)
      throws PaymentFailure {
    PaymentState state =
        switch (told.getStatus()) {
          case PENDING -> PaymentState.PENDING;
          case SUCCESS -> PaymentState.SUCCESS;
          case FAILED -> PaymentState.FAILED;
          case CLOSED -> PaymentState.CLOSED;
          case REFUNDED -> PaymentState.REFUNDED;
          case PARTIALLY_REFUNDED -> PaymentState.PARTIALLY_REFUNDED;
          case PAYMENT_STATUS_UNSPECIFIED, UNRECOGNIZED ->
              throw new PaymentFailure(
                  PaymentFailure.Kind.MALFORMED, "a payment without a status that we know");
        };
    try {
      return new Payment(
          told.getPaymentId(),
          state,
          told.getPayUrl(),
          told.getPayCode(),
          told.getPayParams(),
          told.getAmount() == 0 ? null : told.getAmount(),
          told.getCurrency());
    } catch (IllegalArgumentException e) {
      throw new PaymentFailure(
          PaymentFailure.Kind.MALFORMED, "its payment is wrong: there must be " + e.getMessage());
    }
  }

  private static PaymentFailure failure(StatusRuntimeException e) {
    return switch (e.getStatus().getCode()) {
      case DEADLINE_EXCEEDED ->
          new PaymentFailure(PaymentFailure.Kind.TIMEOUT, "no answer within the time");
      case UNAUTHENTICATED, PERMISSION_DENIED ->
          new PaymentFailure(PaymentFailure.Kind.UNAUTHORIZED, "it refuses our credential");
      case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE ->
          new PaymentFailure(PaymentFailure.Kind.REFUSED, "it refuses the order");
      case ALREADY_EXISTS ->
          new PaymentFailure(
              PaymentFailure.Kind.CONFLICT, "it has another payment under this order");
      case NOT_FOUND ->
          new PaymentFailure(PaymentFailure.Kind.NOT_FOUND, "it doesn't know the payment");
      case UNIMPLEMENTED, DATA_LOSS ->
          new PaymentFailure(PaymentFailure.Kind.MALFORMED, "what answers is no payment service");
      default ->
          isTls(e)
              ? new PaymentFailure(PaymentFailure.Kind.TRUST, "no trusted connection can be made")
              : new PaymentFailure(
                  PaymentFailure.Kind.UNREACHABLE,
                  "no connection, or it broke (" + e.getStatus().getCode() + ")");
    };
  }

  private static boolean isTls(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException) {
        return true;
      }
    }
    return false;
  }

  private static plus.svc.billing.proto.payment.v1.PaymentMethod method(PaymentMethod method) {
    return switch (method) {
      case ALIPAY -> plus.svc.billing.proto.payment.v1.PaymentMethod.ALIPAY;
      case WECHATPAY -> plus.svc.billing.proto.payment.v1.PaymentMethod.WECHATPAY;
      case STRIPE -> plus.svc.billing.proto.payment.v1.PaymentMethod.STRIPE;
      case PAYPAL -> plus.svc.billing.proto.payment.v1.PaymentMethod.PAYPAL;
      case APPLEPAY -> plus.svc.billing.proto.payment.v1.PaymentMethod.APPLEPAY;
      case GOOGLEPAY -> plus.svc.billing.proto.payment.v1.PaymentMethod.GOOGLEPAY;
    };
  }
}
