package plus.svc.billing.migration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** Files of the repository, from whichever folder of it the tests run. */
final class Repository {

  private Repository() {}

  /** The repository's root. */
  static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("service").resolve("pom.xml"))) {
      folder = Objects.requireNonNull(folder.getParent(), "the tests run outside the repository");
    }
    return folder;
  }

  /** The text of a file under the root. */
  static String text(String path) {
    try {
      return Files.readString(root().resolve(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The text of a test resource beside this class. */
  static String resource(String name) {
    try (var in = Objects.requireNonNull(Repository.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
