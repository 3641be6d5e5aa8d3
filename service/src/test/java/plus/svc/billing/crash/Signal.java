package plus.svc.billing.crash;

import java.io.IOException;

/** Signals that the JDK has no method for. */
final class Signal {

  private Signal() {}

  /** Sends a signal, named as {@code kill} names it, to a process that is there. */
  static void send(String name, long pid) throws IOException, InterruptedException {
    int status =
        new ProcessBuilder("kill", "-" + name, Long.toString(pid)).inheritIO().start().waitFor();
    if (status != 0) {
      throw new IllegalStateException("kill -" + name + " " + pid + " ended with " + status);
    }
  }
}
