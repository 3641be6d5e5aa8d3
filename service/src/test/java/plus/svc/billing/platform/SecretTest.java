package plus.svc.billing.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretTest {

  @Test
  void printsNothingAndComparesItsText() {
    Secret secret = Secret.of("geheim");
    assertThat(secret).hasToString("[secret]").isEqualTo(Secret.of("geheim"));
    assertThat(secret).isNotEqualTo(Secret.of("geheimer")).hasSameHashCodeAs(Secret.of("x"));
    assertThat(secret.matches("geheim")).isTrue();
    assertThat(secret.matches("Geheim")).isFalse();
    assertThat(secret.matches("")).isFalse();
    assertThat(secret.reveal()).isEqualTo("geheim");
  }

  @Test
  void isNeverBlank() {
    assertThatThrownBy(() -> Secret.of(" \t")).hasMessage("a secret is blank");
  }

  @Test
  void isFoundByReference(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("token"), "from-file\n");
    SecretRefs refs = new SecretRefs(Map.of("TOKEN", "from-env"));
    assertThat(refs.resolve("env:TOKEN").reveal()).isEqualTo("from-env");
    assertThat(refs.resolve("file:" + file).reveal()).isEqualTo("from-file");
  }

  @Test
  void isFoundAmongTheCredentialsOfSystemd(@TempDir Path directory) throws IOException {
    Files.writeString(directory.resolve("jp.token"), "from-systemd\n");
    SecretRefs refs = new SecretRefs(Map.of("CREDENTIALS_DIRECTORY", directory.toString()));
    assertThat(refs.resolve("systemd:jp.token").reveal()).isEqualTo("from-systemd");
    assertThatThrownBy(() -> refs.resolve("systemd:../jp.token"))
        .hasMessageContaining("is no credential's name");
    assertThatThrownBy(() -> refs.resolve("systemd:..")).hasMessageContaining("no credential's");
    assertThatThrownBy(() -> new SecretRefs(Map.of()).resolve("systemd:jp.token"))
        .hasMessageContaining("needs CREDENTIALS_DIRECTORY");
  }

  @Test
  void namesTheReferenceThatLeadsNowhere(@TempDir Path directory) throws IOException {
    Path empty = Files.writeString(directory.resolve("empty"), "\n");
    SecretRefs refs = new SecretRefs(Map.of("OTHER", "x"));
    assertThatThrownBy(() -> refs.resolve("env:TOKEN")).hasMessageContaining("TOKEN is not set");
    assertThatThrownBy(() -> refs.resolve("file:" + empty)).hasMessageContaining("is empty");
    assertThatThrownBy(() -> refs.resolve("file:/no/such")).hasMessageContaining("/no/such");
    assertThatThrownBy(() -> refs.resolve("geheim"))
        .hasMessageContaining("env:NAME, file:PATH or systemd:NAME")
        .hasMessageNotContaining("geheim");
  }
}
