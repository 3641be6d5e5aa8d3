package plus.svc.billing.demo.wallet;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import plus.svc.billing.proto.v1.BillingInternalServiceGrpc;
import plus.svc.billing.proto.v1.BillingInternalServiceGrpc.BillingInternalServiceBlockingStub;
import plus.svc.billing.proto.v1.CommitHoldRequest;
import plus.svc.billing.proto.v1.DeductQuotaReply;
import plus.svc.billing.proto.v1.DeductQuotaRequest;
import plus.svc.billing.proto.v1.HoldReply;
import plus.svc.billing.proto.v1.ReserveRequest;
import plus.svc.billing.proto.v1.VoidHoldRequest;

/** The wallet over gRPC: the calls that the demo's payment service makes. */
final class GrpcCaller implements Caller {

  private static final Duration BLINK = Duration.ofMillis(3);
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final ManagedChannel channel;
  private final BillingInternalServiceBlockingStub wallet;

  GrpcCaller(String address, String token) {
    this.channel = Grpc.newChannelBuilder(address, InsecureChannelCredentials.create()).build();
    Metadata metadata = new Metadata();
    metadata.put(AUTHORIZATION, "Bearer " + token);
    this.wallet =
        BillingInternalServiceGrpc.newBlockingStub(channel)
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
  }

  @Override
  public Reply call(Call call, String key) throws IOException {
    return call(call, key, PATIENCE);
  }

  @Override
  public void callAndVanish(Call call, String key) {
    try {
      call(call, key, BLINK);
    } catch (IOException e) {
      // As wanted: the answer is lost, and nobody knows whether the call was.
    }
  }

  @Override
  public String protocol() {
    return "gRPC";
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }

  private Reply call(Call call, String key, Duration patience) throws IOException {
    var stub = wallet.withDeadlineAfter(patience.toMillis(), TimeUnit.MILLISECONDS);
    String[] path = call.path().split("/", 3);
    ObjectNode body = call.body();
    try {
      if (path[0].equals("deduct")) {
        return deducted(
            stub.deductQuota(
                DeductQuotaRequest.newBuilder()
                    .setUserId(body.path("userId").asText())
                    .setServiceName(body.path("serviceName").asText())
                    .setCount(body.path("count").intValue())
                    .setIdempotencyKey(key)
                    .build()));
      } else if (path.length == 1) {
        return held(
            stub.reserve(
                ReserveRequest.newBuilder()
                    .setUserId(body.path("userId").asText())
                    .setServiceName(body.path("serviceName").asText())
                    .setCount(body.path("count").intValue())
                    .setTtlSeconds(body.path("ttlSeconds").intValue())
                    .setIdempotencyKey(key)
                    .build()));
      } else if (path[2].equals("commit")) {
        return held(
            stub.commitHold(
                CommitHoldRequest.newBuilder()
                    .setHoldId(path[1])
                    .setCount(body.path("count").intValue())
                    .setIdempotencyKey(key)
                    .build()));
      }
      return held(
          stub.voidHold(
              VoidHoldRequest.newBuilder().setHoldId(path[1]).setIdempotencyKey(key).build()));
    } catch (StatusRuntimeException e) {
      return Reply.refused(code(e));
    }
  }

  private static Reply deducted(DeductQuotaReply reply) {
    return new Reply(
        "",
        JsonNodeFactory.instance
            .objectNode()
            .put("operationId", reply.getOperationId())
            .put("recordId", reply.getRecordId())
            .put("freeCount", reply.getFreeCount())
            .put("paidCount", reply.getPaidCount())
            .put("costText", reply.getCostText()));
  }

  private static Reply held(HoldReply reply) {
    return new Reply(
        "",
        JsonNodeFactory.instance
            .objectNode()
            .put("holdId", reply.getHoldId())
            .put("status", reply.getStatus())
            .put("freeCount", reply.getFreeCount())
            .put("paidCount", reply.getPaidCount())
            .put("amount", reply.getAmount())
            .put("committedAmount", reply.getCommittedAmount()));
  }

  /** The business code, which stands in the details. */
  private static String code(StatusRuntimeException error) throws IOException {
    var status = StatusProto.fromThrowable(error);
    if (status != null) {
      for (Any detail : status.getDetailsList()) {
        if (detail.is(ErrorInfo.class)) {
          try {
            return detail.unpack(ErrorInfo.class).getMetadataOrDefault("code", "");
          } catch (InvalidProtocolBufferException e) {
            throw new IOException("a detail that can't be read", e);
          }
        }
      }
    }
    throw new IOException(error.getStatus().toString());
  }
}
