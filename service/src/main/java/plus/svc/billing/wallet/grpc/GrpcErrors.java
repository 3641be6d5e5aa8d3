package plus.svc.billing.wallet.grpc;

import com.google.protobuf.Any;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import plus.svc.billing.platform.log.Happening;
import plus.svc.billing.wallet.api.WalletFailure;

/**
 * Errors as gRPC tells them: the status says the kind, and a {@code google.rpc.ErrorInfo} in the
 * details has the business code under {@code code}.
 */
final class GrpcErrors {

  private static final Logger LOG = LoggerFactory.getLogger(GrpcErrors.class);

  private GrpcErrors() {}

  static StatusRuntimeException of(WalletFailure failure) {
    Code status =
        switch (failure.kind()) {
          case BAD -> Code.INVALID_ARGUMENT;
          case REFUSED -> Code.FAILED_PRECONDITION;
          case NOT_FOUND -> Code.NOT_FOUND;
          case CONFLICT -> Code.ALREADY_EXISTS;
          case DENIED -> Code.PERMISSION_DENIED;
          case UNAUTHENTICATED -> Code.UNAUTHENTICATED;
          case THROTTLED -> Code.RESOURCE_EXHAUSTED;
          case BUSY, UNKNOWN -> Code.UNAVAILABLE;
        };
    return of(status, failure.code(), failure.text());
  }

  static StatusRuntimeException of(Code status, String code, String message) {
    ErrorInfo info =
        ErrorInfo.newBuilder()
            .setReason("BIZ_ERROR")
            .setDomain("billing.v1")
            .putMetadata("code", code)
            .build();
    return StatusProto.toStatusRuntimeException(
        Status.newBuilder()
            .setCode(status.getNumber())
            .setMessage(message)
            .addDetails(Any.pack(info))
            .build());
  }

  /** What we did not expect: the caller gets a reference alone. */
  static StatusRuntimeException internal(RuntimeException error) {
    String reference = UUID.randomUUID().toString();
    LOG.error(Happening.CALL_FAILED, "unexpected error, reference {}", reference, error);
    return of(Code.INTERNAL, "500", "unexpected error, reference " + reference);
  }
}
