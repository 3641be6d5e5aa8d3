package plus.svc.billing.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/** Where a report goes: the terminal as it comes, or a file that is there only once it is whole. */
final class Output implements AutoCloseable {

  private final PrintWriter terminal;
  private final Writer writer;
  private final @Nullable Path file;
  private final @Nullable Path draft;

  private Output(PrintWriter terminal, Writer writer, @Nullable Path file, @Nullable Path draft) {
    this.terminal = terminal;
    this.writer = writer;
    this.file = file;
    this.draft = draft;
  }

  /**
   * To a file, or to the terminal if there is none.
   *
   * @throws CannotRun if the file's folder can't be written
   */
  static Output to(@Nullable Path file, PrintWriter terminal) {
    if (file == null) {
      return new Output(terminal, terminal, null, null);
    }
    try {
      Path folder = file.toAbsolutePath().getParent();
      Path draft = Files.createTempFile(folder, ".billing-admin-", ".part");
      return new Output(
          terminal, Files.newBufferedWriter(draft, StandardCharsets.UTF_8), file, draft);
    } catch (IOException e) {
      throw unwritable(file);
    }
  }

  Writer writer() {
    return writer;
  }

  /** The report is whole: the file takes the place of the one that was there. */
  void keep(String verdict) {
    if (file == null || draft == null) {
      terminal.flush();
      return;
    }
    try {
      writer.close();
      try {
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw unwritable(file);
    }
    terminal.println(file + " is written, verdict: " + verdict);
    terminal.flush();
  }

  /** Removes what was not kept. */
  @Override
  public void close() {
    terminal.flush();
    if (draft == null) {
      return;
    }
    try {
      writer.close();
      Files.deleteIfExists(draft);
    } catch (IOException e) {
      throw unwritable(draft);
    }
  }

  private static CannotRun unwritable(Path file) {
    return new CannotRun(
        "--output " + file + " can't be written; give a file in a folder of yours");
  }
}
