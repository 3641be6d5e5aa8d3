package plus.svc.billing.bench;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;
import plus.svc.billing.pipeline.Pipeline;
import plus.svc.billing.pipeline.PipelineSettings;
import plus.svc.billing.pipeline.PipelineWatch;
import plus.svc.billing.pipeline.rating.PeakHours;
import plus.svc.billing.pipeline.rating.RatingPolicy;
import plus.svc.billing.wallet.ServicePriceBook;
import plus.svc.billing.wallet.Wallet;
import plus.svc.billing.wallet.WalletEngine;
import plus.svc.billing.wallet.WalletPolicy;

/**
 * One instance's wallet, with the connections an instance would have; what is appended is taken in.
 */
final class WalletService implements AutoCloseable {

  private final Connections connections;
  private final Jdbi jdbi;
  private final WalletEngine engine;
  private final Thread tending;

  WalletService(Database database, Clock clock) {
    this.connections = new Connections(database);
    this.jdbi = connections.jdbi();
    Pipeline pipeline =
        new Pipeline(
            jdbi,
            new PipelineSettings(
                new RatingPolicy(
                    BigDecimal.ZERO,
                    0,
                    BigDecimal.ZERO,
                    "bench",
                    Map.of(),
                    PeakHours.NONE,
                    ZoneOffset.UTC),
                "",
                "bench",
                false),
            clock,
            PipelineWatch.NONE);
    ServicePriceBook prices =
        new ServicePriceBook(
            jdbi,
            Map.of("payment", new ServicePriceBook.Terms(new BigDecimal("0.10"), 1_000)),
            clock);
    this.engine =
        new WalletEngine(
            jdbi,
            new WalletPolicy("CNY", ZoneOffset.UTC),
            new Wallet.Limits(2, 1_000, 500, WalletBench.STOP_WAIT),
            prices::prices,
            pipeline::open,
            pipeline::settleStandings,
            clock);
    this.tending = new Thread(this::tend, "tending");
    tending.setDaemon(true);
    tending.start();
  }

  private void tend() {
    try {
      while (true) {
        Thread.sleep(1_000);
        engine.tending().tend();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  Jdbi jdbi() {
    return jdbi;
  }

  WalletEngine engine() {
    return engine;
  }

  @Override
  public void close() {
    tending.interrupt();
    try {
      tending.join(5_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    engine.close();
    connections.close();
  }
}
