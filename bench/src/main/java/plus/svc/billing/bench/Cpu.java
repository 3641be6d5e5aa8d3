package plus.svc.billing.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Processor time of the client and of the server, read from {@code /proc}: unlike the clock it is
 * hardly moved by what else the machine does. Zero where it can't be read (another system or host).
 */
final class Cpu {

  private static final double TICKS_PER_SECOND = 100;

  private final long postmaster;

  /**
   * @param postmaster process id of an embedded server, {@code -1} for any other
   */
  Cpu(long postmaster) {
    this.postmaster = postmaster;
  }

  /** Seconds this process has used. */
  double client() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean os
        ? os.getProcessCpuTime() / 1e9
        : 0;
  }

  /** Seconds the server's processes have used, those that ended too. */
  double server() {
    if (postmaster < 0) {
      return 0;
    }
    double seconds = 0;
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        seconds += secondsOf(process);
      }
      return seconds;
    } catch (IOException e) {
      return 0;
    }
  }

  private double secondsOf(Path process) {
    try {
      String line = Files.readString(process.resolve("stat"));
      List<String> fields = List.of(line.substring(line.lastIndexOf(')') + 2).split(" ", -1));
      boolean itself = process.getFileName().toString().equals(Long.toString(postmaster));
      if (!itself && Long.parseLong(fields.get(1)) != postmaster) {
        return 0;
      }
      double ticks = 0;
      for (String field : fields.subList(11, itself ? 15 : 13)) {
        ticks += Long.parseLong(field);
      }
      return ticks / TICKS_PER_SECOND;
    } catch (IOException | NumberFormatException e) {
      return 0; // it ended while we looked; then the postmaster has its time
    }
  }
}
