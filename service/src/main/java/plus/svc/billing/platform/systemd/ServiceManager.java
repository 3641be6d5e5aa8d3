package plus.svc.billing.platform.systemd;

import com.sun.jna.LastErrorException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service manager's end of {@code sd_notify(3)}. Says nothing where there is none: the process
 * was started by hand, or its unit isn't {@code Type=notify}.
 */
public final class ServiceManager {

  private static final Logger LOG = LoggerFactory.getLogger(ServiceManager.class);

  private final String socket;
  private final Duration watchdog;

  private ServiceManager(String socket, Duration watchdog) {
    this.socket = socket;
    this.watchdog = watchdog;
  }

  /**
   * Finds it by what it sets.
   *
   * @param variables {@code NOTIFY_SOCKET}, {@code WATCHDOG_USEC}, {@code WATCHDOG_PID}
   * @param pid of this process; a watchdog that waits for another is none of ours
   */
  public static ServiceManager of(Map<String, String> variables, long pid) {
    String socket = variables.getOrDefault("NOTIFY_SOCKET", "");
    String forPid = variables.getOrDefault("WATCHDOG_PID", "");
    boolean ours = forPid.isEmpty() || forPid.equals(Long.toString(pid));
    String micros = variables.getOrDefault("WATCHDOG_USEC", "");
    boolean watched = ours && !socket.isEmpty() && micros.matches("[1-9][0-9]{0,17}");
    return new ServiceManager(
        socket, watched ? Duration.of(Long.parseLong(micros), ChronoUnit.MICROS) : Duration.ZERO);
  }

  /** How long it waits for a sign of life; zero if it doesn't. */
  public Duration watchdog() {
    return watchdog;
  }

  /** We listen: what waits for us may start. */
  public void ready(String status) {
    tell("READY=1\nSTATUS=" + status);
  }

  /** We end by ourselves. */
  public void stopping() {
    tell("STOPPING=1\nSTATUS=finishing what is being written");
  }

  /** A sign of life. */
  public void alive() {
    tell("WATCHDOG=1");
  }

  private void tell(String text) {
    if (socket.isEmpty()) {
      return;
    }
    try {
      LibC.sendDatagram(socket, text);
    } catch (LastErrorException | IllegalArgumentException | LinkageError e) {
      // It draws its own conclusions from silence; we go on.
      LOG.warn("the service manager at {} cannot be told {}: {}", socket, text, e.toString());
    }
  }
}
