package plus.svc.billing.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** A bearer token. Only the header of a request ever shows it. */
final class Token {

  private static final int MAX_BYTES = 8192;
  private static final Pattern VISIBLE_ASCII = Pattern.compile("[\\x21-\\x7e]+");

  private final String text;

  private Token(String text) {
    this.text = text;
  }

  /**
   * Takes a token as found.
   *
   * @param origin where it was found, for the error
   * @throws CannotRun if it is no single word of visible ASCII characters, which a header needs
   */
  static Token of(String origin, String text) {
    String word = text.strip();
    if (word.isEmpty()) {
      throw new CannotRun(origin + " is empty; put the token there");
    }
    if (!VISIBLE_ASCII.matcher(word).matches()) {
      throw new CannotRun(origin + " is no token; it must be one word, of ASCII characters only");
    }
    return new Token(word);
  }

  /**
   * Reads the one token of a file. Errors don't repeat the file's name: whoever gave the token in
   * its place should not see it in a log.
   *
   * @throws CannotRun if the file can't be read or holds no token
   */
  static Token read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new CannotRun("the file of --token-file is too large to be a token");
      }
      return of("the file of --token-file", new String(bytes, StandardCharsets.UTF_8));
    } catch (NoSuchFileException e) {
      throw new CannotRun("--token-file names no file; give the path of a file with the token");
    } catch (IOException e) {
      throw new CannotRun("the file of --token-file cannot be read; check its permissions");
    }
  }

  /** The value of the {@code Authorization} header. */
  String header() {
    return "Bearer " + text;
  }

  @Override
  public String toString() {
    return "Token[redacted]";
  }
}
