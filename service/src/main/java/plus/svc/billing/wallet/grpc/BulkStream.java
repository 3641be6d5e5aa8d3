package plus.svc.billing.wallet.grpc;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.proto.v1.BulkReply;
import plus.svc.billing.proto.v1.BulkSummary;
import plus.svc.billing.proto.v1.OperationReply;
import plus.svc.billing.wallet.api.BulkExchange;
import plus.svc.billing.wallet.api.BulkRun;

/**
 * A bulk as a stream of messages. As many are asked for as there is room for, and a reply waits
 * until the caller takes it: who sends or reads too slowly or too fast costs no memory.
 */
final class BulkStream implements BulkExchange, StreamObserver<Message> {

  private static final int ROOM = 64;

  private final ServerCallStreamObserver<Message> caller;
  private final ObjectMapper json;
  private final Deque<Message> arrived = new ArrayDeque<>();
  private boolean isLast;
  private boolean isGone;

  BulkStream(ServerCallStreamObserver<Message> caller, ObjectMapper json) {
    this.caller = caller;
    this.json = json;
    caller.disableAutoRequest();
    caller.setOnReadyHandler(this::wake);
    caller.setOnCancelHandler(this::gone);
    caller.request(ROOM);
  }

  @Override
  public synchronized void onNext(Message request) {
    arrived.add(request);
    notifyAll();
  }

  @Override
  public void onError(Throwable e) {
    gone();
  }

  @Override
  public synchronized void onCompleted() {
    isLast = true;
    notifyAll();
  }

  private synchronized void gone() {
    isGone = true;
    notifyAll();
  }

  private synchronized void wake() {
    notifyAll();
  }

  @Override
  public @Nullable Line next() throws IOException {
    @Nullable Message request = take();
    if (request == null) {
      return null;
    }
    caller.request(1);
    return new Line(text(request), false);
  }

  private synchronized @Nullable Message take() throws IOException {
    try {
      while (arrived.isEmpty() && !isLast) {
        needsCaller();
        wait();
      }
    } catch (InterruptedException e) {
      throw stops(e);
    }
    return arrived.poll();
  }

  /** As a line of the HTTP form has it; the name of what is set is the operation. */
  private static String text(Message request) {
    ObjectNode line = null;
    for (Map.Entry<FieldDescriptor, Object> set : request.getAllFields().entrySet()) {
      line = ProtoJson.of((Message) set.getValue());
      line.put("operation", set.getKey().getName());
    }
    return line == null ? "{}" : line.toString();
  }

  @Override
  public synchronized boolean isEmpty() {
    return arrived.isEmpty();
  }

  @Override
  public void result(BulkRun.Result result) throws IOException {
    BulkReply.Builder reply =
        BulkReply.newBuilder()
            .setLine(result.line())
            .setIdempotencyKey(result.idempotencyKey())
            .setSuccess(result.success());
    if (result.errorCode() != null) {
      reply.setErrorCode(result.errorCode());
    }
    if (result.errorMessage() != null) {
      reply.setErrorMessage(result.errorMessage());
    }
    if (result.operation() != null) {
      OperationReply.Builder operation = OperationReply.newBuilder();
      ProtoJson.fill(operation, json.valueToTree(result.operation()));
      reply.setOperation(operation);
    }
    send(reply.build());
  }

  /** What is sent is on its way. */
  @Override
  public void flush() {}

  @Override
  public void end(BulkRun.Summary summary) throws IOException {
    send(
        BulkReply.newBuilder()
            .setSuccess(summary.failed() == 0)
            .setSummary(
                BulkSummary.newBuilder()
                    .setLines(summary.lines())
                    .setDone(summary.done())
                    .setFailed(summary.failed()))
            .build());
    caller.onCompleted();
  }

  private void send(BulkReply reply) throws IOException {
    awaitReady();
    caller.onNext(reply);
  }

  private synchronized void awaitReady() throws IOException {
    try {
      while (!caller.isReady()) {
        needsCaller();
        wait();
      }
    } catch (InterruptedException e) {
      throw stops(e);
    }
  }

  private synchronized void needsCaller() throws IOException {
    if (isGone) {
      throw new IOException("the caller is gone");
    }
  }

  private static IOException stops(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IOException("the service stops", e);
  }
}
