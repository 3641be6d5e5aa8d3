package plus.svc.billing.emulator.payment;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.emulator.tls.Credential;
import plus.svc.billing.emulator.tls.TlsContexts;
import plus.svc.billing.proto.payment.v1.Payment;
import plus.svc.billing.proto.payment.v1.PaymentStatus;

/**
 * A payment service on loopback, by gRPC and by HTTP, each on a free port. Payments stay pending
 * until {@link #settle}, which plays what was scripted for them and tells it to the order's
 * notify_url before it returns.
 */
public final class PaymentEmulator implements AutoCloseable {

  private static final byte[] LOOPBACK = {127, 0, 0, 1};

  private final Settings settings;
  private final PaymentBook book;
  private final Desk desk;
  private final Callbacks callbacks;
  private final ExecutorService threads;
  private final Server grpc;
  private final HttpServer http;

  /**
   * How it runs.
   *
   * @param tls the certificate it shows; null for plain text
   * @param token what callers must show; '' for nothing
   * @param callbackSecret what callbacks are signed with
   * @param usual how payments go that nothing else was scripted for
   */
  public record Settings(
      @Nullable Credential tls, String token, String callbackSecret, Behaviour usual) {}

  private PaymentEmulator(Settings settings, InstantSource clock) throws IOException {
    this.settings = settings;
    this.book = new PaymentBook(settings.usual());
    this.desk = new Desk(book);
    this.callbacks = new Callbacks(settings.callbackSecret(), clock);
    this.threads =
        Executors.newCachedThreadPool(
            work -> {
              Thread thread = new Thread(work, "payment-emulator");
              thread.setDaemon(true);
              return thread;
            });
    this.http = http();
    this.grpc = grpc();
  }

  /** Begins to listen. */
  public static PaymentEmulator start(Settings settings, InstantSource clock) throws IOException {
    return new PaymentEmulator(settings, clock);
  }

  /** Where the gRPC side listens, as {@code http://} or {@code https://}. */
  public URI grpcUri() {
    return URI.create(scheme() + "://127.0.0.1:" + grpc.getPort());
  }

  /** Where the HTTP side listens. */
  public URI httpUri() {
    return URI.create(scheme() + "://127.0.0.1:" + http.getAddress().getPort());
  }

  /** Says how the next payment goes that is made; several calls script several. */
  public void next(Behaviour behaviour) {
    book.next(behaviour);
  }

  /** Says how all others go. */
  public void usual(Behaviour behaviour) {
    book.usual(behaviour);
  }

  /** Answers nothing any more, to anybody; or does again. */
  public void silent(boolean wanted) {
    desk.silent(wanted);
  }

  /** All payments there are, the oldest first. */
  public List<Payment> payments() {
    return book.all();
  }

  /** How the payment of an order goes; empty if there is none. */
  public Optional<Behaviour> behaviour(String orderId) {
    return book.byOrder(orderId).map(PaymentBook.Entry::behaviour);
  }

  /** How often the payment of an order was asked for; 0 if there is none. */
  public int requests(String orderId) {
    return book.byOrder(orderId).map(PaymentBook.Entry::requests).orElse(0);
  }

  /** How many callbacks were not taken. */
  public int refusedCallbacks() {
    return callbacks.refused();
  }

  /** Plays what was scripted for the payment of an order, to its end. */
  public void settle(String orderId) {
    PaymentBook.Entry entry =
        book.byOrder(orderId)
            .orElseThrow(
                () -> new IllegalArgumentException("no payment was made of order " + orderId));
    long amount = entry.request().getAmount();
    String currency = entry.request().getCurrency();
    switch (entry.behaviour()) {
      case SUCCEED, LOSE_REPLY, NO_REPLY -> say(orderId, PaymentStatus.SUCCESS);
      case FAIL, REFUSE -> say(orderId, PaymentStatus.FAILED);
      case CLOSE -> say(orderId, PaymentStatus.CLOSED);
      case LATE_SUCCESS -> {
        say(orderId, PaymentStatus.CLOSED);
        say(orderId, PaymentStatus.SUCCESS);
      }
      case REFUND -> {
        say(orderId, PaymentStatus.SUCCESS);
        say(orderId, PaymentStatus.REFUNDED);
      }
      case TELL_TWICE -> {
        say(orderId, PaymentStatus.SUCCESS);
        say(orderId, PaymentStatus.SUCCESS);
      }
      case TELL_NOBODY -> book.change(orderId, PaymentStatus.SUCCESS, amount, currency);
      case WRONG_AMOUNT ->
          tell(book.change(orderId, PaymentStatus.SUCCESS, amount * 100, currency));
      case WRONG_CURRENCY ->
          tell(
              book.change(
                  orderId, PaymentStatus.SUCCESS, amount, currency.equals("USD") ? "EUR" : "USD"));
    }
  }

  /** Changes how a payment stands and tells it; the status of the answer to the callback. */
  public int say(String orderId, PaymentStatus status) {
    PaymentBook.Entry entry = book.byOrder(orderId).orElseThrow();
    return tell(
        book.change(orderId, status, entry.request().getAmount(), entry.request().getCurrency()));
  }

  /** Tells once more how a payment stands; the status of the answer, 0 if there was none. */
  public int tellAgain(String orderId) {
    return tell(book.byOrder(orderId).orElseThrow());
  }

  @Override
  public void close() {
    desk.close();
    grpc.shutdownNow();
    http.stop(0);
    threads.shutdownNow();
  }

  private int tell(PaymentBook.Entry entry) {
    return callbacks.tell(entry.request(), entry.payment());
  }

  private String scheme() {
    return settings.tls() == null ? "http" : "https";
  }

  private Payment refund(String orderId) {
    say(orderId, PaymentStatus.REFUNDED);
    return book.byOrder(orderId).orElseThrow().payment();
  }

  private HttpServer http() throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), 0);
    Credential tls = settings.tls();
    HttpServer server;
    if (tls == null) {
      server = HttpServer.create(address, 0);
    } else {
      HttpsServer secure = HttpsServer.create(address, 0);
      secure.setHttpsConfigurator(new HttpsConfigurator(TlsContexts.of(tls, tls.certificate())));
      server = secure;
    }
    server.createContext("/", new HttpFace(desk, settings.token()));
    server.setExecutor(threads);
    server.start();
    return server;
  }

  private Server grpc() throws IOException {
    return NettyServerBuilder.forAddress(
            new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), 0), credentials())
        .addService(new GrpcFace(desk, this::refund))
        .intercept(new TokenCheck(settings.token()))
        .executor(threads)
        .build()
        .start();
  }

  private ServerCredentials credentials() throws IOException {
    Credential tls = settings.tls();
    return tls == null
        ? InsecureServerCredentials.create()
        : TlsServerCredentials.create(stream(tls.certificatePem()), stream(tls.keyPem()));
  }

  private static ByteArrayInputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Refuses who doesn't show the token. */
  private record TokenCheck(String token) implements ServerInterceptor {

    private static final Metadata.Key<String> AUTHORIZATION =
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      if (token.isEmpty() || ("Bearer " + token).equals(headers.get(AUTHORIZATION))) {
        return next.startCall(call, headers);
      }
      call.close(Status.UNAUTHENTICATED, new Metadata());
      return new ServerCall.Listener<>() {};
    }
  }
}
