package plus.svc.billing.wallet.outbox;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.jdbi.v3.core.Jdbi;
import plus.svc.billing.platform.BillingJdbiPlugin;
import plus.svc.billing.testing.TestDatabase;

/** A sender in a process of its own, to be killed. */
public final class SenderProcess {

  private SenderProcess() {}

  static Process start(TestDatabase database, String target, URI url) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            "-Xshare:auto",
            "-XX:TieredStopAtLevel=1",
            SenderProcess.class.getName(),
            database.jdbcUrl(),
            database.user(),
            database.password(),
            target,
            url.toString())
        .inheritIO()
        .start();
  }

  /** Sends until it is killed. */
  public static void main(String[] args) throws InterruptedException {
    Jdbi jdbi = Jdbi.create(args[0], args[1], args[2]).installPlugin(new BillingJdbiPlugin());
    new OutboxWorld(jdbi)
        .start(OutboxWorld.QUICK, OutboxWorld.target(args[3], URI.create(args[4])));
    new CountDownLatch(1).await();
  }
}
