package plus.svc.billing.platform;

import java.util.Locale;
import java.util.function.Supplier;

/** Is told when the parts of the way from a source to the ledger begin and end. */
public interface StageWatch {

  /** Nobody watches. */
  StageWatch NONE = stage -> () -> {};

  /** The parts, in the order of the way. */
  enum Stage {
    /** A request to a source as a whole, {@link #DECODE} included. */
    FETCH,
    /** Reading and decoding the body of its answer. */
    DECODE,
    /** A transaction as a whole, with all that follows. */
    TRANSACTION,
    /** Archiving and metering the pages of a transaction, waiting for their nodes included. */
    METER,
    /** Rating their usage, waiting for its accounts included. */
    RATE,
    /** Writing buckets, ledger and read model. */
    WRITE,
    /** The commit itself. */
    COMMIT;

    /** As it stands in labels. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A part that began. */
  @FunctionalInterface
  interface Running extends AutoCloseable {
    @Override
    void close();
  }

  /** A part begins; in the thread that began it, what begins before its end is a part of it. */
  Running begin(Stage stage);

  /** Does a part. */
  default <T> T during(Stage stage, Supplier<T> work) {
    Running running = begin(stage);
    try {
      return work.get();
    } finally {
      running.close();
    }
  }

  /** Does a part. */
  default void during(Stage stage, Runnable work) {
    Running running = begin(stage);
    try {
      work.run();
    } finally {
      running.close();
    }
  }
}
