package plus.svc.billing.collector;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jdbi.v3.core.Jdbi;
import plus.svc.billing.pipeline.Delivery;
import plus.svc.billing.pipeline.Receipt;
import plus.svc.billing.pipeline.SetAsides;
import plus.svc.billing.pipeline.readmodel.ReadModel;

/** Keeps what it is given and commits its progress, as the pipeline does, but nothing else. */
final class RecordingSink implements PageSink {

  private final Jdbi jdbi;
  private final Instant now;
  private final List<Delivery> deliveries = new CopyOnWriteArrayList<>();
  private volatile Consumer<Delivery> first = delivery -> {};

  RecordingSink(Jdbi jdbi, Instant now) {
    this.jdbi = jdbi;
    this.now = now;
  }

  /** Does this before a delivery is taken; what it throws is thrown. */
  RecordingSink doing(Consumer<Delivery> action) {
    first = action;
    return this;
  }

  @Override
  public Receipt accept(Delivery delivery) {
    first.accept(delivery);
    jdbi.useTransaction(
        handle ->
            new ReadModel(handle, now)
                .progress(
                    List.of(
                        new ReadModel.SourceProgress(
                            delivery.source().value(),
                            delivery.progress().completedUntil(),
                            delivery.progress().cursor(),
                            delivery.progress().attemptedAt()))));
    deliveries.add(delivery);
    int count = delivery.snapshots().size();
    return new Receipt(
        count, 0, 0, 0, count, 0, SetAsides.NONE, count, 0, count, 10L * count, BigDecimal.ONE, 0);
  }

  List<Delivery> deliveries() {
    return deliveries;
  }
}
