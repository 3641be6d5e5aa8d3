package plus.svc.billing.platform;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Finds secrets by reference, so that a configuration names them and never holds them: {@code
 * env:NAME}, {@code file:PATH}, or {@code systemd:NAME} for what the unit's {@code LoadCredential=}
 * put into {@code $CREDENTIALS_DIRECTORY}.
 */
public final class SecretRefs {

  /** The forms a reference may have. */
  public static final String FORMS = "env:NAME, file:PATH or systemd:NAME";

  /** The forms of a reference to a file. */
  public static final String FILE_FORMS = "file:PATH or systemd:NAME";

  private static final String ENV = "env:";
  private static final String FILE = "file:";
  private static final String SYSTEMD = "systemd:";
  private static final long MAX_SECRET_BYTES = 64L * 1024;

  /** As systemd itself has it: a file's name and no path. */
  private static final Pattern CREDENTIAL_NAME = Pattern.compile("[A-Za-z0-9_@-][A-Za-z0-9_.@-]*");

  private final Map<String, String> variables;

  /**
   * Takes the variables that {@code env:} names.
   *
   * @param variables the environment, dotenv files included
   */
  public SecretRefs(Map<String, String> variables) {
    this.variables = Map.copyOf(variables);
  }

  /** Whether the text has the form of a reference. */
  public static boolean isRef(String text) {
    return isFileRef(text) || (text.startsWith(ENV) && text.length() > ENV.length());
  }

  /** Whether the text has the form of a reference to a file. */
  public static boolean isFileRef(String text) {
    return (text.startsWith(FILE) && text.length() > FILE.length())
        || (text.startsWith(SYSTEMD) && text.length() > SYSTEMD.length());
  }

  /**
   * Reads what the reference names, now.
   *
   * @throws IllegalArgumentException if there is nothing to read; the message names the reference,
   *     never the content
   */
  public Secret resolve(String ref) {
    if (ref.startsWith(ENV)) {
      String name = ref.substring(ENV.length());
      String value = variables.get(name);
      if (value == null || value.isBlank()) {
        throw new IllegalArgumentException("variable " + name + " is not set");
      }
      return Secret.of(value.strip());
    }
    return resolveFile(ref, MAX_SECRET_BYTES);
  }

  /**
   * Reads the file that the reference names, now; otherwise as {@link #resolve}.
   *
   * @param maxBytes a larger file is refused
   */
  public Secret resolveFile(String ref, long maxBytes) {
    if (ref.startsWith(FILE)) {
      return read(ref.substring(FILE.length()).strip(), maxBytes);
    }
    if (ref.startsWith(SYSTEMD)) {
      return read(credential(ref.substring(SYSTEMD.length()).strip()), maxBytes);
    }
    // Not shown: someone may have put the secret itself here.
    throw new IllegalArgumentException("a secret's reference must be " + FORMS);
  }

  private String credential(String name) {
    if (!CREDENTIAL_NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "systemd:" + name + " is no credential's name: must be the NAME of LoadCredential=");
    }
    String directory = variables.get("CREDENTIALS_DIRECTORY");
    if (directory == null || directory.isBlank()) {
      throw new IllegalArgumentException(
          "systemd:"
              + name
              + " needs CREDENTIALS_DIRECTORY, which systemd sets for a unit with LoadCredential=");
    }
    return Path.of(directory).resolve(name).toString();
  }

  private static Secret read(String name, long maxBytes) {
    try {
      Path path = Path.of(name);
      if (Files.size(path) > maxBytes) {
        throw new IllegalArgumentException("file " + name + " is too large for a secret");
      }
      String text = new String(Files.readAllBytes(path), StandardCharsets.UTF_8);
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
