package plus.svc.billing.pipeline.snapshot;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The digest of what a snapshot says: the first 16 bytes of SHA-256 over its epoch and samples, by
 * identifier and inbound, so that it does not depend on how we number series.
 */
public final class SnapshotDigest {

  private static final int LENGTH = 16;

  private final MessageDigest sha;
  private final ByteBuffer numbers = ByteBuffer.allocate(16);

  public SnapshotDigest() {
    try {
      sha = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Begins a snapshot. */
  public SnapshotDigest begin(@Nullable Instant startedAt) {
    sha.reset();
    numbers.clear();
    numbers.putLong(startedAt == null ? Long.MIN_VALUE : startedAt.getEpochSecond());
    numbers.putLong(startedAt == null ? 0 : startedAt.getNano());
    sha.update(numbers.array(), 0, 16);
    return this;
  }

  /** Adds a sample; they must come ascending by series. */
  public void add(SeriesKey series, long uplinkBytes, long downlinkBytes) {
    sha.update(series.identifier().getBytes(StandardCharsets.UTF_8));
    sha.update((byte) 0);
    sha.update(series.inboundTag().getBytes(StandardCharsets.UTF_8));
    sha.update((byte) 0);
    numbers.clear();
    numbers.putLong(uplinkBytes).putLong(downlinkBytes);
    sha.update(numbers.array(), 0, 16);
  }

  /** Ends the snapshot. */
  public byte[] end() {
    return Arrays.copyOf(sha.digest(), LENGTH);
  }

  /** The digest of a snapshot. */
  public byte[] of(Snapshot snapshot) {
    begin(snapshot.startedAt());
    for (Sample sample : snapshot.samples()) {
      add(sample.series(), sample.uplinkBytes(), sample.downlinkBytes());
    }
    return end();
  }
}
