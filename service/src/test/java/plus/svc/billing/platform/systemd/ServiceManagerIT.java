package plus.svc.billing.platform.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import plus.svc.billing.platform.Pulse;

/** What a listener on a real datagram socket hears. */
@Timeout(120)
@EnabledOnOs(OS.LINUX)
final class ServiceManagerIT {

  private static final long PID = 4711;

  @TempDir private Path directory;

  @Test
  void itIsToldWhenWeListenAndWhenWeStop() throws Exception {
    String path = directory.resolve("notify").toString();
    try (DatagramSocket socket = new DatagramSocket(path)) {
      ServiceManager manager = ServiceManager.of(Map.of("NOTIFY_SOCKET", path), PID);
      manager.ready("listening on 127.0.0.1:8081");
      assertThat(socket.next()).isEqualTo("READY=1\nSTATUS=listening on 127.0.0.1:8081");
      manager.stopping();
      assertThat(socket.next()).startsWith("STOPPING=1\n");
    }
  }

  @Test
  void itsSocketMayHaveAnAbstractName() throws Exception {
    String name = "@billing-test-" + UUID.randomUUID();
    try (DatagramSocket socket = new DatagramSocket(name)) {
      ServiceManager.of(Map.of("NOTIFY_SOCKET", name), PID).alive();
      assertThat(socket.next()).isEqualTo("WATCHDOG=1");
    }
  }

  @Test
  void signsOfLifeEndOnceALoopStandsStill() throws Exception {
    String path = directory.resolve("notify").toString();
    Pulse good = new Pulse("good", Duration.ofDays(1));
    Pulse dead = new Pulse("dead", Duration.ofSeconds(1));
    try (DatagramSocket socket = new DatagramSocket(path)) {
      ServiceManager manager =
          ServiceManager.of(
              Map.of("NOTIFY_SOCKET", path, "WATCHDOG_USEC", "60000", "WATCHDOG_PID", "4711"), PID);
      assertThat(manager.watchdog()).isEqualTo(Duration.ofMillis(60));
      Watchdog watchdog = new Watchdog(manager, () -> List.of(good, dead));
      dead.beat();
      watchdog.start();
      assertThat(socket.next()).isEqualTo("WATCHDOG=1");
      assertThat(socket.next()).isEqualTo("WATCHDOG=1");
      int late = 0;
      while (socket.within(300) != null) { // five times as long as the manager would wait
        late += dead.isStill() ? 1 : 0;
      }
      assertThat(dead.isStill()).isTrue();
      assertThat(late).as("but for what was under way").isLessThanOrEqualTo(2);
      dead.beat();
      assertThat(socket.next()).isEqualTo("WATCHDOG=1");
      watchdog.stop();
    }
  }

  @Test
  void aWatchdogOfAnotherProcessIsNoneOfOurs() {
    assertThat(
            ServiceManager.of(
                    Map.of("NOTIFY_SOCKET", "/x", "WATCHDOG_USEC", "1000", "WATCHDOG_PID", "1"),
                    PID)
                .watchdog())
        .isZero();
    assertThat(
            ServiceManager.of(Map.of("NOTIFY_SOCKET", "/x", "WATCHDOG_USEC", "soon"), PID)
                .watchdog())
        .isZero();
  }

  @Test
  void withoutOneNothingIsSaidAndOneThatIsGoneHurtsNobody() {
    assertThatCode(() -> ServiceManager.of(Map.of(), PID).ready("x")).doesNotThrowAnyException();
    String gone = directory.resolve("gone").toString();
    assertThatCode(() -> ServiceManager.of(Map.of("NOTIFY_SOCKET", gone), PID).ready("x"))
        .doesNotThrowAnyException();
    assertThatCode(
            () -> ServiceManager.of(Map.of("NOTIFY_SOCKET", "/" + "x".repeat(200)), PID).alive())
        .doesNotThrowAnyException();
  }
}
