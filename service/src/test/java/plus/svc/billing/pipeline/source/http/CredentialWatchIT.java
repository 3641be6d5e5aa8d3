package plus.svc.billing.pipeline.source.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import plus.svc.billing.emulator.tls.Credential;
import plus.svc.billing.emulator.tls.DevCertificates;
import plus.svc.billing.pipeline.source.SourceFailure;
import plus.svc.billing.pipeline.source.Sources;
import plus.svc.billing.platform.SecretRefs;

/** Files that are replaced while they are in use. What the writer does in between is scripted. */
final class CredentialWatchIT {

  private static final DevCertificates OURS = DevCertificates.create(Clock.systemUTC());
  private static final Credential ONE = OURS.client("one");
  private static final Credential TWO = OURS.client("two");

  /** The ways by which files are replaced on real machines. */
  enum Way {
    /** A new file takes the old one's name. */
    RENAME {
      @Override
      void replace(Path file, String text) throws IOException {
        Path fresh = Files.writeString(file.resolveSibling("fresh"), text);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
      }
    },
    /** The name is a link into a folder that is itself a link, as Kubernetes does it. */
    SWAPPED_LINK {
      @Override
      void replace(Path file, String text) throws IOException {
        Path folder = Files.createTempDirectory(file.getParent(), "data");
        Files.writeString(folder.resolve(file.getFileName()), text);
        Path data = file.resolveSibling("..data");
        Path link = file.resolveSibling("..data_tmp");
        Files.createSymbolicLink(link, folder);
        Files.move(link, data, StandardCopyOption.ATOMIC_MOVE);
        if (!Files.isSymbolicLink(file)) {
          Files.deleteIfExists(file);
          Files.createSymbolicLink(file, Path.of("..data").resolve(file.getFileName()));
        }
      }
    },
    /** The same file is written over. */
    IN_PLACE {
      @Override
      void replace(Path file, String text) throws IOException {
        Files.writeString(file, text);
      }
    };

    abstract void replace(Path file, String text) throws IOException;
  }

  /** Something the writer does between two looks. */
  @FunctionalInterface
  private interface Step {
    void run() throws IOException;
  }

  @TempDir Path directory;
  private final Deque<Step> steps = new ArrayDeque<>();
  private int looks;
  private Path file;

  @BeforeEach
  void place() {
    file = directory.resolve("credential");
  }

  @ParameterizedTest
  @EnumSource
  void aReplacedTokenIsUsedByTheNextRequest(Way way) throws Exception {
    way.replace(file, "first");
    CredentialWatch watch = bearer();
    assertThat(token(watch)).isEqualTo("first");
    way.replace(file, "second\n");
    assertThat(token(watch)).isEqualTo("second");
    way.replace(file, "third");
    assertThat(token(watch)).isEqualTo("third");
    assertThat(watch.alarm()).isNull();
  }

  @ParameterizedTest
  @EnumSource
  void aReplacedCertificateIsUsedByTheNextRequest(Way way) throws Exception {
    way.replace(file, ONE.pairPem());
    CredentialWatch watch = mtls();
    ReadyCredential first = watch.current();
    assertThat(watch.current()).isSameAs(first);
    way.replace(file, TWO.pairPem());
    assertThat(watch.current()).isNotSameAs(first);
    assertThat(watch.alarm()).isNull();
  }

  @Test
  void anUnchangedOneCostsNoPause() throws Exception {
    Files.writeString(file, "first");
    CredentialWatch watch = bearer();
    for (int i = 0; i < 3; i++) {
      token(watch);
    }
    assertThat(looks).isZero();
  }

  @Test
  void aTokenThatIsBeingWrittenIsTakenWholeOrNotAtAll() throws Exception {
    Files.writeString(file, "first");
    CredentialWatch watch = bearer();
    token(watch);
    Files.writeString(file, "");
    steps.add(() -> Files.writeString(file, "sec"));
    steps.add(() -> Files.writeString(file, "second"));
    assertThat(token(watch)).isEqualTo("second");
    assertThat(looks).isEqualTo(3);
  }

  @Test
  void aFileThatNeverStandsStillKeepsTheOldOne() throws Exception {
    Files.writeString(file, "first");
    CredentialWatch watch = bearer();
    token(watch);
    Files.writeString(file, "x");
    for (int i = 0; i < 50; i++) {
      String longer = "x".repeat(i + 2);
      steps.add(() -> Files.writeString(file, longer));
    }
    assertThat(token(watch)).isEqualTo("first");
    assertThat(looks).isLessThan(10);
  }

  @Test
  void aBundleThatIsHalfWrittenIsNotTaken() throws Exception {
    String both = OURS.authority().certificatePem() + TWO.certificatePem();
    Files.writeString(file, OURS.authority().certificatePem());
    CredentialWatch watch = watch(https().trusting("file:" + file));
    ReadyCredential old = watch.current();
    Files.writeString(file, both.substring(0, both.length() - 100));
    assertThat(watch.current()).isSameAs(old);
    assertThat(watch.alarm()).startsWith("ca_bundle_ref file:" + file + " cannot be used");
    Files.writeString(file, both);
    assertThat(watch.current()).isNotSameAs(old);
    assertThat(watch.alarm()).isNull();
  }

  @Test
  void aKeyWrittenAfterItsCertificateIsWaitedFor() throws Exception {
    Path key = directory.resolve("key");
    Files.writeString(file, ONE.certificatePem());
    Files.writeString(key, ONE.keyPem());
    CredentialWatch watch = watch(https().mtls("file:" + file + "," + key));
    ReadyCredential old = watch.current();
    Files.writeString(file, TWO.certificatePem());
    steps.add(() -> Files.writeString(key, TWO.keyPem()));
    assertThat(watch.current()).isNotSameAs(old);
    assertThat(watch.alarm()).isNull();

    Files.writeString(file, ONE.certificatePem());
    ReadyCredential two = watch.current();
    assertThat(watch.alarm()).contains("the key is not the first certificate's");
    assertThat(watch.current()).isSameAs(two);
    Files.writeString(key, ONE.keyPem());
    assertThat(watch.current()).isNotSameAs(two);
    assertThat(watch.alarm()).isNull();
  }

  @Test
  void whatCannotBeReadKeepsTheOldOneAndRaisesTheAlarmOnce() throws Exception {
    for (String bad : List.of("", "two tokens", "t\u00f6ken", "x".repeat(70_000))) {
      Files.writeString(file, "first");
      CredentialWatch watch = bearer();
      token(watch);
      Files.writeString(file, bad);
      looks = 0;
      assertThat(token(watch)).isEqualTo("first");
      assertThat(token(watch)).isEqualTo("first");
      assertThat(looks).as("looked again only once").isEqualTo(1);
      assertThat(watch.alarm()).isNotBlank().doesNotContain("first");
      if (!bad.isEmpty()) {
        assertThat(watch.alarm()).doesNotContain(bad);
      }
      Files.writeString(file, "first");
      token(watch);
      assertThat(watch.alarm()).as("the old one is back").isNull();
    }
  }

  @Test
  void aDeletedFileKeepsTheOldOneToo() throws Exception {
    Files.writeString(file, "first");
    CredentialWatch watch = bearer();
    token(watch);
    Files.delete(file);
    assertThat(token(watch)).isEqualTo("first");
    assertThat(watch.alarm()).contains(file.toString()).contains("NoSuchFile");
    Files.writeString(file, "second");
    assertThat(token(watch)).isEqualTo("second");
    assertThat(watch.alarm()).isNull();
  }

  @Test
  void withoutAnOldOneThereIsNothingToGoOnWith() throws Exception {
    CredentialWatch watch = bearer();
    assertThatThrownBy(watch::current)
        .isInstanceOf(SourceFailure.class)
        .hasMessageStartingWith("credential: ");
    Files.writeString(file, "first");
    assertThat(token(watch)).isEqualTo("first");
  }

  @Test
  void aCredentialOfSystemdIsFoundByItsName() throws Exception {
    Files.writeString(file, "from-systemd");
    SecretRefs refs = new SecretRefs(Map.of("CREDENTIALS_DIRECTORY", directory.toString()));
    assertThat(
            token(new CredentialWatch(https().bearer("systemd:credential").spec(), refs, () -> {})))
        .isEqualTo("from-systemd");
    Files.writeString(directory.resolve("pair"), ONE.certificatePem());
    Files.writeString(directory.resolve("pair.key"), ONE.keyPem());
    assertThat(
            new CredentialWatch(https().mtls("systemd:pair,pair.key").spec(), refs, () -> {})
                .current()
                .tls())
        .isNotNull();
  }

  private static Sources https() {
    return Sources.at(URI.create("https://127.0.0.1:1"));
  }

  private CredentialWatch bearer() {
    return watch(https().bearer("file:" + file));
  }

  private CredentialWatch mtls() {
    return watch(https().mtls("file:" + file));
  }

  private CredentialWatch watch(Sources source) {
    return new CredentialWatch(source.spec(), new SecretRefs(Map.of()), this::pause);
  }

  private void pause() {
    looks++;
    Step step = steps.poll();
    if (step != null) {
      try {
        step.run();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static String token(CredentialWatch watch) throws SourceFailure {
    return Objects.requireNonNull(watch.current().token()).reveal();
  }
}
