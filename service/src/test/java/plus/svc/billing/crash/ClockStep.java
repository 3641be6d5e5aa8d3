package plus.svc.billing.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * A wall clock that can be stepped, for the processes that are started with its variables: all of
 * such a process sees the step, its libraries too, as if the machine's clock had been set. Clocks
 * that nobody sets go on as they are. It is a C library that the loader puts before the system's.
 */
final class ClockStep {

  private final Path library;
  private final Path steps;
  private Duration offset = Duration.ZERO;

  private ClockStep(Path library, Path steps) {
    this.library = library;
    this.steps = steps;
  }

  /** Compiles it in a folder; the step is none. */
  static ClockStep in(Path folder) throws IOException, InterruptedException {
    Path source = folder.resolve("clock-step.c");
    try (InputStream in =
        Objects.requireNonNull(ClockStep.class.getResourceAsStream("clock-step.c"))) {
      Files.copy(in, source);
    }
    Path library = folder.resolve("clock-step.so");
    Process compiler =
        new ProcessBuilder(
                "cc", "-O2", "-shared", "-fPIC", "-o", library.toString(), source.toString())
            .inheritIO()
            .start();
    assertThat(compiler.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(compiler.exitValue()).as("-Pcounterparts: cc %s", source).isZero();
    ClockStep step = new ClockStep(library, folder.resolve("clock-step"));
    step.to(Duration.ZERO);
    return step;
  }

  /** What a process has to have in its environment. */
  Map<String, String> variables() {
    return Map.of("LD_PRELOAD", library.toString(), "CLOCK_STEP_FILE", steps.toString());
  }

  /** Sets the clock to so much more than the true time, at once. */
  void to(Duration more) throws IOException {
    ByteBuffer seconds = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
    seconds.putLong(more.toSeconds()).flip();
    try (FileChannel file =
        FileChannel.open(steps, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      file.write(seconds, 0);
    }
    offset = more;
  }

  /** Sets it on or back from where it is. */
  void by(Duration more) throws IOException {
    to(offset.plus(more));
  }

  /** What it shows. */
  Instant instant() {
    return Clock.systemUTC().instant().plus(offset);
  }
}
