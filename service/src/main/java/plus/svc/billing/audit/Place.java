package plus.svc.billing.audit;

import java.util.Comparator;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where usage of a node's minute stands: in the bucket of an account and line, or while no account
 * is known under its series.
 *
 * @param ordinal of the series, -1 where there is an account
 */
record Place(@Nullable UUID account, String line, int ordinal) implements Comparable<Place> {

  private static final Comparator<Place> ORDER =
      Comparator.comparing(Place::account, Comparator.nullsLast(Comparator.naturalOrder()))
          .thenComparing(Place::line)
          .thenComparingInt(Place::ordinal);

  static Place of(UUID account, String line) {
    return new Place(account, line, -1);
  }

  static Place of(AuditedNode node, int ordinal) {
    @Nullable UUID account = node.accounts.get(ordinal);
    String line = node.keys.get(ordinal).inboundTag();
    return account == null ? new Place(null, line, ordinal) : of(account, line);
  }

  @Override
  public int compareTo(Place other) {
    return ORDER.compare(this, other);
  }
}
