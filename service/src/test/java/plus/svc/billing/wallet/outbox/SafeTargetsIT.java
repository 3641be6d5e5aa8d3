package plus.svc.billing.wallet.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static plus.svc.billing.wallet.outbox.OutboxWorld.target;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.DnsResolver;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import plus.svc.billing.emulator.tls.DevCertificates;
import plus.svc.billing.emulator.tls.TlsContexts;
import plus.svc.billing.pipeline.source.http.ScriptedServer;

/** Where a message goes and where it never does, on real sockets. */
@Timeout(120)
class SafeTargetsIT {

  private static final DevCertificates OURS = DevCertificates.create(Clock.systemUTC());
  private static final DevCertificates OTHERS = DevCertificates.create(Clock.systemUTC());
  private static final Message MESSAGE = new Message(UUID.randomUUID(), "{}");
  private static final ScheduledExecutorService TIMER =
      Executors.newSingleThreadScheduledExecutor();

  @TempDir static Path directory;
  private static Receiver receiver;
  private static String bundle;

  @BeforeAll
  static void listen() throws Exception {
    OURS.authority().writeTo(directory, "ca");
    bundle = "file:" + directory.resolve("ca.pem");
    receiver =
        Receiver.tls(
            TlsContexts.of(OURS.server("hook.example"), OURS.authority().certificate()),
            got -> 200);
  }

  @AfterAll
  static void close() {
    receiver.close();
    TIMER.shutdownNow();
  }

  /** Names as a test says; each look-up may give another answer. */
  private static final class Names implements DnsResolver {

    private final List<String> answers;
    private final AtomicInteger asked = new AtomicInteger();

    Names(String... answers) {
      this.answers = List.of(answers);
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
      int time = Math.min(asked.getAndIncrement(), answers.size() - 1);
      String[] addresses = answers.get(time).split(" ", -1);
      InetAddress[] all = new InetAddress[addresses.length];
      for (int i = 0; i < all.length; i++) {
        all[i] = InetAddress.getByAddress(host, InetAddress.getByName(addresses[i]).getAddress());
      }
      return all;
    }

    @Override
    public String resolveCanonicalHostname(String host) {
      return host;
    }
  }

  private static WebhookTarget hook(URI url, boolean allowPrivate) {
    return new WebhookTarget(
        "hook", url, "env:HOOK_SECRET", Set.of(), Duration.ofSeconds(3), bundle, allowPrivate);
  }

  private static Outcome send(WebhookTarget hook, DnsResolver names) {
    try (WebhookClient client =
        new WebhookClient(hook, OutboxWorld.secrets(), names, Clock.systemUTC(), TIMER)) {
      return client.send(MESSAGE);
    }
  }

  private static Outcome send(WebhookTarget hook) {
    return send(hook, org.apache.hc.client5.http.SystemDefaultDnsResolver.INSTANCE);
  }

  @Test
  void aTrustedTargetOfAPrivateNetworkIsReachedWhereThatIsAllowed() {
    int before = receiver.all().size();
    assertThat(send(hook(receiver.uri("hook.example"), true), new Names("127.0.0.1")))
        .isEqualTo(Outcome.DELIVERED);
    assertThat(receiver.all()).hasSize(before + 1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.9.9.9",
        "10.0.0.1",
        "192.168.1.1",
        "172.20.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "fe80::1",
        "fd00:ec2::254",
        "fc00::1",
        "1.1.1.1 127.0.0.1",
      })
  void aNameThatLeadsElsewhereGetsNoConnection(String addresses) {
    int before = receiver.all().size();
    assertThat(send(hook(receiver.uri("hook.example"), false), new Names(addresses)))
        .isEqualTo(Outcome.ADDRESS);
    assertThat(receiver.all()).hasSize(before);
  }

  /** However an address is written, it is looked at as the number that is connected to. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "localhost",
        "2130706433",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[0:0:0:0:0:ffff:7f00:1]"
      })
  void loopbackIsLoopbackHoweverItIsWritten(String host) {
    int before = receiver.all().size();
    assertThat(send(hook(receiver.uri(host), false))).isEqualTo(Outcome.ADDRESS);
    assertThat(receiver.all()).hasSize(before);
  }

  @Test
  void metadataIsNotReachedEvenWherePrivateNetworksAre() {
    assertThat(send(hook(URI.create("https://169.254.169.254/latest"), true)))
        .isEqualTo(Outcome.ADDRESS);
  }

  /** The address that was looked at is the one that is connected to: the name is asked once. */
  @Test
  void aNameThatChangesItsMindChangesNothing() {
    Names names = new Names("127.0.0.1", "169.254.169.254");
    assertThat(send(hook(receiver.uri("hook.example"), true), names)).isEqualTo(Outcome.DELIVERED);
    assertThat(names.asked).hasValue(1);
  }

  @Test
  void plainHttpGoesToLoopbackAlone() throws Exception {
    try (Receiver plain = Receiver.plain(got -> 200)) {
      assertThat(send(target("plain", plain.uri("localhost")))).isEqualTo(Outcome.DELIVERED);
      assertThat(send(target("plain", plain.uri("localhost")), new Names("10.0.0.1")))
          .isEqualTo(Outcome.ADDRESS);
      assertThat(send(target("plain", plain.uri("localhost")), new Names("1.1.1.1")))
          .isEqualTo(Outcome.ADDRESS);
      assertThat(plain.all()).hasSize(1);
    }
  }

  @Test
  void aRedirectIsNotFollowed() throws Exception {
    try (Receiver inner = Receiver.plain(got -> 200)) {
      for (int status : new int[] {301, 302, 303, 307, 308}) {
        try (Receiver outer = Receiver.plain(got -> status)) {
          outer.pointsTo(inner.uri());
          assertThat(send(target("outer", outer.uri()))).isEqualTo(Outcome.REDIRECT);
        }
      }
      assertThat(inner.all()).isEmpty();
    }
  }

  @Test
  void aTargetThatCannotBeTrustedGetsNothing() throws Exception {
    int before = receiver.all().size();
    try (Receiver stranger =
        Receiver.tls(
            TlsContexts.of(OTHERS.server("hook.example"), OTHERS.authority().certificate()),
            got -> 200)) {
      assertThat(send(hook(stranger.uri("hook.example"), true), new Names("127.0.0.1")))
          .isEqualTo(Outcome.TLS);
      assertThat(send(hook(receiver.uri("other.example"), true), new Names("127.0.0.1")))
          .isEqualTo(Outcome.TLS);
      assertThat(stranger.all()).isEmpty();
      assertThat(receiver.all()).hasSize(before);
    }
  }

  @Test
  void anAnswerWithoutEndEndsAtTheTimeout() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    byte[] words = "x".repeat(1 << 16).getBytes(StandardCharsets.US_ASCII);
    try (ScriptedServer dripping =
            ScriptedServer.plain(
                (head, out) -> {
                  for (int i = 0; end.getCount() > 0; i++) {
                    out.write("HTTP/1.1 2".getBytes(StandardCharsets.US_ASCII), i % 10, 1);
                    out.flush();
                    end.await(20, java.util.concurrent.TimeUnit.MILLISECONDS);
                  }
                });
        ScriptedServer endless =
            ScriptedServer.plain(
                (head, out) -> {
                  ScriptedServer.head(out, "200 OK", "Transfer-Encoding: chunked\r\n");
                  while (end.getCount() > 0) {
                    out.write("10000\r\n".getBytes(StandardCharsets.US_ASCII));
                    out.write(words);
                    out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
                  }
                })) {
      assertThat(
              send(OutboxWorld.impatient(target("drip", dripping.uri()), Duration.ofMillis(300))))
          .isIn(Outcome.TIMEOUT, Outcome.ERROR);
      // What it says after 200 is of no interest.
      assertThat(send(target("endless", endless.uri()))).isEqualTo(Outcome.DELIVERED);
    } finally {
      end.countDown();
    }
  }

  @Test
  void aSecretOrABundleThatCannotBeReadSendsNothing() throws Exception {
    int before = receiver.all().size();
    WebhookTarget noSecret =
        new WebhookTarget(
            "hook",
            receiver.uri("hook.example"),
            "env:NOT_SET",
            Set.of(),
            Duration.ofSeconds(3),
            bundle,
            true);
    assertThat(send(noSecret, new Names("127.0.0.1"))).isEqualTo(Outcome.CREDENTIAL);
    Path broken = Files.writeString(directory.resolve("broken.pem"), "no certificate\n");
    WebhookTarget noBundle =
        new WebhookTarget(
            "hook",
            receiver.uri("hook.example"),
            "env:HOOK_SECRET",
            Set.of(),
            Duration.ofSeconds(3),
            "file:" + broken,
            true);
    assertThat(send(noBundle, new Names("127.0.0.1"))).isEqualTo(Outcome.CREDENTIAL);
    assertThat(receiver.all()).hasSize(before);
  }

  @ParameterizedTest
  @CsvSource({
    "https://hooks.example.org/a, false, ''",
    "https://hooks.example.org:8443/a?b=c, false, ''",
    "http://127.0.0.1:9/a, true, ''",
    "http://localhost/a, true, ''",
    "http://127.0.0.1:9/a, false, must be https",
    "http://hooks.example.org/a, true, must be https",
    "ftp://hooks.example.org/a, true, must be https",
    "https://user:password@hooks.example.org/, false, without a user",
    "https:///path, false, with a host",
    "https://127.1/, false, with a host",
    "https://h.example.org/#x, false, without #",
  })
  void aUrlIsCheckedBeforeTheStart(String url, boolean allowPrivate, String problem) {
    List<String> problems = hook(URI.create(url), allowPrivate).problems();
    if (problem.isEmpty()) {
      assertThat(problems).isEmpty();
    } else {
      assertThat(problems).singleElement().asString().contains(problem).doesNotContain("password");
    }
  }
}
