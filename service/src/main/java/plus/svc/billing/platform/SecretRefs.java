package plus.svc.billing.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;

/** Finds secrets by reference, so that a configuration names them and never holds them. */
public final class SecretRefs {

  /** The forms a reference may have. */
  public static final String FORMS = "env:NAME or file:PATH";

  private static final long MAX_FILE_BYTES = 64L * 1024;

  private final Map<String, String> variables;

  /**
   * Takes the variables that {@code env:} names.
   *
   * @param variables the environment, dotenv files included
   */
  public SecretRefs(Map<String, String> variables) {
    this.variables = Map.copyOf(variables);
  }

  /**
   * Reads what the reference names, now.
   *
   * @throws IllegalArgumentException if there is nothing to read; the message names the reference,
   *     never the content
   */
  public Secret resolve(String ref) {
    if (ref.startsWith("env:")) {
      String value = variables.get(ref.substring("env:".length()));
      if (value == null || value.isBlank()) {
        throw new IllegalArgumentException(
            "variable " + ref.substring("env:".length()) + " is not set");
      }
      return Secret.of(value.strip());
    }
    if (ref.startsWith("file:")) {
      return ofFile(ref.substring("file:".length()));
    }
    // Not shown: someone may have put the secret itself here.
    throw new IllegalArgumentException("a secret's reference must be " + FORMS);
  }

  private static Secret ofFile(String name) {
    try {
      Path path = Path.of(name);
      if (Files.size(path) > MAX_FILE_BYTES) {
        throw new IllegalArgumentException("file " + name + " is too large for a secret");
      }
      String text = Files.readString(path);
      if (text.isBlank()) {
        throw new IllegalArgumentException("file " + name + " is empty");
      }
      return Secret.of(text.strip());
    } catch (IOException | InvalidPathException e) {
      throw new IllegalArgumentException(
          "file " + name + " cannot be read: " + e.getClass().getSimpleName(), e);
    }
  }
}
