package plus.svc.billing.platform.setting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VariablesTest {

  @TempDir private Path directory;

  @BeforeEach
  void writeFiles() throws IOException {
    Files.writeString(directory.resolve(".env.dev.local"), "A=local\n");
    Files.writeString(directory.resolve(".env.dev"), "A=dev\nB=dev\n");
    Files.writeString(directory.resolve(".env"), "# all\nA=all\nB=all\nC='all of it'\nD=all\n");
    Files.writeString(directory.resolve(".env.prod"), "A=prod\n");
  }

  @Test
  void theNearerFileWinsAndTheProcessWinsOverAll() {
    Map<String, String> variables = Variables.load(Map.of("D", " process "), directory);
    assertThat(variables)
        .containsEntry("A", "local")
        .containsEntry("B", "dev")
        .containsEntry("C", "all of it")
        .containsEntry("D", "process");
  }

  @Test
  void appEnvChoosesTheFiles() {
    assertThat(Variables.load(Map.of("APP_ENV", " prod "), directory))
        .containsEntry("A", "prod")
        .containsEntry("B", "all");
  }

  @Test
  void aBlankVariableIsNotSetAndAFileDoesNotSetItEither() {
    assertThat(Variables.load(Map.of("B", " "), directory)).doesNotContainKey("B");
  }

  @Test
  void missingFilesAreFine(@TempDir Path empty) {
    assertThat(Variables.load(Map.of("X", "y"), empty)).isEqualTo(Map.of("X", "y"));
  }

  @Test
  void aCredentialNamedAsAVariableIsThatVariable(@TempDir Path credentials) throws IOException {
    Files.writeString(credentials.resolve("A"), "it's \"$ecret\" #1 %40 ü\n");
    Files.writeString(credentials.resolve("B"), "credential");
    Files.writeString(credentials.resolve("D"), "credential");
    Files.writeString(credentials.resolve("jp-token"), "named by a source, not a variable");
    Map<String, String> process =
        Map.of("CREDENTIALS_DIRECTORY", credentials.toString(), "B", " ", "D", "process");
    assertThat(Variables.load(process, directory))
        .containsEntry("A", "it's \"$ecret\" #1 %40 ü")
        .containsEntry("B", "credential")
        .containsEntry("C", "all of it")
        .containsEntry("D", "process")
        .doesNotContainKey("jp-token");
  }

  @Test
  void aCredentialThatCannotBeReadStopsTheStartAndIsNotShown(@TempDir Path credentials)
      throws IOException {
    Files.write(credentials.resolve("A"), new byte[] {'g', (byte) 0xff});
    assertThatThrownBy(
            () ->
                Variables.load(Map.of("CREDENTIALS_DIRECTORY", credentials.toString()), directory))
        .isInstanceOf(StartRefused.class)
        .hasMessageContaining("CREDENTIALS_DIRECTORY")
        .hasMessageContaining("UTF-8");
  }

  @Test
  void refusesAnAppEnvThatIsAPath() {
    assertThatThrownBy(() -> Variables.load(Map.of("APP_ENV", "../etc"), directory))
        .isInstanceOf(StartRefused.class)
        .hasMessageContaining("APP_ENV is '../etc'");
  }

  @Test
  void namesABrokenFileWithoutItsContent() throws IOException {
    Files.writeString(directory.resolve(".env"), "geheim\n");
    assertThatThrownBy(() -> Variables.load(Map.of(), directory))
        .isInstanceOf(StartRefused.class)
        .hasMessageContaining(".env")
        .hasMessageNotContaining("geheim");
  }
}
