package plus.svc.billing.wallet.grpc;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.Message;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import plus.svc.billing.proto.v1.RechargeCallbackRequest;
import plus.svc.billing.wallet.api.Ask;
import plus.svc.billing.wallet.api.BulkRun;
import plus.svc.billing.wallet.api.CallbackProof;
import plus.svc.billing.wallet.api.FieldsReader;
import plus.svc.billing.wallet.api.WalletCall;
import plus.svc.billing.wallet.api.WalletFacade;
import plus.svc.billing.wallet.api.WalletFailure;
import plus.svc.billing.wallet.payment.CallbackSignature;

/** Every call of a published service, done by the facade's call of the same name. */
final class WalletCalls {

  private static final Logger LOG = LoggerFactory.getLogger(WalletCalls.class);

  /** What is still sent to a call that was refused. */
  private static final StreamObserver<Message> IGNORED =
      new StreamObserver<>() {
        @Override
        public void onNext(Message request) {}

        @Override
        public void onError(Throwable e) {}

        @Override
        public void onCompleted() {}
      };

  private final WalletFacade facade;
  private final ObjectMapper json;
  private final Executor threads;

  /**
   * @param threads what bulks run in; as many more than the facade takes as other calls need
   */
  WalletCalls(WalletFacade facade, ObjectMapper json, Executor threads) {
    this.facade = facade;
    this.json = json;
    this.threads = threads;
  }

  /**
   * Answers a service.
   *
   * @throws IllegalStateException if the facade lacks one of its calls
   */
  ServerServiceDefinition of(ServiceDescriptor service) {
    ServerServiceDefinition.Builder definition = ServerServiceDefinition.builder(service);
    for (MethodDescriptor<?, ?> method : service.getMethods()) {
      @SuppressWarnings("unchecked") // Every message of a generated service is one.
      MethodDescriptor<Message, Message> typed = (MethodDescriptor<Message, Message>) method;
      WalletCall call =
          WalletCall.of(method.getBareMethodName())
              .orElseThrow(
                  () -> new IllegalStateException("nobody answers " + method.getFullMethodName()));
      if (call == WalletCall.BULK) {
        definition.addMethod(
            typed, ServerCalls.asyncBidiStreamingCall(observer -> bulk(typed, observer)));
        continue;
      }
      Message empty = prototype(typed.getResponseMarshaller());
      definition.addMethod(
          typed,
          ServerCalls.asyncUnaryCall(
              (request, observer) -> answer(typed, call, empty, request, observer)));
    }
    return definition.build();
  }

  private static Message prototype(MethodDescriptor.Marshaller<Message> marshaller) {
    if (marshaller instanceof MethodDescriptor.PrototypeMarshaller<Message> known) {
      @Nullable Message prototype = known.getMessagePrototype();
      if (prototype != null) {
        return prototype;
      }
    }
    throw new IllegalStateException("a generated marshaller has a prototype");
  }

  private void answer(
      MethodDescriptor<Message, Message> method,
      WalletCall call,
      Message empty,
      Message sent,
      StreamObserver<Message> observer) {
    Message reply;
    try {
      Message request = believable(sent);
      String body = ProtoJson.of(request).toString();
      Ask ask = ask(method, body);
      Message.Builder builder = empty.newBuilderForType();
      Object told =
          request instanceof RechargeCallbackRequest callback
              ? facade.callback(ask, proof(callback))
              : facade.call(call, ask);
      ProtoJson.fill(builder, json.valueToTree(told));
      reply = builder.build();
    } catch (WalletFailure e) {
      observer.onError(GrpcErrors.of(e));
      return;
    } catch (RuntimeException e) {
      observer.onError(GrpcErrors.internal(e));
      return;
    }
    observer.onNext(reply);
    observer.onCompleted();
  }

  private static Ask ask(MethodDescriptor<Message, Message> method, String body) {
    return new Ask(
        GrpcGate.CALLER.get(),
        "grpc",
        "grpc " + method.getFullMethodName() + " from " + GrpcGate.ADDRESS.get(),
        GrpcGate.IDEMPOTENCY_KEY.get(),
        FieldsReader.read(body),
        body,
        patience());
  }

  /** In a thread of its own: it waits for the caller and for the wallet in turns. */
  private StreamObserver<Message> bulk(
      MethodDescriptor<Message, Message> method, StreamObserver<Message> observer) {
    BulkRun run;
    try {
      run = facade.bulk(ask(method, "{}"));
    } catch (WalletFailure e) {
      observer.onError(GrpcErrors.of(e));
      return IGNORED;
    }
    BulkStream stream = new BulkStream((ServerCallStreamObserver<Message>) observer, json);
    threads.execute(
        () -> {
          try {
            run.run(stream);
          } catch (IOException e) {
            LOG.debug("a bulk was cut", e);
          } catch (RuntimeException e) {
            observer.onError(GrpcErrors.internal(e));
          }
        });
    return stream;
  }

  /** Of a signed callback what is signed: the number {@code amount} is not. */
  private static Message believable(Message sent) {
    return sent instanceof RechargeCallbackRequest callback && !callback.getSignature().isBlank()
        ? callback.toBuilder().clearAmount().build()
        : sent;
  }

  private static CallbackProof proof(RechargeCallbackRequest callback) {
    return new CallbackProof(
        GrpcGate.ADDRESS.get(),
        Long.toString(callback.getTimestampSeconds()),
        callback.getSignature(),
        CallbackSignature.fields(
            callback.getRechargeOrderId(),
            callback.getPaymentId(),
            callback.getAmountText(),
            callback.getCurrency(),
            callback.getStatus()));
  }

  /** As long as the caller waits, and no longer than any other. */
  private static Duration patience() {
    @Nullable Deadline deadline = Context.current().getDeadline();
    if (deadline == null) {
      return Ask.PATIENCE;
    }
    long left = Math.max(1, deadline.timeRemaining(TimeUnit.MILLISECONDS));
    return Duration.ofMillis(Math.min(left, Ask.PATIENCE.toMillis()));
  }
}
