package plus.svc.billing.platform.setting;

import io.github.cdimascio.dotenv.Dotenv;
import io.github.cdimascio.dotenv.DotenvEntry;
import io.github.cdimascio.dotenv.DotenvException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The environment as the service sees it: the process's variables, then the credentials that
 * systemd passes and that are named as variables are, then those of the dotenv files {@code
 * .env.<APP_ENV>.local}, {@code .env.<APP_ENV>} and {@code .env}. What is set already is never
 * overridden, values are stripped, and a blank one is not set.
 */
public final class Variables {

  /** Selects the dotenv files; {@code dev} if not set. */
  public static final String APP_ENV = "APP_ENV";

  private static final String DEFAULT_APP_ENV = "dev";
  private static final String CREDENTIALS = "CREDENTIALS_DIRECTORY";
  private static final Pattern VARIABLE_FORM = Pattern.compile("[A-Z][A-Z0-9_]*");
  private static final Pattern APP_ENV_FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}");

  private Variables() {}

  /**
   * The variables of the process, completed by the credentials and the dotenv files.
   *
   * @param process the variables of the process
   * @param directory where dotenv files are looked for; a missing file is no error
   * @throws StartRefused if {@code APP_ENV}, a credential or a dotenv file cannot be read
   */
  public static Map<String, String> load(Map<String, String> process, Path directory) {
    Map<String, String> all = new HashMap<>(stripped(process));
    readCredentials(all.getOrDefault(CREDENTIALS, "")).forEach(all::putIfAbsent);
    // A blank variable of the process hides a dotenv file's all the same.
    process.forEach(all::putIfAbsent);
    String given = all.getOrDefault(APP_ENV, "").strip();
    String appEnv = given.isEmpty() ? DEFAULT_APP_ENV : given;
    if (!APP_ENV_FORM.matcher(appEnv).matches()) {
      throw new StartRefused(
          "APP_ENV is '"
              + SettingReader.shown(appEnv)
              + "': must be a name such as dev or prod (letters, digits, '.', '_', '-')");
    }
    for (String file : List.of(".env." + appEnv + ".local", ".env." + appEnv, ".env")) {
      if (Files.isRegularFile(directory.resolve(file))) {
        readDotenv(directory, file).forEach(all::putIfAbsent);
      }
    }
    return stripped(all);
  }

  /** The variables without blanks around them and without blank ones. */
  public static Map<String, String> stripped(Map<String, String> variables) {
    Map<String, String> kept = new HashMap<>();
    variables.forEach(
        (name, value) -> {
          if (!value.isBlank()) {
            kept.put(name, value.strip());
          }
        });
    return Map.copyOf(kept);
  }

  /** The parser takes off double quotes only; JSON is best put in single ones. */
  private static String withoutSingleQuotes(String value) {
    boolean quoted = value.length() >= 2 && value.startsWith("'") && value.endsWith("'");
    return quoted ? value.substring(1, value.length() - 1) : value;
  }

  /** Secrets that must not be seen in the environment: systemd puts each in a file of its own. */
  private static Map<String, String> readCredentials(String directory) {
    Map<String, String> found = new HashMap<>();
    if (directory.isEmpty()) {
      return found;
    }
    try (Stream<Path> files = Files.list(Path.of(directory))) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (VARIABLE_FORM.matcher(name).matches()) {
          found.put(name, Files.readString(file));
        }
      }
    } catch (IOException | InvalidPathException e) {
      // The cause may quote what is in it.
      throw new StartRefused(
          "the credentials in "
              + directory
              + " ("
              + CREDENTIALS
              + ") cannot be read as UTF-8: "
              + e.getClass().getSimpleName());
    }
    return found;
  }

  private static Map<String, String> readDotenv(Path directory, String file) {
    try {
      Map<String, String> found = new HashMap<>();
      Dotenv dotenv = Dotenv.configure().directory(directory.toString()).filename(file).load();
      for (DotenvEntry entry : dotenv.entries(Dotenv.Filter.DECLARED_IN_ENV_FILE)) {
        found.put(entry.getKey(), withoutSingleQuotes(entry.getValue()));
      }
      return found;
    } catch (DotenvException e) {
      // The cause quotes the line, which may hold a secret.
      throw new StartRefused(
          "dotenv file " + file + " cannot be read: every line must be NAME=value or # comment");
    }
  }
}
