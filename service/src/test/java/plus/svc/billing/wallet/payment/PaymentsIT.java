package plus.svc.billing.wallet.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import plus.svc.billing.emulator.payment.Behaviour;
import plus.svc.billing.emulator.payment.PaymentEmulator;
import plus.svc.billing.emulator.tls.Credential;
import plus.svc.billing.emulator.tls.DevCertificates;
import plus.svc.billing.platform.SecretRefs;
import plus.svc.billing.proto.payment.v1.PaymentStatus;
import plus.svc.billing.testing.Eventually;

final class PaymentsIT {

  private static final Duration LONG = Duration.ofSeconds(10);
  private static final String TOKEN = "what the payment service wants to see";

  private final List<AutoCloseable> opened = new ArrayList<>();

  @TempDir Path directory;

  enum Adapter {
    GRPC,
    HTTP
  }

  @AfterEach
  void close() throws Exception {
    for (var one : opened) {
      one.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPaymentIsMadeAndLookedUp(Adapter adapter) throws Exception {
    var emulator = emulator(null);
    var payments = client(adapter, emulator, null, null);
    var order = order(1999);

    var made = payments.create(order, LONG);
    emulator.say(order.orderId().toString(), PaymentStatus.SUCCESS);
    var later = payments.get(made.paymentId(), LONG);

    assertThat(made.state()).isEqualTo(PaymentState.PENDING);
    assertThat(made.payUrl()).startsWith("https://pay.example.org/");
    assertThat(made.amountMinor()).isEqualTo(1999);
    assertThat(made.currency()).isEqualTo("CNY");
    assertThat(later.state()).isEqualTo(PaymentState.SUCCESS);
    assertThat(payments.create(order, LONG).paymentId()).isEqualTo(made.paymentId());
    assertThat(emulator.payments()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource
  void whatIsUnknownOrRefusedOrAnotherOrderIsToldAsSuch(Adapter adapter) throws Exception {
    var emulator = emulator(null);
    var payments = client(adapter, emulator, null, null);
    emulator.next(Behaviour.REFUSE);

    assertThat(kind(() -> payments.create(order(1), LONG))).isEqualTo(PaymentFailure.Kind.REFUSED);
    assertThat(kind(() -> payments.get("nobody's", LONG))).isEqualTo(PaymentFailure.Kind.NOT_FOUND);
    var order = order(5);
    payments.create(order, LONG);
    var other =
        new PaymentOrder(
            order.orderId(), "u", 6, "CNY", PaymentMethod.ALIPAY, "recharge", "", "", "");
    assertThat(kind(() -> payments.create(other, LONG))).isEqualTo(PaymentFailure.Kind.CONFLICT);
  }

  @ParameterizedTest
  @EnumSource
  void aReplyLostAfterThePaymentWasMadeLeadsToNoSecondOne(Adapter adapter) throws Exception {
    var emulator = emulator(null);
    emulator.next(Behaviour.LOSE_REPLY);
    var payments =
        new GuardedPayments(
            client(adapter, emulator, null, null), LONG, PaymentWatch.NONE, Clock.systemUTC());
    var order = order(300);

    var payment = payments.create(order, LONG);

    assertThat(emulator.requests(order.orderId().toString())).isEqualTo(2);
    assertThat(emulator.payments())
        .singleElement()
        .satisfies(only -> assertThat(only.getPaymentId()).isEqualTo(payment.paymentId()));
  }

  @ParameterizedTest
  @EnumSource
  void w16_aServiceThatNeverAnswersKeepsNobodyBeyondTheDeadline(Adapter adapter) throws Exception {
    var emulator = emulator(null);
    emulator.silent(true);
    var payments = client(adapter, emulator, null, null);

    long began = System.nanoTime();
    var kind = kind(() -> payments.create(order(300), Duration.ofMillis(200)));

    assertThat(kind).isEqualTo(PaymentFailure.Kind.TIMEOUT);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
    assertThat(emulator.payments()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void theServerMustBeWhoItSaysUnderAnAuthorityWeBelieve(Adapter adapter) throws Exception {
    var authority = DevCertificates.create(Clock.systemUTC());
    var stranger = DevCertificates.create(Clock.systemUTC());
    var emulator = emulator(authority.server("payments.example.org"));
    var misnamed = emulator(authority.serverOnlyNamed("payments.example.org"));
    var ca = pem("ca.pem", authority.authority());
    var other = pem("other.pem", stranger.authority());

    assertThat(client(adapter, emulator, ca, null).create(order(1), LONG).paymentId()).isNotBlank();
    assertThat(
            client(adapter, misnamed, ca, "payments.example.org")
                .create(order(1), LONG)
                .paymentId())
        .isNotBlank();
    assertThat(kind(() -> client(adapter, misnamed, ca, null).create(order(1), LONG)))
        .isEqualTo(PaymentFailure.Kind.TRUST);
    assertThat(kind(() -> client(adapter, emulator, other, null).create(order(1), LONG)))
        .isEqualTo(PaymentFailure.Kind.TRUST);
    assertThat(kind(() -> client(adapter, emulator, null, null).create(order(1), LONG)))
        .isEqualTo(PaymentFailure.Kind.TRUST);
    assertThat(misnamed.payments()).hasSize(1);
    assertThat(emulator.payments()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource
  void aRotatedTokenIsShownWithTheNextCall(Adapter adapter) throws Exception {
    var emulator = emulator(null);
    var file = Files.writeString(directory.resolve("token"), "yesterday's");
    var payments =
        client(adapter, new PaymentEndpoint(url(adapter, emulator), "file:" + file, null, null));

    assertThat(kind(() -> payments.create(order(1), LONG)))
        .isEqualTo(PaymentFailure.Kind.UNAUTHORIZED);
    Files.writeString(file, TOKEN);
    assertThat(payments.create(order(1), LONG).paymentId()).isNotBlank();
  }

  @Test
  void afterSomeFailuresItIsLeftAloneAndThenAskedAgain() throws Exception {
    int port;
    try (var free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    var nobody = URI.create("http://127.0.0.1:" + port);
    var calls = new ArrayList<String>();
    var service = new Switched(client(Adapter.HTTP, new PaymentEndpoint(nobody, null, null, null)));
    var payments =
        new GuardedPayments(
            service,
            Duration.ofMillis(300),
            (call, outcome, took) -> calls.add(call + " " + outcome),
            Clock.systemUTC());

    assertThat(kind(() -> payments.create(order(1), LONG)))
        .isEqualTo(PaymentFailure.Kind.UNREACHABLE);
    assertThat(kind(() -> payments.create(order(1), LONG)))
        .isEqualTo(PaymentFailure.Kind.CIRCUIT_OPEN);
    assertThat(payments.isOpen()).isTrue();

    service.to = client(Adapter.HTTP, emulator(null), null, null);
    Eventually.holds(() -> assertThat(payments.create(order(1), LONG).paymentId()).isNotBlank());
    assertThat(payments.create(order(1), LONG).paymentId()).isNotBlank();
    assertThat(calls).startsWith("create unreachable", "create circuit_open").endsWith("create ok");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://payments.example.org:9101",
        "http://127.0.0.1.example.org:9101",
        "ftp://127.0.0.1:9101",
        "https://user:word@payments.example.org",
        "payments.example.org:9101"
      })
  void plainTextGoesNowhereButToLoopback(String url) {
    assertThatThrownBy(() -> new PaymentEndpoint(URI.create(url), null, null, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must be https://HOST");
  }

  /** Leads to one service, then to another. */
  private static final class Switched implements PaymentService {
    private volatile PaymentService to;

    Switched(PaymentService to) {
      this.to = to;
    }

    @Override
    public Payment create(PaymentOrder order, Duration time) throws PaymentFailure {
      return to.create(order, time);
    }

    @Override
    public Payment get(String paymentId, Duration time) throws PaymentFailure {
      return to.get(paymentId, time);
    }

    @Override
    public void close() {
      to.close();
    }
  }

  private PaymentEmulator emulator(@Nullable Credential tls) throws IOException {
    var emulator =
        PaymentEmulator.start(
            new PaymentEmulator.Settings(tls, TOKEN, "secret", Behaviour.SUCCEED),
            Clock.systemUTC());
    opened.add(emulator);
    return emulator;
  }

  private PaymentService client(
      Adapter adapter, PaymentEmulator emulator, @Nullable String caRef, @Nullable String name) {
    return client(
        adapter, new PaymentEndpoint(url(adapter, emulator), "env:PAYMENT_TOKEN", caRef, name));
  }

  private PaymentService client(Adapter adapter, PaymentEndpoint endpoint) {
    var secrets = new SecretRefs(Map.of("PAYMENT_TOKEN", TOKEN));
    var client =
        adapter == Adapter.GRPC
            ? new GrpcPayments(endpoint, secrets)
            : new HttpPayments(endpoint, secrets);
    opened.add(client);
    return client;
  }

  private static URI url(Adapter adapter, PaymentEmulator emulator) {
    return adapter == Adapter.GRPC ? emulator.grpcUri() : emulator.httpUri();
  }

  private String pem(String name, Credential authority) throws IOException {
    return "file:" + Files.writeString(directory.resolve(name), authority.certificatePem());
  }

  private static PaymentOrder order(long minor) {
    return new PaymentOrder(
        UUID.randomUUID(), "u", minor, "CNY", PaymentMethod.ALIPAY, "recharge", "", "", "");
  }

  /** A call that is to fail. */
  @FunctionalInterface
  private interface Call {
    void make() throws PaymentFailure;
  }

  private static PaymentFailure.@Nullable Kind kind(Call call) {
    var failure = catchThrowableOfType(PaymentFailure.class, call::make);
    return failure == null ? null : failure.kind();
  }
}
