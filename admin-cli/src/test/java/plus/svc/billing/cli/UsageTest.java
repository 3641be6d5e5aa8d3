package plus.svc.billing.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is decided before anything is sent. */
final class UsageTest {

  private static Ran run(String... args) {
    return Ran.with(Map.of(), args);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "status",
        "collect",
        "reconcile",
        "ready",
        "replay",
        "checkpoints",
        "prune",
        "recharge-confirm",
        "sources",
        "changes",
        "audit",
        "doctor",
        "why",
        "trace",
        "balance",
        "notifications"
      })
  void everyVerbHasHelpWithExamplesAndTheSameOptions(String verb) {
    Ran ran = run(verb, "--help");

    assertThat(ran.exitCode()).isZero();
    assertThat(ran.out())
        .contains("Examples:\n  ", "billing-admin " + verb)
        .contains("--url=URL", "--admin-url=URL", "--token-file=FILE", "Exit codes:");
  }

  @Test
  void theVersionIsTold() {
    assertThat(run("--version").out()).startsWith("billing-admin ");
  }

  @Test
  void aCompletionScriptIsGenerated() {
    Ran ran = run("generate-completion");

    assertThat(ran.exitCode()).isZero();
    assertThat(ran.out()).contains("_complete_billing-admin").contains("reconcile");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://billing.example.org",
        "http://10.0.0.1:8081",
        "http://127.0.0.1.example.org",
        "http://localhost.example.org",
        "http://[::2]:8081",
        "HTTP://0.0.0.0:8081",
      })
  void plainHttpBeyondLoopbackIsRefused(String url) {
    Ran ran = run("status", "--url", url);

    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.err())
        .startsWith("billing-admin: --url: plain http to ")
        .endsWith("would show the token to the network; use https, or a tunnel to 127.0.0.1\n");
    assertThat(run("prune", "--admin-url", url).err()).startsWith("billing-admin: --admin-url: ");
    assertThat(Ran.with(Map.of("BILLING_URL", url), "ready").err())
        .contains(": BILLING_URL: plain");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost:8081",
        "http://127.0.0.1",
        "http://127.1.2.3:1/x/",
        "http://[::1]:8081",
        "https://billing.example.org",
        "HTTPS://billing.example.org:8443/billing",
      })
  void loopbackAndHttpsAreAccepted(String url) {
    assertThat(ServiceUrl.parse("--url", url).at("/v1/status").toString())
        .startsWith(url.replaceAll("/$", ""))
        .endsWith("/v1/status");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "billing.example.org",
        "localhost:8081",
        "//billing.example.org",
        "http://127.0.0.999",
        "http://127.0.0.1:65536",
        "ftp://127.0.0.1",
        "file:/etc/passwd",
        "https://",
        "https://127.0.0.1?x=1",
        "https://127.0.0.1#x",
        "https://a b",
        "https://user:secret-4711@billing.example.org",
        "http://127.0.0.1@billing.example.org",
      })
  void whatIsNoUrlOfAServiceIsRefusedAndNotRepeated(String url) {
    Ran ran = run("status", "--url", url);

    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.err())
        .startsWith("billing-admin: --url ")
        .containsOnlyOnce("\n")
        .doesNotContain("4711");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--token secret-4711",
        "--token=secret-4711",
        "secret-4711",
        "-tsecret-4711",
        "--token-file secret-4711",
      })
  void aTokenOnTheCommandLineIsRefusedAndNotRepeated(String args) {
    Ran ran = run(("status " + args).split(" "));

    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.err()).startsWith("billing-admin: ").containsOnlyOnce("\n");
    assertThat(ran.err() + ran.out()).doesNotContain("4711");
  }

  @ParameterizedTest
  @ValueSource(strings = {"two words-4711", "two\nlines-4711", "umläut-4711", "nul\u0000-4711"})
  void whatNoHeaderCanHoldIsNoTokenAndNotRepeated(String text) {
    Ran ran = Ran.with(Map.of("BILLING_TOKEN", text), "status");

    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.err())
        .startsWith("billing-admin: BILLING_TOKEN is no token")
        .doesNotContain("4711");
  }

  @Test
  void aTokenNeverShowsItself() {
    assertThat(Token.of("BILLING_TOKEN", " secret-4711\n")).hasToString("Token[redacted]");
    assertThat(Token.of("BILLING_TOKEN", " secret-4711\n").header())
        .isEqualTo("Bearer secret-4711");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "statsu", "--nope", "status --url", "status --json=perhaps"})
  void misuseIsOneLineThatNamesTheHelp(String args) {
    Ran ran = args.isEmpty() ? run() : run(args.split(" "));

    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.err())
        .startsWith("billing-admin: ")
        .endsWith(" --help\n")
        .containsOnlyOnce("\n");
  }
}
